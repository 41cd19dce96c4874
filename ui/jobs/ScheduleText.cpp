// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/ScheduleText.h"

#include "ui/jobs/JobText.h"
#include "ui/shell/WhenText.h"

#include <QCoreApplication>

namespace pilothouse::ui {

namespace {

class ScheduleWords
{
    Q_DECLARE_TR_FUNCTIONS(Schedules)
};

} // namespace

QString runText(const jobs::ScheduleRun& run)
{
    switch (run.outcome) {
    case jobs::RunOutcome::Started:
        return run.jobState ? wordOf(*run.jobState) : ScheduleWords::tr("Started");
    case jobs::RunOutcome::Overlapped:
        return ScheduleWords::tr("Left out: the run before was still open");
    case jobs::RunOutcome::Missed:
        return ScheduleWords::tr("Missed: no server ran");
    case jobs::RunOutcome::Failed:
        break;
    }
    return run.message.empty()
               ? ScheduleWords::tr("Not started")
               : ScheduleWords::tr("Not started: %1").arg(QString::fromStdString(run.message));
}

Severity severityOf(const jobs::ScheduleRun& run)
{
    switch (run.outcome) {
    case jobs::RunOutcome::Started:
        return run.jobState ? severityOf(*run.jobState) : Severity::Unknown;
    case jobs::RunOutcome::Overlapped:
    case jobs::RunOutcome::Missed:
        return Severity::Warning;
    case jobs::RunOutcome::Failed:
        break;
    }
    return Severity::Error;
}

std::vector<TableColumn> scheduleColumns()
{
    return {
        {QStringLiteral("schedule"), ScheduleWords::tr("Schedule"), 0},
        {QStringLiteral("type"), ScheduleWords::tr("Type"), 160},
        {QStringLiteral("when"), ScheduleWords::tr("When"), 150, false, true},
        {QStringLiteral("zone"), ScheduleWords::tr("Time zone"), 110},
        {QStringLiteral("state"), ScheduleWords::tr("State"), 90},
        {QStringLiteral("next"), ScheduleWords::tr("Next run"), 110, true},
        {QStringLiteral("last"), ScheduleWords::tr("Last run"), 150},
        {QStringLiteral("by"), ScheduleWords::tr("Made by"), 100, false, false, true}};
}

TableRow scheduleRow(const jobs::Schedule& schedule, absl::Time now, TimeDisplay display)
{
    const QString name = QString::fromStdString(schedule.name);
    TableCell state;
    state.text = schedule.isPaused ? ScheduleWords::tr("Paused") : ScheduleWords::tr("Active");
    state.severity = schedule.isPaused ? Severity::Unknown : Severity::Ok;
    TableCell next;
    next.text =
        schedule.isPaused ? QStringLiteral("–") : whenText(schedule.nextRunTime, now, display);
    next.sortKey = static_cast<qlonglong>(absl::ToUnixMillis(schedule.nextRunTime));
    next.toolTip = exactText(schedule.nextRunTime, display);
    TableCell last{QStringLiteral("–"), {}, {}, {}, {}};
    if (schedule.lastRun) {
        last.text = runText(*schedule.lastRun);
        last.severity = severityOf(*schedule.lastRun);
        last.toolTip = exactText(schedule.lastRun->plannedTime, display);
        last.sortKey = static_cast<qlonglong>(absl::ToUnixMillis(schedule.lastRun->plannedTime));
    }
    return {
        name,
        {{name, {}, {}, {}, QString::fromStdString(schedule.description)},
         {QString::fromStdString(schedule.kind), {}, {}, {}, {}},
         {QString::fromStdString(schedule.cron), {}, {}, {}, {}},
         {schedule.timeZone.empty() ? QStringLiteral("UTC")
                                    : QString::fromStdString(schedule.timeZone),
          {},
          {},
          {},
          {}},
         state,
         next,
         last,
         {QString::fromStdString(schedule.createdBy), {}, {}, {}, {}}}};
}

} // namespace pilothouse::ui
