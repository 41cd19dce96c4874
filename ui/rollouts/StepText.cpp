// SPDX-License-Identifier: GPL-3.0-or-later
// The way of a rollout as lines.
#include "ui/components/Format.h"
#include "ui/rollouts/RolloutText.h"

#include <QCoreApplication>

#include <algorithm>

namespace pilothouse::ui {

namespace {

using rollouts::Application;
using rollouts::Rollout;
using rollouts::Step;
using rollouts::Verdict;

class StepWords
{
    Q_DECLARE_TR_FUNCTIONS(Rollouts)
};

enum class Mark { Done, Now, Next, Paused, Broken };

MarkedLine line(Mark mark, const QString& text, const QString& detail = {})
{
    switch (mark) {
    case Mark::Done:
        return {
            QStringLiteral("circle-check"), Color::Ok, text, detail, false, StepWords::tr("done")};
    case Mark::Now:
        return {
            QStringLiteral("chevron-right"), Color::Info, text, detail, true, StepWords::tr("now")};
    case Mark::Paused:
        return {
            QStringLiteral("pause"), Color::Warning, text, detail, true, StepWords::tr("paused")};
    case Mark::Broken:
        return {
            QStringLiteral("undo-2"),
            Color::Warning,
            text,
            detail,
            true,
            StepWords::tr("ended"),
            true};
    case Mark::Next:
        break;
    }
    return {
        QStringLiteral("circle-dashed"),
        Color::Unknown,
        text,
        detail,
        false,
        StepWords::tr("to come")};
}

/// Before, in, or behind the steps from `first` to `last`.
Mark markOf(const Rollout& rollout, Step first, Step last)
{
    if (rollout.step > last) {
        return Mark::Done;
    }
    if (rollout.step < first) {
        return Mark::Next;
    }
    return rollout.isPaused ? Mark::Paused : Mark::Now;
}

bool wasCompared(const Application& application)
{
    const Rollout& rollout = *application.rollout;
    return !rollout.evidence.empty() || rollout.verdict != Verdict::Undecided ||
           std::ranges::any_of(
               application.gates, [](const auto& gate) { return gate.name == "verdict"; });
}

QString comparedText(const Rollout& rollout)
{
    if (!rollout.overrideReason.empty() && rollout.verdict != Verdict::Promote) {
        return StepWords::tr("overridden: %1")
            .arg(QString::fromStdString(rollout.overrideReason).simplified());
    }
    if (rollout.step != Step::Analysing || rollout.evidence.empty()) {
        return wordOf(rollout.verdict);
    }
    // The metric that is furthest behind decides when it may be promoted, the worst whether it
    // must be aborted.
    double promote = 1;
    double abort = 0;
    for (const rollouts::MetricEvidence& one : rollout.evidence) {
        promote = std::min(promote, one.promote);
        abort = std::max(abort, one.abort);
    }
    return StepWords::tr("%1 to promote, %2 to abort")
        .arg(formatValue(promote, Unit::Ratio).text(), formatValue(abort, Unit::Ratio).text());
}

/// Short enough for the card of a small window.
QString warmDetail(const Application& application, const QString& left)
{
    const bool isWatched = application.rollsBackByItself && !application.rollout->isPaused;
    if (left.isEmpty()) {
        return isWatched ? StepWords::tr("goes back by itself if worse") : QString();
    }
    return isWatched ? StepWords::tr("%1 to roll back; by itself if worse").arg(left)
                     : StepWords::tr("%1 to roll back at once").arg(left);
}

std::vector<MarkedLine> endedLines(const Rollout& rollout)
{
    const QString message = QString::fromStdString(rollout.message).simplified();
    if (rollout.step == Step::Aborted) {
        return {line(Mark::Broken, StepWords::tr("Aborted"), message)};
    }
    const QString who = QString::fromStdString(rollout.promotedBy);
    std::vector<MarkedLine> lines{
        line(Mark::Done, StepWords::tr("Promoted"), StepWords::tr("by %1").arg(who))};
    lines.push_back(
        rollout.step == Step::RolledBack ? line(Mark::Broken, StepWords::tr("Rolled back"), message)
                                         : line(Mark::Now, StepWords::tr("Rolling back"), message));
    return lines;
}

} // namespace

std::vector<MarkedLine> stepLines(const Application& application, absl::Time now)
{
    if (!application.rollout) {
        return {};
    }
    const Rollout& rollout = *application.rollout;
    if (rollout.step > Step::Done) {
        return endedLines(rollout);
    }
    std::vector<MarkedLine> lines{line(
        markOf(rollout, Step::Planned, Step::Planned),
        StepWords::tr("%1 is ready").arg(nameOf(rollout.candidate)))};
    if (wasCompared(application)) {
        lines.push_back(line(
            markOf(rollout, Step::PreviewReady, Step::Analysing),
            StepWords::tr("Compared with %1").arg(lowerNameOf(rollout.stable)),
            comparedText(rollout)));
    }
    lines.push_back(line(
        markOf(rollout, Step::AwaitingPromotion, Step::Switching),
        StepWords::tr("Promoted"),
        rollout.promotedBy.empty()
            ? QString()
            : StepWords::tr("by %1").arg(QString::fromStdString(rollout.promotedBy))));
    const QString left = warmLeft(rollout, now);
    lines.push_back(line(
        markOf(rollout, Step::Switched, Step::Switched),
        StepWords::tr("%1 kept warm").arg(nameOf(rollout.stable)),
        warmDetail(application, left)));
    lines.push_back(line(
        markOf(rollout, Step::Draining, Step::Draining),
        StepWords::tr("%1 released").arg(nameOf(rollout.stable))));
    return lines;
}

} // namespace pilothouse::ui
