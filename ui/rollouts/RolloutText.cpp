// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/RolloutText.h"

#include "ui/components/Format.h"
#include "ui/shell/WhenText.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace pilothouse::ui {

namespace {

using rollouts::Application;
using rollouts::Colour;
using rollouts::GateResult;
using rollouts::Rollout;
using rollouts::Step;
using rollouts::Verdict;

class RolloutWords
{
    Q_DECLARE_TR_FUNCTIONS(Rollouts)
};

QString text(const std::string& value)
{
    return QString::fromStdString(value).simplified();
}

QString gateTitle(const std::string& name)
{
    if (name == "ready") {
        return RolloutWords::tr("Candidate is ready");
    }
    if (name == "no-drift") {
        return RolloutWords::tr("Traffic is where it should be");
    }
    if (name == "capacity") {
        return RolloutWords::tr("Candidate has the capacity");
    }
    if (name == "verdict") {
        return RolloutWords::tr("Comparison says promote");
    }
    if (name == "analysis") {
        return RolloutWords::tr("Conditions on metrics hold");
    }
    if (name == "window") {
        return RolloutWords::tr("Change window is open");
    }
    return text(name);
}

struct ResultLook
{
    Severity severity;
    QString word;
};

ResultLook lookOf(GateResult result)
{
    switch (result) {
    case GateResult::Passed:
        return {Severity::Ok, RolloutWords::tr("passed")};
    case GateResult::Failed:
        return {Severity::Error, RolloutWords::tr("failed")};
    case GateResult::Overridden:
        return {Severity::Warning, RolloutWords::tr("overridden")};
    case GateResult::Waiting:
        break;
    }
    return {Severity::Unknown, RolloutWords::tr("waiting")};
}

bool isOpen(const Application& application)
{
    return application.rollout && !rollouts::hasEnded(application.rollout->step);
}

/// Which part of the application's life the side plays now.
QString roleOf(const Application& application, Colour colour, bool isServing)
{
    const bool isCandidate = isOpen(application) && application.rollout->candidate == colour;
    if (isServing) {
        return RolloutWords::tr("serving");
    }
    if (isCandidate) {
        return RolloutWords::tr("candidate");
    }
    return isOpen(application) && !rollouts::isBeforeSwitch(application.rollout->step)
               ? RolloutWords::tr("kept warm")
               : RolloutWords::tr("idle");
}

QString shareText(const rollouts::Counts& counts)
{
    if (counts.requests == 0) {
        return RolloutWords::tr("no requests");
    }
    const double share = static_cast<double>(counts.events) / static_cast<double>(counts.requests);
    return RolloutWords::tr("%1 of %2")
        .arg(formatValue(share, Unit::Ratio).text(), formatCount(counts.requests));
}

/// What the comparison saw of the side while it goes on, else what the driver counted.
std::vector<std::pair<QString, QString>> answersOf(
    const Application& application, Colour colour, const rollouts::Observation& seen)
{
    std::vector<std::pair<QString, QString>> facts;
    if (isOpen(application) && rollouts::isBeforeSwitch(application.rollout->step)) {
        for (const rollouts::MetricEvidence& one : application.rollout->evidence) {
            const bool isStable = colour == application.rollout->stable;
            QString name = text(one.name);
            name.front() = name.front().toUpper(); // "server errors"; never empty
            facts.emplace_back(name, shareText(isStable ? one.stable : one.candidate));
        }
    }
    if (facts.empty()) {
        const rollouts::Side& side = seen.side(colour);
        facts.emplace_back(
            RolloutWords::tr("Errors in all"),
            seen.countsResponses ? shareText({side.responses, side.serverErrors})
                                 : RolloutWords::tr("not counted"));
    }
    return facts;
}

/// The metric that the verdict hangs on: the worst when it is abort, else the one that is furthest
/// behind.
const rollouts::MetricEvidence& decisiveOf(const Rollout& rollout)
{
    return rollout.verdict == rollouts::Verdict::Abort
               ? *std::ranges::max_element(rollout.evidence, {}, &rollouts::MetricEvidence::abort)
               : *std::ranges::min_element(
                     rollout.evidence, {}, &rollouts::MetricEvidence::promote);
}

QString shareOfTraffic(const rollouts::Observation& seen, Colour colour)
{
    if (!seen.active) {
        return RolloutWords::tr("not known");
    }
    const int percent = seen.active == colour ? 100 - seen.splitPercent : seen.splitPercent;
    return RolloutWords::tr("%1 %").arg(percent);
}

/// What the driver calls a side.
QString sideWord(const std::string& driver)
{
    if (driver == "kubernetes") {
        return RolloutWords::tr("Selector");
    }
    return driver == "argo-rollouts" ? RolloutWords::tr("Revision") : RolloutWords::tr("Backend");
}

} // namespace

QString nameOf(Colour colour)
{
    return colour == Colour::Blue ? RolloutWords::tr("Blue") : RolloutWords::tr("Green");
}

QString lowerNameOf(Colour colour)
{
    return nameOf(colour).toLower();
}

Color colorOf(Colour colour)
{
    return colour == Colour::Blue ? Color::SlotBlue : Color::SlotGreen;
}

QString wordOf(Step step)
{
    switch (step) {
    case Step::Planned:
        return RolloutWords::tr("Waiting for the candidate");
    case Step::PreviewReady:
        return RolloutWords::tr("Candidate ready");
    case Step::Analysing:
        return RolloutWords::tr("Comparing");
    case Step::AwaitingPromotion:
        return RolloutWords::tr("Waiting for promotion");
    case Step::Switching:
        return RolloutWords::tr("Promoting");
    case Step::Switched:
        return RolloutWords::tr("Promoted");
    case Step::Draining:
        return RolloutWords::tr("Draining");
    case Step::Done:
        return RolloutWords::tr("Done");
    case Step::SwitchingBack:
        return RolloutWords::tr("Rolling back");
    case Step::RolledBack:
        return RolloutWords::tr("Rolled back");
    case Step::Aborted:
        break;
    }
    return RolloutWords::tr("Aborted");
}

Severity severityOf(Step step)
{
    switch (step) {
    case Step::Done:
        return Severity::Ok;
    case Step::SwitchingBack:
    case Step::RolledBack:
    case Step::Aborted:
        return Severity::Warning;
    default:
        return Severity::Info;
    }
}

std::vector<MarkedLine> gateLines(const std::vector<rollouts::Gate>& gates)
{
    std::vector<MarkedLine> lines;
    lines.reserve(gates.size());
    for (const rollouts::Gate& gate : gates) {
        const ResultLook look = lookOf(gate.result);
        const SeverityLook severity = lookOf(look.severity);
        lines.push_back(
            {severity.icon,
             severity.mark,
             gateTitle(gate.name),
             text(gate.detail),
             /*isStrong=*/gate.result == GateResult::Failed,
             look.word});
    }
    return lines;
}

QString gatesFact(const std::vector<rollouts::Gate>& gates)
{
    if (gates.empty()) {
        return {};
    }
    const auto passed = std::ranges::count(gates, GateResult::Passed, &rollouts::Gate::result);
    return RolloutWords::tr("%1 of %2 passed").arg(passed).arg(gates.size());
}

QString blockingGate(const std::vector<rollouts::Gate>& gates)
{
    for (const rollouts::Gate& gate : gates) {
        if (!rollouts::canBeOverridden(gate) && gate.result != GateResult::Passed) {
            return text(gate.detail);
        }
    }
    return {};
}

QString stepBlockingGate(const std::vector<rollouts::Gate>& gates)
{
    const auto failed = std::ranges::find_if(gates, rollouts::holdsUpTraffic);
    return failed == gates.end() ? QString() : text(failed->detail);
}

bool needsOverride(const std::vector<rollouts::Gate>& gates)
{
    return std::ranges::any_of(gates, [](const rollouts::Gate& gate) {
        return rollouts::canBeOverridden(gate) && gate.result != GateResult::Passed;
    });
}

QString warmLeft(const Rollout& rollout, absl::Time now)
{
    if (rollout.step != Step::Switched) {
        return {};
    }
    if (rollout.isPaused || rollout.warmUntil == absl::InfiniteFuture()) {
        return RolloutWords::tr("while paused");
    }
    const double left = absl::ToDoubleSeconds(rollout.warmUntil - now);
    return formatDuration(static_cast<double>(static_cast<std::int64_t>(std::max(0.0, left))));
}

SlotView slotView(
    const Application& application, Colour colour, const std::vector<Rollout>& history)
{
    SlotView view;
    const auto& seen = application.observation;
    // What is, never what was commanded.
    view.isServing = seen && seen->active == colour;
    view.title = RolloutWords::tr("%1 — %2").arg(
        nameOf(colour), roleOf(application, colour, view.isServing));
    const auto found = std::ranges::find(history, colour, &Rollout::candidate);
    const Rollout* brought = found != history.end() ? &*found : nullptr;
    if (isOpen(application) && application.rollout->candidate == colour) {
        brought = &*application.rollout;
    }
    // What somebody else has put there since is not that version.
    const bool isOther = seen && brought != nullptr && !brought->approvedServers.empty() &&
                         brought->approvedServers != seen->side(colour).servers;
    view.version = brought != nullptr && !isOther ? text(brought->revision)
                                                  : RolloutWords::tr("version not known");
    if (!seen) {
        view.word = RolloutWords::tr("Not seen");
        return view;
    }
    const rollouts::Side& side = seen->side(colour);
    if (view.isServing) {
        view.severity = side.serversUp > 0 ? Severity::Info : Severity::Critical;
        view.word =
            side.serversUp > 0 ? RolloutWords::tr("Live") : RolloutWords::tr("No server up");
    } else if (side.serversUp == 0) {
        const bool isWanted = isOpen(application);
        view.severity = isWanted ? Severity::Warning : Severity::Unknown;
        view.word = RolloutWords::tr("Down");
    } else {
        view.severity = Severity::Ok;
        view.word = RolloutWords::tr("Up");
    }
    view.facts = {
        {RolloutWords::tr("Servers"),
         RolloutWords::tr("%1 of %2 up").arg(side.serversUp).arg(side.serversTotal)},
        {RolloutWords::tr("Under way"),
         seen->countsInFlight ? formatCount(side.inFlight) : RolloutWords::tr("not counted")}};
    std::ranges::move(answersOf(application, colour, *seen), std::back_inserter(view.facts));
    view.facts.emplace_back(sideWord(application.driver), text(side.backend));
    // Where it never is split, the title says it all.
    if (application.holdBackPercent > 0 || !application.trafficSteps.empty() ||
        seen->splitPercent > 0) {
        view.facts.insert(
            view.facts.begin(), {RolloutWords::tr("Traffic"), shareOfTraffic(*seen, colour)});
    }
    return view;
}

QString evidenceText(const Rollout& rollout)
{
    QStringList parts;
    for (const rollouts::MetricEvidence& one : rollout.evidence) {
        parts << RolloutWords::tr("%1: %2 %3, %4 %5")
                     .arg(
                         text(one.name),
                         lowerNameOf(rollout.candidate),
                         shareText(one.candidate),
                         lowerNameOf(rollout.stable),
                         shareText(one.stable));
    }
    return parts.join(QStringLiteral(" · "));
}

QString differenceText(const Rollout& rollout)
{
    if (rollout.evidence.empty()) {
        return {};
    }
    const rollouts::MetricEvidence& decisive = decisiveOf(rollout);
    if (decisive.stable.requests == 0 || decisive.candidate.requests == 0) {
        return {};
    }
    const auto share = [](const rollouts::Counts& counts) {
        return static_cast<double>(counts.events) / static_cast<double>(counts.requests);
    };
    const double points = 100 * (share(decisive.candidate) - share(decisive.stable));
    return RolloutWords::tr("%1 %2%3 points of %4 · %5")
        .arg(
            nameOf(rollout.candidate),
            points < 0 ? QStringLiteral("−") : QStringLiteral("+"),
            formatValue(std::abs(points), Unit::None).text(),
            text(decisive.name),
            wordOf(rollout.verdict).toLower());
}

QString wordOf(Verdict verdict)
{
    switch (verdict) {
    case Verdict::Promote:
        return RolloutWords::tr("Promote");
    case Verdict::Abort:
        return RolloutWords::tr("Abort");
    case Verdict::Hold:
        return RolloutWords::tr("Hold: a person decides");
    case Verdict::Undecided:
        break;
    }
    return RolloutWords::tr("Undecided");
}

} // namespace pilothouse::ui
