// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/JobsClient.h"
#include "ui/components/StateView.h"
#include "ui/session/LiveMailbox.h"

#include <QObject>
#include <QStringList>

#include <map>
#include <memory>
#include <optional>
#include <set>

namespace pilothouse::ui {

/// "What is running, what failed?": the open and the newest jobs live, older ones in pages as they
/// are asked for. Streams run only while opened. GUI thread only.
class JobsViewModel : public QObject
{
    Q_OBJECT

public:
    /// Jobs that are watched, of one page, and held at most.
    static constexpr int kWatched = 200;
    static constexpr int kPage = 200;
    static constexpr std::size_t kMost = 10'000;

    enum class Show { All, Open, Failed, Ended };

    explicit JobsViewModel(client::JobsClient& jobs, QObject* parent = nullptr);
    ~JobsViewModel() override;

    void open();
    void close();
    bool isOpen() const { return m_watch != nullptr; }
    /// Asks the server for others; an empty kind is every kind.
    void setFilter(Show show, const QString& kind);
    Show shown() const { return m_show; }
    void refresh();

    /// The next older page; does nothing while one is under way or when there is none.
    void loadMore();
    bool hasMore() const { return m_hasMore && m_jobs.size() < kMost; }

    const jobs::Job* find(const QString& id) const;
    std::vector<const jobs::Job*> jobs() const;
    /// Ids of those whose row changes as time passes.
    QStringList running() const;
    int openCount() const;
    int failedCount() const;
    const DataState& state() const { return m_state; }

    const std::vector<jobs::Kind>& kinds() const { return m_kinds; }
    const jobs::Kind* kindOf(const jobs::Job& job) const;

    void cancel(const QString& id, const QString& reason);
    void pause(const QString& id);
    void resume(const QString& id);
    void retry(const QString& id);

Q_SIGNALS:
    /// Everything is different.
    void reset();
    void jobsChanged(const QStringList& changed, const QStringList& removed);
    void stateChanged();
    /// A page came, or everything anew: `hasMore` tells whether there are older ones.
    void moreChanged();
    void kindsChanged();
    /// An action did not happen.
    void failed(const QString& what, const absl::Status& status);

private:
    void watch();
    void take(std::vector<client::JobsUpdate> updates);
    void apply(client::JobsUpdate& update, QStringList& changed, QStringList& removed);
    void takePage(absl::StatusOr<client::JobsPage> answer);
    void act(
        const QString& what, const std::function<client::CallPtr(client::OnDone<jobs::Job>)>& call);
    void refreshState();

    client::JobsClient& m_client;
    Show m_show = Show::All;
    QString m_kind;
    jobs::JobFilter m_filter;
    std::map<std::string, jobs::Job> m_jobs;
    /// Of them, those that the stream keeps current.
    std::set<std::string> m_live;
    bool m_isKnown = false;
    bool m_hasMore = false;
    /// A page of history was taken, so that the table goes on without a gap.
    bool m_hasHistory = false;
    std::string m_nextPage;
    absl::Status m_error;
    DataState m_state;
    std::vector<jobs::Kind> m_kinds;
    std::unique_ptr<LiveMailbox<client::JobsUpdate>> m_box;
    client::CallPtr m_watch;
    client::CallPtr m_page;
    client::CallPtr m_kindsCall;
    /// Under way, so that one action does not call off another.
    std::map<int, client::CallPtr> m_actions;
    int m_lastAction = 0;
};

} // namespace pilothouse::ui
