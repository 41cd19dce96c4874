// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/JobsClient.h"
#include "ui/jobs/JobStrip.h"
#include "ui/session/LiveMailbox.h"
#include "ui/shell/MainWindow.h"

#include <QTimer>

#include <map>

namespace pilothouse::ui {

/// The jobs of a window's server, on whatever page: the newest running one in the strip, and a
/// message when one ends. Quiet about jobs of others that went well. Lives with its window.
class JobActivity : public QObject
{
    Q_OBJECT

public:
    static constexpr int kWatched = 50;

    /// `pageId`: the page that shows jobs.
    JobActivity(MainWindow& window, QString pageId);

    JobStrip* strip() const { return m_strip; }

private:
    void followSession();
    void followState();
    void take(const std::vector<client::JobsUpdate>& updates);
    void apply(const client::JobsUpdate& update);
    void tell(const jobs::Job& before, const jobs::Job& now);
    const jobs::Job* newest() const;
    void refresh();
    void open(const std::string& id);
    void askCancel();

    MainWindow& m_window;
    QString m_pageId;
    QPointer<Session> m_session;
    std::map<std::string, jobs::Job> m_jobs;
    absl::Duration m_ahead;
    QPointer<JobStrip> m_strip;
    std::string m_shown;
    LiveMailbox<client::JobsUpdate> m_box;
    client::CallPtr m_watch;
    client::CallPtr m_cancel;
    QTimer m_tick;
};

} // namespace pilothouse::ui
