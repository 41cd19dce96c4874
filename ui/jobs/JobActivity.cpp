// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/jobs/JobActivity.h"

#include "ui/jobs/JobText.h"
#include "ui/session/OnGuiThread.h"
#include "ui/shell/ConfirmSheet.h"
#include "ui/shell/PageHost.h"
#include "ui/shell/SheetHost.h"
#include "ui/shell/StatusStrip.h"
#include "ui/shell/ToastStack.h"

#include "shared/base/StatusHelpers.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr std::size_t kJobActivityWaiting = 64;
const auto kOperate = QStringLiteral("jobs.operate");

QString titleOf(const jobs::Job& job)
{
    return QString::fromStdString(job.title.empty() ? job.kind : job.title);
}

bool isActive(const jobs::Job& job)
{
    return job.state == jobs::JobState::Running || job.state == jobs::JobState::Cancelling;
}

} // namespace

JobActivity::JobActivity(MainWindow& window, QString pageId)
    : QObject(&window),
      m_window(window),
      m_pageId(std::move(pageId)),
      m_box(kJobActivityWaiting, [this](const std::vector<client::JobsUpdate>& updates) {
          take(updates);
      })
{
    connect(&window, &MainWindow::sessionChanged, this, &JobActivity::followSession);
    m_tick.setInterval(1000);
    connect(&m_tick, &QTimer::timeout, this, &JobActivity::refresh);
    followSession();
}

void JobActivity::followSession()
{
    if (m_session) {
        m_session->disconnect(this);
    }
    m_watch.reset();
    m_cancel.reset();
    m_jobs.clear();
    m_session = m_window.session();
    if (m_session) {
        connect(m_session, &Session::stateChanged, this, &JobActivity::followState);
    }
    followState();
    refresh();
}

void JobActivity::followState()
{
    const bool maySee =
        m_session && m_session->isUsable() && m_session->mayUse(QStringLiteral("jobs.view"));
    if (maySee && m_watch == nullptr) {
        m_watch = m_session->jobs().watchJobs(
            {}, kWatched, m_box.sink(), onGuiThread(this, [this](absl::Status) {
                m_watch.reset();
                m_jobs.clear();
                refresh();
            }));
    } else if (m_session && m_session->state() == client::ConnectionState::SignedOut) {
        m_watch.reset();
        m_jobs.clear();
        refresh();
    }
}

void JobActivity::take(const std::vector<client::JobsUpdate>& updates)
{
    if (m_watch == nullptr) {
        return;
    }
    for (const client::JobsUpdate& update : updates) {
        apply(update);
    }
    refresh();
}

void JobActivity::apply(const client::JobsUpdate& update)
{
    m_ahead = update.serverTime == absl::InfinitePast()
                  ? absl::ZeroDuration()
                  : update.serverTime - m_window.context().clock.now();
    const auto before = m_jobs;
    if (update.snapshot) {
        m_jobs.clear();
    }
    for (const jobs::Job& job : update.jobs) {
        m_jobs[job.id] = job;
        const auto known = before.find(job.id);
        if (known != before.end() && !jobs::hasEnded(known->second.state) &&
            jobs::hasEnded(job.state)) {
            tell(known->second, job);
        }
    }
    for (const std::string& id : update.removedIds) {
        m_jobs.erase(id);
    }
}

void JobActivity::tell(const jobs::Job& before, const jobs::Job& now)
{
    const bool isMine = now.createdBy == m_session->operatorName() && now.schedule.empty();
    const bool hasFailed = now.state == jobs::JobState::Failed;
    const PageSpec* page = m_window.pages().spec();
    if ((page != nullptr && page->id == m_pageId) || (!isMine && !hasFailed)) {
        return;
    }
    ToastMessage message;
    message.severity = severityOf(now.state);
    message.text = QStringLiteral("%1: %2").arg(titleOf(now), wordOf(now.state).toLower());
    message.detail = hasFailed ? QString::fromStdString(now.message)
                               : tr("in %1").arg(durationText(now, now.endTime));
    message.actionText = tr("Open");
    message.action = [self = QPointer<JobActivity>(this), id = before.id] {
        if (self) {
            self->open(id);
        }
    };
    m_window.toasts().post(message);
}

const jobs::Job* JobActivity::newest() const
{
    const jobs::Job* found = nullptr;
    for (const auto& [id, job] : m_jobs) {
        if (isActive(job) && (found == nullptr || job.startTime > found->startTime)) {
            found = &job;
        }
    }
    return found;
}

void JobActivity::refresh()
{
    const jobs::Job* job = newest();
    if (job == nullptr) {
        m_tick.stop();
        m_shown.clear();
        if (m_strip) {
            m_window.strip().setActivity(nullptr);
        }
        return;
    }
    m_shown = job->id;
    if (!m_strip) {
        m_strip = new JobStrip(m_window.context().theme);
        connect(m_strip, &JobStrip::openRequested, this, [this] { open(m_shown); });
        connect(m_strip, &JobStrip::cancelRequested, this, &JobActivity::askCancel);
        m_window.strip().setActivity(m_strip);
    }
    const absl::Time now = m_window.context().clock.now() + m_ahead;
    QStringList facts;
    const QString remaining = remainingText(*job, now);
    if (job->state == jobs::JobState::Cancelling) {
        facts << wordOf(job->state).toLower();
    } else if (!remaining.isEmpty()) {
        facts << tr("ETA %1").arg(remaining);
    }
    const auto active =
        std::ranges::count_if(m_jobs, [](const auto& entry) { return isActive(entry.second); });
    if (active > 1) {
        facts << tr("+%1 more").arg(active - 1);
    }
    const QString forbidden = m_session->forbiddenReason(kOperate);
    m_strip->setView(
        {titleOf(*job),
         job->progress.fraction,
         facts.join(QStringLiteral(" · ")),
         jobs::canCancel(job->state) && forbidden.isEmpty() && m_session->isUsable(),
         forbidden.isEmpty()
             ? m_session->isUsable() ? tr("it is being cancelled") : m_session->unusableReason()
             : forbidden});
    m_tick.start();
}

void JobActivity::open(const std::string& id)
{
    m_window.showScreen(nullptr);
    m_window.pages().open(m_pageId, QString::fromStdString(id));
}

void JobActivity::askCancel()
{
    const auto found = m_jobs.find(m_shown);
    if (found == m_jobs.end() || m_window.sheets().sheet() != nullptr) {
        return;
    }
    const jobs::Job& job = found->second;
    auto* sheet = new ConfirmSheet(
        m_window.context().theme, cancelQuestion(job, nullptr, m_session->profile().name));
    connect(sheet, &ConfirmSheet::confirmed, this, [this, id = job.id](const QString& reason) {
        if (!m_session) {
            return;
        }
        m_cancel = m_session->jobs().cancelJob(
            id,
            reason.toStdString(),
            onGuiThread<jobs::Job>(this, [this](const absl::StatusOr<jobs::Job>& answer) {
                if (!answer.ok()) {
                    ToastMessage message;
                    message.severity = Severity::Error;
                    message.text = tr("The job was not cancelled");
                    message.detail = QString::fromStdString(describe(answer.status()));
                    m_window.toasts().post(message);
                }
            }));
    });
    m_window.sheets().open(sheet);
}

} // namespace pilothouse::ui
