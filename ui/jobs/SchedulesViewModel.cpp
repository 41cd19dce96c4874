// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/SchedulesViewModel.h"

#include "ui/components/FailedState.h"
#include "ui/session/OnGuiThread.h"

#include <QUuid>

#include <algorithm>

namespace pilothouse::ui {

SchedulesViewModel::SchedulesViewModel(client::JobsClient& jobs, QObject* parent)
    : QObject(parent), m_client(jobs)
{}

SchedulesViewModel::~SchedulesViewModel() = default;

void SchedulesViewModel::refresh()
{
    m_list = m_client.listSchedules(onGuiThread<std::vector<jobs::Schedule>>(
        this,
        [this](absl::StatusOr<std::vector<jobs::Schedule>> answer) { ask(std::move(answer)); }));
    askDetails();
}

void SchedulesViewModel::ask(absl::StatusOr<std::vector<jobs::Schedule>> answer)
{
    m_list.reset();
    if (!answer.ok()) {
        m_state = failedState(answer.status());
        Q_EMIT changed();
        return;
    }
    m_isLoaded = true;
    m_schedules = *std::move(answer);
    m_state =
        m_schedules.empty()
            ? DataState{DataState::Kind::Empty, tr("Nothing runs by itself yet."), {}, tr("Add schedule…")}
            : DataState::live();
    Q_EMIT changed();
    if (!m_chosen.isEmpty() && find(m_chosen) == nullptr) {
        choose({});
    } else if (!m_chosen.isEmpty() && m_previewCall == nullptr && m_preview.times.empty()) {
        askDetails();
    }
}

const jobs::Schedule* SchedulesViewModel::find(const QString& name) const
{
    const auto found = std::ranges::find(m_schedules, name.toStdString(), &jobs::Schedule::name);
    return found == m_schedules.end() ? nullptr : &*found;
}

void SchedulesViewModel::choose(const QString& name)
{
    if (m_chosen == name) {
        return;
    }
    m_chosen = name;
    m_preview = {};
    m_runs.clear();
    m_previewCall.reset();
    m_runsCall.reset();
    askDetails();
    Q_EMIT detailsChanged();
}

void SchedulesViewModel::askDetails()
{
    const jobs::Schedule* schedule = find(m_chosen);
    if (schedule == nullptr) {
        return;
    }
    m_previewCall = m_client.previewSchedule(
        schedule->cron,
        schedule->timeZone,
        kNextRuns,
        onGuiThread<jobs::SchedulePreview>(
            this, [this](const absl::StatusOr<jobs::SchedulePreview>& answer) {
                m_previewCall.reset();
                if (answer.ok()) {
                    m_preview = *answer;
                    Q_EMIT detailsChanged();
                } else {
                    Q_EMIT failed(tr("Next runs"), answer.status());
                }
            }));
    m_runsCall = m_client.listScheduleRuns(
        schedule->name,
        kPastRuns,
        onGuiThread<std::vector<jobs::ScheduleRun>>(
            this, [this](const absl::StatusOr<std::vector<jobs::ScheduleRun>>& answer) {
                m_runsCall.reset();
                if (answer.ok()) {
                    m_runs = *answer;
                    Q_EMIT detailsChanged();
                } else {
                    Q_EMIT failed(tr("Past runs"), answer.status());
                }
            }));
}

void SchedulesViewModel::setPaused(const QString& name, bool paused)
{
    const jobs::Schedule* known = find(name);
    if (known == nullptr) {
        return;
    }
    jobs::Schedule wanted = *known;
    wanted.isPaused = paused;
    m_action = m_client.updateSchedule(
        wanted,
        {"paused"},
        /*validateOnly=*/false,
        onGuiThread<jobs::Schedule>(
            this, [this, name, paused](const absl::StatusOr<jobs::Schedule>& answer) {
                if (answer.ok()) {
                    Q_EMIT done((paused ? tr("%1 is paused") : tr("%1 runs again")).arg(name));
                } else {
                    Q_EMIT failed(name, answer.status());
                }
                refresh();
            }));
}

void SchedulesViewModel::remove(const QString& name)
{
    const jobs::Schedule* known = find(name);
    if (known == nullptr) {
        return;
    }
    m_action = m_client.deleteSchedule(
        known->name,
        known->etag,
        onGuiThread<client::Nothing>(
            this, [this, name](const absl::StatusOr<client::Nothing>& answer) {
                if (answer.ok()) {
                    Q_EMIT done(tr("%1 is deleted").arg(name));
                } else {
                    Q_EMIT failed(name, answer.status());
                }
                refresh();
            }));
}

void SchedulesViewModel::runNow(const QString& name)
{
    const jobs::Schedule* known = find(name);
    if (known == nullptr) {
        return;
    }
    client::NewJob job;
    job.kind = known->kind;
    job.parameters = known->parameters;
    job.priority = known->priority;
    job.requestId = QUuid::createUuid().toString(QUuid::WithoutBraces).toStdString();
    m_action = m_client.createJob(
        job, onGuiThread<jobs::Job>(this, [this, name](const absl::StatusOr<jobs::Job>& answer) {
            if (answer.ok()) {
                Q_EMIT done(tr("%1 is queued").arg(QString::fromStdString(answer->title)));
            } else {
                Q_EMIT failed(name, answer.status());
            }
        }));
}

} // namespace pilothouse::ui
