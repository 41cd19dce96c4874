// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plans/PlanText.h"

#include "ui/components/Format.h"
#include "ui/shell/ConnectionText.h"

#include "shared/base/StatusHelpers.h"
#include "shared/base/Violations.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace pilothouse::ui {

namespace {

/// As much of a digest as a person compares.
constexpr int kDigestShown = 16;

class PlanWords
{
    Q_DECLARE_TR_FUNCTIONS(Plans)
};

QString reversibilityText(const plans::Impact& impact)
{
    if (!impact.undo.empty()) {
        return undoText(impact);
    }
    switch (impact.reversibility) {
    case plans::Reversibility::Instant:
        return PlanWords::tr("It can be undone at once.");
    case plans::Reversibility::Easy:
        return PlanWords::tr("It can be undone.");
    case plans::Reversibility::Hard:
        return PlanWords::tr("Undoing it is work.");
    case plans::Reversibility::Never:
        break;
    }
    return PlanWords::tr("It cannot be undone.");
}

Friction frictionOf(plans::Friction friction)
{
    switch (friction) {
    case plans::Friction::F0:
    case plans::Friction::F1:
        return Friction::F1;
    case plans::Friction::F2:
        return Friction::F2;
    case plans::Friction::F3:
        return Friction::F3;
    case plans::Friction::F4:
        break;
    }
    return Friction::F4;
}

bool hasReason(const absl::Status& status, std::initializer_list<const char*> reasons)
{
    const std::string given = reasonOf(status);
    return std::any_of(
        reasons.begin(), reasons.end(), [&](const char* reason) { return given == reason; });
}

} // namespace

std::vector<std::pair<QString, QString>> factsOf(const plans::Plan& plan)
{
    std::vector<std::pair<QString, QString>> facts;
    for (const plans::Fact& fact : plan.facts) {
        QString name = QString::fromStdString(fact.name);
        if (!fact.value.empty() && !name.isEmpty()) {
            name[0] = name[0].toUpper();
            facts.emplace_back(name, QString::fromStdString(fact.value));
        }
    }
    return facts;
}

QString undoText(const plans::Impact& impact)
{
    return impact.undo.empty() ? QString()
                               : PlanWords::tr("Undo: %1").arg(QString::fromStdString(impact.undo));
}

QString numberText(const plans::ImpactNumber& number)
{
    Unit unit = Unit::None;
    if (number.unit == "bytes") {
        unit = Unit::Bytes;
    } else if (number.unit == "per-second") {
        unit = Unit::PerSecond;
    } else if (number.unit == "seconds") {
        unit = Unit::Seconds;
    }
    QString value = formatValue(number.value, unit).text();
    if (number.unit == "percent") {
        value = formatValue(number.value / 100, Unit::Ratio).text();
    }
    return value + QLatin1Char(' ') + QString::fromStdString(number.name);
}

QString impactText(const plans::Impact& impact, absl::Time now, TimeDisplay display)
{
    QStringList parts{QString::fromStdString(impact.summary)};
    QStringList numbers;
    for (const plans::ImpactNumber& number : impact.numbers) {
        if (number.value != 0) {
            numbers << numberText(number);
        }
    }
    if (!numbers.isEmpty()) {
        parts << PlanWords::tr("Touches %1.").arg(numbers.join(QStringLiteral(", ")));
    }
    parts << reversibilityText(impact);
    if (impact.reversibility != plans::Reversibility::Never &&
        impact.reversibleUntil != absl::InfiniteFuture() && impact.reversibleUntil > now) {
        parts << PlanWords::tr("Until %1.").arg(clockText(impact.reversibleUntil, display));
    }
    return parts.join(QLatin1Char(' '));
}

Severity severityOf(const plans::Impact& impact)
{
    switch (impact.reversibility) {
    case plans::Reversibility::Instant:
        return Severity::Info;
    case plans::Reversibility::Easy:
        return impact.reach == plans::Reach::Whole ? Severity::Warning : Severity::Info;
    case plans::Reversibility::Hard:
        return Severity::Warning;
    case plans::Reversibility::Never:
        break;
    }
    return Severity::Critical;
}

QString wordOf(plans::ApprovalState state)
{
    switch (state) {
    case plans::ApprovalState::Pending:
        return PlanWords::tr("Waiting");
    case plans::ApprovalState::Approved:
        return PlanWords::tr("Approved");
    case plans::ApprovalState::Rejected:
        return PlanWords::tr("Rejected");
    case plans::ApprovalState::Withdrawn:
        return PlanWords::tr("Withdrawn");
    case plans::ApprovalState::Expired:
        return PlanWords::tr("Expired");
    case plans::ApprovalState::Used:
        break;
    }
    return PlanWords::tr("Used");
}

Severity severityOf(plans::ApprovalState state)
{
    switch (state) {
    case plans::ApprovalState::Pending:
        return Severity::Warning;
    case plans::ApprovalState::Approved:
        return Severity::Ok;
    case plans::ApprovalState::Rejected:
        return Severity::Error;
    default:
        return Severity::Unknown;
    }
}

Confirmation confirmationOf(
    const plans::Plan& plan, const ActionLook& look, absl::Time now, TimeDisplay display)
{
    Confirmation confirmation;
    confirmation.title =
        PlanWords::tr("%1 in %2")
            .arg(QString::fromStdString(plan.title), QString::fromStdString(plan.environmentName));
    confirmation.icon = look.icon;
    confirmation.impact = impactText(plan.impact, now, display);
    confirmation.impactSeverity = severityOf(plan.impact);
    for (const auto& [name, value] : factsOf(plan)) {
        confirmation.facts.push_back({name, value});
    }
    confirmation.facts.push_back(
        {PlanWords::tr("Plan"),
         PlanWords::tr("%1 · as of %2")
             .arg(
                 QString::fromStdString(plan.digest).left(kDigestShown),
                 clockText(plan.createTime, display)),
         true});
    confirmation.command = look.command;
    confirmation.verb = look.verb;
    confirmation.level = frictionOf(plan.friction);
    confirmation.nameToType = QString::fromStdString(plan.environmentName);
    confirmation.nameOf = PlanWords::tr("environment");
    confirmation.isDanger = look.isDanger;
    return confirmation;
}

bool isPlanOutdated(const absl::Status& status)
{
    return hasReason(status, {"PLAN_CHANGED", "PLAN_UNKNOWN", "APPROVAL_OTHER_PLAN"}) ||
           absl::IsAborted(status);
}

bool isLeaseMissing(const absl::Status& status)
{
    return hasReason(status, {"LEASE_NEEDED", "LEASE_ENDED"});
}

QString outdatedText(const absl::Status& status)
{
    QStringList lines;
    for (const Violation& violation : violationsOf(status)) {
        lines << QStringLiteral("%1: %2").arg(
            QString::fromStdString(violation.subject),
            QString::fromStdString(violation.description));
    }
    if (lines.isEmpty()) {
        return PlanWords::tr("Nothing was changed: %1. This is the plan as it is now.")
            .arg(QString::fromStdString(std::string(status.message())));
    }
    return PlanWords::tr(
               "Nothing was changed, because something else changed since you looked: %1.")
        .arg(lines.join(QStringLiteral("; ")));
}

} // namespace pilothouse::ui
