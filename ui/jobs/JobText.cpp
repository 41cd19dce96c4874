// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/JobText.h"

#include "ui/components/Format.h"
#include "ui/jobs/CtlCommand.h"
#include "ui/shell/WhenText.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>

namespace pilothouse::ui {

namespace {

class JobWords
{
    Q_DECLARE_TR_FUNCTIONS(Jobs)
};

JobView::Phase phaseOf(jobs::JobState state)
{
    switch (state) {
    case jobs::JobState::Queued:
        return JobView::Phase::Queued;
    case jobs::JobState::Running:
        return JobView::Phase::Running;
    case jobs::JobState::Paused:
        return JobView::Phase::Paused;
    case jobs::JobState::Cancelling:
        return JobView::Phase::Cancelling;
    case jobs::JobState::Succeeded:
        return JobView::Phase::Succeeded;
    case jobs::JobState::Failed:
        return JobView::Phase::Failed;
    case jobs::JobState::Cancelled:
        break;
    }
    return JobView::Phase::Cancelled;
}

JobStage::State stageStateOf(jobs::TaskState state)
{
    switch (state) {
    case jobs::TaskState::Blocked:
    case jobs::TaskState::Delayed:
    case jobs::TaskState::Ready:
        return JobStage::State::Waiting;
    case jobs::TaskState::Running:
        return JobStage::State::Running;
    case jobs::TaskState::Succeeded:
        return JobStage::State::Done;
    case jobs::TaskState::Failed:
        return JobStage::State::Failed;
    case jobs::TaskState::Cancelled:
    case jobs::TaskState::Skipped:
        break;
    }
    return JobStage::State::Skipped;
}

QString stageDetail(const jobs::Task& task)
{
    QStringList parts;
    if (task.unitsTotal > 0 && !jobs::hasEnded(task.state)) {
        parts << JobWords::tr("%1 of %2 %3")
                     .arg(
                         formatCount(task.unitsDone),
                         formatCount(task.unitsTotal),
                         QString::fromStdString(task.unit));
    }
    if (task.attempts > 1) {
        parts << JobWords::tr("try %1 of %2").arg(task.attempts).arg(task.maxAttempts);
    }
    if (task.startTime != absl::InfinitePast() && task.endTime != absl::InfinitePast()) {
        parts << formatDuration(absl::ToDoubleSeconds(task.endTime - task.startTime));
    }
    return parts.join(QStringLiteral(" · "));
}

std::optional<absl::Time> known(absl::Time time)
{
    return time == absl::InfinitePast() || time == absl::InfiniteFuture() ? std::nullopt
                                                                          : std::optional(time);
}

} // namespace

Severity severityOf(jobs::JobState state)
{
    switch (state) {
    case jobs::JobState::Running:
        return Severity::Info;
    case jobs::JobState::Cancelling:
        return Severity::Warning;
    case jobs::JobState::Succeeded:
        return Severity::Ok;
    case jobs::JobState::Failed:
        return Severity::Error;
    case jobs::JobState::Queued:
    case jobs::JobState::Paused:
    case jobs::JobState::Cancelled:
        break;
    }
    return Severity::Unknown;
}

QString wordOf(jobs::JobState state)
{
    switch (state) {
    case jobs::JobState::Queued:
        return JobWords::tr("Queued");
    case jobs::JobState::Running:
        return JobWords::tr("Running");
    case jobs::JobState::Paused:
        return JobWords::tr("Paused");
    case jobs::JobState::Cancelling:
        return JobWords::tr("Cancelling");
    case jobs::JobState::Succeeded:
        return JobWords::tr("Succeeded");
    case jobs::JobState::Failed:
        return JobWords::tr("Failed");
    case jobs::JobState::Cancelled:
        break;
    }
    return JobWords::tr("Cancelled");
}

QString openExtension(const jobs::Artefact& artefact)
{
    static const std::array<std::pair<std::string_view, const char*>, 6> known{{
        {"text/html", "html"},
        {"text/plain", "txt"},
        {"text/csv", "csv"},
        {"application/json", "json"},
        {"application/pdf", "pdf"},
        {"image/png", "png"},
    }};
    const std::string_view type =
        std::string_view(artefact.mediaType).substr(0, artefact.mediaType.find(';'));
    const auto found = std::ranges::find(known, type, &decltype(known)::value_type::first);
    return found == known.end() ? QString() : QString::fromLatin1(found->second);
}

QString progressText(const jobs::Job& job)
{
    const jobs::Progress& progress = job.progress;
    if (job.state == jobs::JobState::Queued || job.state == jobs::JobState::Succeeded) {
        return QStringLiteral("–");
    }
    if (progress.fraction >= 0) {
        return formatValue(std::floor(progress.fraction * 100) / 100, Unit::Ratio).text();
    }
    if (progress.tasksTotal > 1) {
        return JobWords::tr("%1 of %2").arg(progress.tasksDone).arg(progress.tasksTotal);
    }
    return QStringLiteral("–");
}

QString remainingText(const jobs::Job& job, absl::Time now)
{
    if (job.state != jobs::JobState::Running || !known(job.progress.estimatedEnd)) {
        return {};
    }
    return formatDuration(
        std::max(0.0, std::ceil(absl::ToDoubleSeconds(job.progress.estimatedEnd - now))));
}

QString durationText(const jobs::Job& job, absl::Time now)
{
    if (!known(job.startTime)) {
        return QStringLiteral("–");
    }
    const bool hasEnded = known(job.endTime).has_value();
    const double seconds =
        std::max(0.0, absl::ToDoubleSeconds((hasEnded ? job.endTime : now) - job.startTime));
    // What still runs counts whole seconds, so that a row changes once a second at most.
    if (!hasEnded && seconds < 1) {
        return formatDuration(1);
    }
    return formatDuration(hasEnded ? seconds : std::floor(seconds));
}

std::vector<TableColumn> jobColumns()
{
    return {
        {QStringLiteral("job"), JobWords::tr("Job"), 0},
        {QStringLiteral("type"), JobWords::tr("Type"), 150},
        {QStringLiteral("target"), JobWords::tr("Target"), 120},
        {QStringLiteral("state"), JobWords::tr("State"), 112},
        {QStringLiteral("progress"), JobWords::tr("Progress"), 82, true},
        {QStringLiteral("eta"), JobWords::tr("ETA"), 82, true},
        {QStringLiteral("by"), JobWords::tr("Started by"), 104},
        {QStringLiteral("created"), JobWords::tr("Started"), 96, true},
        {QStringLiteral("duration"), JobWords::tr("Duration"), 88, true},
        {QStringLiteral("id"), JobWords::tr("Id"), 220, false, true, true}};
}

TableRow jobRow(const jobs::Job& job, absl::Time now, TimeDisplay display)
{
    const QString message = QString::fromStdString(job.message);
    const QString title = QString::fromStdString(job.title.empty() ? job.kind : job.title);
    TableCell state;
    state.text = wordOf(job.state);
    state.severity = severityOf(job.state);
    state.sortKey = static_cast<int>(job.state);
    state.spoken =
        message.isEmpty() ? state.text : QString(state.text + QStringLiteral(", ") + message);
    state.toolTip = message;
    TableCell progress;
    progress.text = progressText(job);
    progress.sortKey = job.progress.fraction;
    progress.toolTip = QString::fromStdString(job.progress.stage);
    TableCell remaining;
    remaining.text = remainingText(job, now);
    remaining.sortKey =
        remaining.text.isEmpty() ? -1.0 : absl::ToDoubleSeconds(job.progress.estimatedEnd - now);
    const QString by = job.schedule.empty()
                           ? QString::fromStdString(job.createdBy)
                           : JobWords::tr("schedule %1").arg(QString::fromStdString(job.schedule));
    const absl::Time begun = known(job.startTime).value_or(job.createTime);
    TableCell started;
    started.text = whenText(begun, now, display);
    started.sortKey = static_cast<qlonglong>(absl::ToUnixMillis(job.createTime));
    started.toolTip = exactText(begun, display);
    TableCell duration;
    duration.text = durationText(job, now);
    duration.sortKey = known(job.startTime)
                           ? absl::ToDoubleSeconds(known(job.endTime).value_or(now) - job.startTime)
                           : -1.0;
    return {
        QString::fromStdString(job.id),
        {{title, {}, {}, {}, title},
         {QString::fromStdString(job.kind), {}, {}, {}, {}},
         {QString::fromStdString(job.target), {}, {}, {}, {}},
         state,
         progress,
         remaining,
         {by, {}, {}, {}, by},
         started,
         duration,
         {QString::fromStdString(job.id), {}, {}, {}, {}}}};
}

JobView jobViewOf(const jobs::Job& job, const jobs::Kind* kind, const QStringList& logTail)
{
    JobView view;
    view.id = QString::fromStdString(job.id);
    view.title = QString::fromStdString(job.title.empty() ? job.kind : job.title);
    view.phase = phaseOf(job.state);
    for (const jobs::Task& task : job.tasks) {
        view.stages.push_back(
            {QString::fromStdString(task.title.empty() ? task.name : task.title),
             stageStateOf(task.state),
             stageDetail(task)});
    }
    const jobs::Progress& progress = job.progress;
    if (progress.unitsTotal > 0 && job.tasks.size() <= 1) {
        view.done = static_cast<double>(progress.unitsDone);
        view.total = static_cast<double>(progress.unitsTotal);
        view.unit = QString::fromStdString(progress.unit);
    } else if (progress.fraction >= 0) {
        view.done = progress.fraction * 100;
        view.total = 100;
    }
    view.started = known(job.startTime);
    view.ended = known(job.endTime);
    view.message = QString::fromStdString(
        job.message.empty() && !jobs::hasEnded(job.state) ? progress.stage : job.message);
    view.canCancel = jobs::canCancel(job.state);
    view.cancelNote = kind != nullptr ? QString::fromStdString(kind->cancelConsequence) : QString();
    view.logTail = logTail;
    return view;
}

Confirmation cancelQuestion(
    const jobs::Job& job, const jobs::Kind* kind, const QString& environment)
{
    const QString title = QString::fromStdString(job.title.empty() ? job.kind : job.title);
    Confirmation question;
    question.title = JobWords::tr("Cancel %1 in %2").arg(title, environment);
    question.icon = QStringLiteral("octagon-x");
    question.impact = kind != nullptr && !kind->cancelConsequence.empty()
                          ? QString::fromStdString(kind->cancelConsequence)
                          : JobWords::tr("What it has done so far stays as it is.");
    question.facts = {
        {JobWords::tr("Target"), QString::fromStdString(job.target)},
        {JobWords::tr("Started by"), QString::fromStdString(job.createdBy)}};
    question.command = jobCommand(QStringLiteral("cancel"), job.id);
    question.verb = JobWords::tr("Cancel the job");
    question.isDanger = true;
    return question;
}

LogLine logLineOf(const jobs::LogLine& line)
{
    LogLine shown;
    shown.time = line.time;
    shown.level = line.level == jobs::LogLevel::Error     ? LogLevel::Error
                  : line.level == jobs::LogLevel::Warning ? LogLevel::Warning
                                                          : LogLevel::Info;
    shown.text = QString::fromStdString(line.text);
    if (!line.task.empty()) {
        shown.text = QStringLiteral("[%1] ").arg(QString::fromStdString(line.task)) + shown.text;
    }
    return shown;
}

} // namespace pilothouse::ui
