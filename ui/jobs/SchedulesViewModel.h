// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/JobsClient.h"
#include "ui/components/StateView.h"

#include <QObject>

namespace pilothouse::ui {

/// What runs by itself: the schedules, and of the chosen one the next times and what became of the
/// last ones. GUI thread only.
class SchedulesViewModel : public QObject
{
    Q_OBJECT

public:
    static constexpr int kNextRuns = 10;
    static constexpr int kPastRuns = 20;

    explicit SchedulesViewModel(client::JobsClient& jobs, QObject* parent = nullptr);
    ~SchedulesViewModel() override;

    void refresh();
    bool isLoaded() const { return m_isLoaded; }
    const std::vector<jobs::Schedule>& schedules() const { return m_schedules; }
    const jobs::Schedule* find(const QString& name) const;
    const DataState& state() const { return m_state; }

    /// Empty: none.
    void choose(const QString& name);
    const QString& chosen() const { return m_chosen; }
    const jobs::SchedulePreview& preview() const { return m_preview; }
    const std::vector<jobs::ScheduleRun>& runs() const { return m_runs; }

    void setPaused(const QString& name, bool paused);
    void remove(const QString& name);
    /// Queues its job now, beside the plan.
    void runNow(const QString& name);

Q_SIGNALS:
    void changed();
    void detailsChanged();
    /// What was asked for was done ("nightly is paused").
    void done(const QString& text);
    void failed(const QString& what, const absl::Status& status);

private:
    void ask(absl::StatusOr<std::vector<jobs::Schedule>> answer);
    void askDetails();

    client::JobsClient& m_client;
    std::vector<jobs::Schedule> m_schedules;
    bool m_isLoaded = false;
    DataState m_state;
    QString m_chosen;
    jobs::SchedulePreview m_preview;
    std::vector<jobs::ScheduleRun> m_runs;
    client::CallPtr m_list;
    client::CallPtr m_previewCall;
    client::CallPtr m_runsCall;
    client::CallPtr m_action;
};

} // namespace pilothouse::ui
