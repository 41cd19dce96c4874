// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/JobsViewModel.h"

#include "ui/components/FailedState.h"
#include "ui/session/OnGuiThread.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {

/// Updates that may wait for a busy GUI; more are joined to the last.
constexpr std::size_t kJobsViewModelWaiting = 16;

std::vector<jobs::JobState> statesOf(JobsViewModel::Show show)
{
    using jobs::JobState;
    switch (show) {
    case JobsViewModel::Show::All:
        return {};
    case JobsViewModel::Show::Open:
        return {JobState::Queued, JobState::Running, JobState::Paused, JobState::Cancelling};
    case JobsViewModel::Show::Failed:
        return {JobState::Failed};
    case JobsViewModel::Show::Ended:
        break;
    }
    return {JobState::Succeeded, JobState::Failed, JobState::Cancelled};
}

/// Joins two updates to one, so that none is lost however long the GUI was busy.
bool foldJobs(std::vector<client::JobsUpdate>& pending, client::JobsUpdate& incoming)
{
    if (incoming.snapshot) {
        pending.clear();
        return false;
    }
    if (pending.size() < kJobsViewModelWaiting) {
        return false;
    }
    client::JobsUpdate& last = pending.back();
    for (jobs::Job& job : incoming.jobs) {
        const auto same = std::ranges::find(last.jobs, job.id, &jobs::Job::id);
        std::erase(last.removedIds, job.id);
        same == last.jobs.end() ? last.jobs.push_back(std::move(job))
                                : void(*same = std::move(job));
    }
    for (std::string& id : incoming.removedIds) {
        std::erase_if(last.jobs, [&](const jobs::Job& job) { return job.id == id; });
        last.removedIds.push_back(std::move(id));
    }
    last.serverTime = incoming.serverTime;
    return true;
}

} // namespace

JobsViewModel::JobsViewModel(client::JobsClient& jobs, QObject* parent)
    : QObject(parent), m_client(jobs)
{}

JobsViewModel::~JobsViewModel() = default;

void JobsViewModel::open()
{
    if (isOpen()) {
        return;
    }
    watch();
    m_kindsCall = m_client.listKinds(onGuiThread<std::vector<jobs::Kind>>(
        this, [this](absl::StatusOr<std::vector<jobs::Kind>> answer) {
            if (answer.ok()) {
                m_kinds = *std::move(answer);
                Q_EMIT kindsChanged();
            }
        }));
}

void JobsViewModel::watch()
{
    m_error = absl::OkStatus();
    // A box of its own for each stream, so that what is under way of another filter is not shown.
    m_box = std::make_unique<LiveMailbox<client::JobsUpdate>>(
        kJobsViewModelWaiting + 1,
        [this](std::vector<client::JobsUpdate> updates) { take(std::move(updates)); },
        foldJobs);
    m_watch = m_client.watchJobs(
        m_filter, kWatched, m_box->sink(), onGuiThread(this, [this](absl::Status status) {
            if (!status.ok() && !absl::IsCancelled(status)) {
                m_error = status;
                refreshState();
            }
        }));
}

void JobsViewModel::close()
{
    m_watch.reset();
    m_page.reset();
    m_kindsCall.reset();
}

void JobsViewModel::setFilter(Show show, const QString& kind)
{
    if (m_show == show && m_kind == kind) {
        return;
    }
    m_show = show;
    m_kind = kind;
    m_filter.states = statesOf(show);
    m_filter.kinds.clear();
    if (!kind.isEmpty()) {
        m_filter.kinds.push_back(kind.toStdString());
    }
    refresh();
}

void JobsViewModel::refresh()
{
    m_jobs.clear();
    m_live.clear();
    m_isKnown = false;
    m_page.reset();
    if (isOpen()) {
        watch();
    }
    refreshState();
    Q_EMIT reset();
}

void JobsViewModel::take(std::vector<client::JobsUpdate> updates)
{
    if (!isOpen()) {
        return;
    }
    QStringList changed;
    QStringList removed;
    bool isReset = false;
    const bool hadMore = m_hasMore;
    for (client::JobsUpdate& update : updates) {
        isReset = isReset || update.snapshot;
        apply(update, changed, removed);
    }
    refreshState();
    if (isReset) {
        Q_EMIT reset();
    } else if (!changed.isEmpty() || !removed.isEmpty()) {
        Q_EMIT jobsChanged(changed, removed);
    }
    if (isReset || m_hasMore != hadMore) {
        Q_EMIT moreChanged();
    }
}

void JobsViewModel::apply(client::JobsUpdate& update, QStringList& changed, QStringList& removed)
{
    if (update.snapshot) {
        m_jobs.clear();
        m_live.clear();
        m_page.reset();
        m_nextPage.clear();
        m_hasHistory = false;
        m_hasMore = update.jobs.size() >= static_cast<std::size_t>(kWatched);
        m_isKnown = true;
        changed.clear();
        removed.clear();
    }
    for (jobs::Job& job : update.jobs) {
        changed << QString::fromStdString(job.id);
        m_live.insert(job.id);
        m_jobs[job.id] = std::move(job);
    }
    for (const std::string& id : update.removedIds) {
        m_live.erase(id);
        const auto known = m_jobs.find(id);
        // An ended one that made way for newer ones is history from now on; with the pages below it
        // loaded, taking it away would leave a hole.
        if (known == m_jobs.end() || (m_hasHistory && jobs::hasEnded(known->second.state))) {
            continue;
        }
        m_hasMore = m_hasMore || jobs::hasEnded(known->second.state);
        m_jobs.erase(known);
        changed.removeAll(QString::fromStdString(id));
        removed << QString::fromStdString(id);
    }
}

void JobsViewModel::loadMore()
{
    if (!m_isKnown || !hasMore() || m_page != nullptr) {
        return;
    }
    m_page = m_client.listJobs(
        m_filter,
        kPage,
        m_nextPage,
        onGuiThread<client::JobsPage>(this, [this](absl::StatusOr<client::JobsPage> answer) {
            takePage(std::move(answer));
        }));
}

void JobsViewModel::takePage(absl::StatusOr<client::JobsPage> answer)
{
    m_page.reset();
    if (!answer.ok()) {
        Q_EMIT failed(tr("Older jobs"), answer.status());
        return;
    }
    m_hasHistory = true;
    m_nextPage = answer->nextPageToken;
    m_hasMore = !m_nextPage.empty();
    QStringList changed;
    for (jobs::Job& job : answer->jobs) {
        // What the stream tells is newer.
        if (!m_live.contains(job.id) && m_jobs.size() < kMost) {
            changed << QString::fromStdString(job.id);
            m_jobs[job.id] = std::move(job);
        }
    }
    if (changed.isEmpty()) {
        loadMore();
    } else {
        Q_EMIT jobsChanged(changed, {});
        Q_EMIT moreChanged();
    }
}

const jobs::Job* JobsViewModel::find(const QString& id) const
{
    const auto found = m_jobs.find(id.toStdString());
    return found == m_jobs.end() ? nullptr : &found->second;
}

std::vector<const jobs::Job*> JobsViewModel::jobs() const
{
    std::vector<const jobs::Job*> all;
    all.reserve(m_jobs.size());
    for (const auto& [id, job] : m_jobs) {
        all.push_back(&job);
    }
    std::ranges::sort(all, [](const jobs::Job* left, const jobs::Job* right) {
        return left->createTime > right->createTime;
    });
    return all;
}

QStringList JobsViewModel::running() const
{
    QStringList ids;
    for (const std::string& id : m_live) {
        const auto job = m_jobs.find(id);
        if (job != m_jobs.end() && (job->second.state == jobs::JobState::Running ||
                                    job->second.state == jobs::JobState::Cancelling)) {
            ids << QString::fromStdString(id);
        }
    }
    return ids;
}

int JobsViewModel::openCount() const
{
    return static_cast<int>(std::ranges::count_if(m_live, [this](const std::string& id) {
        const auto job = m_jobs.find(id);
        return job != m_jobs.end() && !jobs::hasEnded(job->second.state);
    }));
}

int JobsViewModel::failedCount() const
{
    return static_cast<int>(std::ranges::count_if(
        m_jobs, [](const auto& entry) { return entry.second.state == jobs::JobState::Failed; }));
}

const jobs::Kind* JobsViewModel::kindOf(const jobs::Job& job) const
{
    const auto found = std::ranges::find(m_kinds, job.kind, &jobs::Kind::name);
    return found == m_kinds.end() ? nullptr : &*found;
}

void JobsViewModel::refreshState()
{
    if (!m_error.ok()) {
        m_state = failedState(m_error);
    } else if (!m_isKnown) {
        m_state = {};
    } else if (m_jobs.empty()) {
        const bool isAll = m_show == Show::All && m_kind.isEmpty();
        m_state = {
            isAll ? DataState::Kind::Empty : DataState::Kind::FilteredEmpty,
            isAll ? tr("No job has run yet.") : tr("No job matches."),
            {},
            isAll ? tr("Run…") : QString()};
    } else {
        m_state = DataState::live();
    }
    Q_EMIT stateChanged();
}

void JobsViewModel::act(
    const QString& what, const std::function<client::CallPtr(client::OnDone<jobs::Job>)>& call)
{
    const int number = ++m_lastAction;
    m_actions[number] = call(
        onGuiThread<jobs::Job>(this, [this, what, number](const absl::StatusOr<jobs::Job>& answer) {
            m_actions.erase(number);
            if (!answer.ok()) {
                Q_EMIT failed(what, answer.status());
            }
        }));
}

void JobsViewModel::cancel(const QString& id, const QString& reason)
{
    act(tr("Cancel"), [&](client::OnDone<jobs::Job> onDone) {
        return m_client.cancelJob(id.toStdString(), reason.toStdString(), std::move(onDone));
    });
}

void JobsViewModel::pause(const QString& id)
{
    act(tr("Pause"), [&](client::OnDone<jobs::Job> onDone) {
        return m_client.pauseJob(id.toStdString(), std::move(onDone));
    });
}

void JobsViewModel::resume(const QString& id)
{
    act(tr("Resume"), [&](client::OnDone<jobs::Job> onDone) {
        return m_client.resumeJob(id.toStdString(), std::move(onDone));
    });
}

void JobsViewModel::retry(const QString& id)
{
    act(tr("Retry"), [&](client::OnDone<jobs::Job> onDone) {
        return m_client.retryJob(id.toStdString(), std::move(onDone));
    });
}

} // namespace pilothouse::ui
