// SPDX-License-Identifier: GPL-3.0-or-later
// The verbs of the jobs page: a table of its own, because it is read as one.
#include "ui/jobs/JobCommands.h"
#include "ui/jobs/JobsPage.h"
#include "ui/shell/CommandRegistry.h"

#include <algorithm>
#include <iterator>

namespace pilothouse::ui {

namespace {

const auto kOperatePermission = QStringLiteral("jobs.operate");

Command jobVerb(
    const QString& id,
    const QString& title,
    const QString& icon,
    const QKeySequence& key,
    std::function<QString()> disabledReason,
    std::function<void()> run)
{
    Command command;
    command.id = id;
    command.title = title;
    command.icon = icon;
    command.shortcut = key;
    command.section = CommandRegistry::tr("Actions");
    command.permission = kOperatePermission;
    command.disabledReason = std::move(disabledReason);
    command.run = std::move(run);
    return command;
}

} // namespace

QString JobsPage::jobReason(bool (*allows)(jobs::JobState), const QString& otherwise) const
{
    QString unusable = m_context.session.unusableReason();
    if (!unusable.isEmpty()) {
        return unusable;
    }
    if (showsSchedules() || !m_detail.job()) {
        return tr("No job is selected");
    }
    return allows(m_detail.job()->state) ? QString() : otherwise;
}

QString JobsPage::scheduleReason() const
{
    QString unusable = m_context.session.unusableReason();
    if (!unusable.isEmpty()) {
        return unusable;
    }
    return showsSchedules() && m_schedules.find(m_schedules.chosen()) != nullptr
               ? QString()
               : tr("No schedule is selected");
}

std::vector<Command> JobsPage::commands()
{
    std::vector<Command> all{
        jobVerb(
            jobcommand::kRun,
            tr("Run job…"),
            QStringLiteral("play"),
            QKeySequence(Qt::CTRL | Qt::Key_R),
            [this] { return m_context.session.unusableReason(); },
            [this] { run(); }),
        jobVerb(
            jobcommand::kCancel,
            tr("Cancel job…"),
            QStringLiteral("octagon-x"),
            QKeySequence(Qt::Key_Delete),
            [this] { return jobReason(jobs::canCancel, tr("The job has ended or is ending")); },
            [this] { askCancel(); }),
        jobVerb(
            jobcommand::kPause,
            tr("Pause"),
            QStringLiteral("pause"),
            {},
            [this] { return jobReason(jobs::canPause, tr("Only a job that waits or runs")); },
            [this] { m_model.pause(m_detail.id()); }),
        jobVerb(
            jobcommand::kResume,
            tr("Resume"),
            QStringLiteral("play"),
            {},
            [this] { return jobReason(jobs::canResume, tr("The job is not paused")); },
            [this] { m_model.resume(m_detail.id()); }),
        jobVerb(
            jobcommand::kRetry,
            tr("Retry"),
            QStringLiteral("rotate-cw"),
            {},
            [this] {
                return jobReason(
                    jobs::canRetry,
                    tr("Only a job that failed or was cancelled; what succeeded in "
                       "it is not run again"));
            },
            [this] { m_model.retry(m_detail.id()); }),
    };
    Command copy = jobVerb(
        jobcommand::kCopyCommand,
        tr("Copy as command line"),
        QStringLiteral("terminal"),
        {},
        [this] {
            return !showsSchedules() && m_detail.job() ? QString() : tr("No job is selected");
        },
        [this] { copyCommand(); });
    copy.permission.clear();
    all.push_back(std::move(copy));
    std::ranges::move(scheduleCommands(), std::back_inserter(all));
    return all;
}

std::vector<Command> JobsPage::scheduleCommands()
{
    const auto reason = [this] { return scheduleReason(); };
    return {
        jobVerb(
            jobcommand::kAddSchedule,
            tr("Add schedule…"),
            QStringLiteral("calendar"),
            {},
            [this] { return m_context.session.unusableReason(); },
            [this] { editSchedule(/*isNew=*/true); }),
        jobVerb(
            jobcommand::kEditSchedule,
            tr("Edit…"),
            QStringLiteral("pencil"),
            {},
            reason,
            [this] { editSchedule(/*isNew=*/false); }),
        jobVerb(
            jobcommand::kPauseSchedule,
            tr("Pause or resume schedule"),
            QStringLiteral("pause"),
            {},
            reason,
            [this] {
                const jobs::Schedule* schedule = m_schedules.find(m_schedules.chosen());
                m_schedules.setPaused(m_schedules.chosen(), !schedule->isPaused);
            }),
        jobVerb(
            jobcommand::kRunSchedule,
            tr("Run now"),
            QStringLiteral("play"),
            {},
            reason,
            [this] { m_schedules.runNow(m_schedules.chosen()); }),
        jobVerb(
            jobcommand::kDeleteSchedule,
            tr("Delete schedule…"),
            QStringLiteral("trash-2"),
            {},
            reason,
            [this] { askDelete(); }),
    };
}

} // namespace pilothouse::ui
