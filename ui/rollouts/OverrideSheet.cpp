// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/OverrideSheet.h"

#include "ui/components/FieldForm.h"
#include "ui/components/MessageBar.h"
#include "ui/rollouts/RolloutActions.h"
#include "ui/rollouts/RolloutText.h"

#include <QLineEdit>
#include <QVBoxLayout>

#include <algorithm>
#include <iterator>
#include <vector>

namespace pilothouse::ui {

namespace {

QString verdictText(const rollouts::Rollout& rollout)
{
    const QString seen = evidenceText(rollout);
    const QString verdict =
        rollout.verdict == rollouts::Verdict::Hold
            ? OverrideSheet::tr("The comparison could not decide in its time.")
        : rollout.verdict == rollouts::Verdict::Abort
            ? OverrideSheet::tr("The comparison says abort: the candidate is worse.")
            : OverrideSheet::tr("The comparison has not decided yet.");
    return seen.isEmpty() ? verdict : verdict + QLatin1Char(' ') + seen + QLatin1Char('.');
}

std::vector<rollouts::Gate> overridden(const rollouts::Application& application)
{
    std::vector<rollouts::Gate> gates;
    std::ranges::copy_if(
        application.gates, std::back_inserter(gates), [](const rollouts::Gate& gate) {
            return rollouts::canBeOverridden(gate) && gate.result != rollouts::GateResult::Passed;
        });
    return gates;
}

QString overrideTitle(const rollouts::Application& application)
{
    const QString side = lowerNameOf(application.rollout->candidate);
    const std::vector<rollouts::Gate> gates = overridden(application);
    if (gates.size() > 1) {
        return OverrideSheet::tr(
                   "Promote %1 against %n gates", nullptr, static_cast<int>(gates.size()))
            .arg(side);
    }
    const std::string gate = gates.empty() ? std::string() : gates.front().name;
    return gate == "window" ? OverrideSheet::tr("Promote %1 outside of the change window").arg(side)
           : gate == "analysis" ? OverrideSheet::tr("Promote %1 against its conditions").arg(side)
           : gate == "capacity" ? OverrideSheet::tr("Promote %1 with less capacity").arg(side)
                                : OverrideSheet::tr("Promote %1 without the verdict").arg(side);
}

QString overrideWarning(const rollouts::Application& application)
{
    QStringList warnings;
    for (const rollouts::Gate& gate : overridden(application)) {
        const QString detail = QString::fromStdString(gate.detail).simplified();
        warnings
            << (gate.name == "window"     ? OverrideSheet::tr("The change window: %1.").arg(detail)
                : gate.name == "analysis" ? OverrideSheet::tr("The conditions: %1.").arg(detail)
                : gate.name == "capacity" ? OverrideSheet::tr("The capacity: %1.").arg(detail)
                                          : verdictText(*application.rollout));
    }
    return warnings.join(QLatin1Char(' '));
}

} // namespace

OverrideSheet::OverrideSheet(
    const Theme& theme, Session& session, const rollouts::Application& application)
    : PlannedSheet(theme, QStringLiteral("rocket"), overrideTitle(application)),
      m_session(&session),
      m_rollout(*application.rollout)
{
    form()->addWidget(new MessageBar(theme, Severity::Warning, overrideWarning(application), this));
    auto* fields = new FieldForm(theme, this);
    m_reason = fields->addText(
        tr("Why"), tr("hot fix for the till"), tr("It stands in the audit and on the receipt."));
    form()->addWidget(fields);
    connect(fields, &FieldForm::edited, this, [this] { refresh(); });
    finish(tr("Promote…"));
}

QWidget* OverrideSheet::initialFocus()
{
    return m_reason;
}

QString OverrideSheet::lacking() const
{
    if (!m_session) {
        return tr("Not connected");
    }
    return m_reason->text().trimmed().isEmpty() ? tr("A reason is needed") : QString();
}

PlannedStep OverrideSheet::step() const
{
    if (!m_session) {
        return {};
    }
    const QString reason = m_reason->text().trimmed();
    // Not empty: that would be a promotion by the verdict.
    return promoteStep(
        m_session->rollouts(), m_rollout, reason.isEmpty() ? QStringLiteral("REASON") : reason);
}

} // namespace pilothouse::ui
