// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/live/LiveQueryFeed.h"

#include "ui/session/OnGuiThread.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {

/// Increments that may wait for a busy GUI; past that the newest are kept and the stream is opened
/// anew, which brings a snapshot.
constexpr std::size_t kMailboxDepth = 120;

bool foldSnapshots(
    std::vector<metrics::LiveQueryUpdate>& pending, metrics::LiveQueryUpdate& incoming)
{
    if (incoming.snapshot) {
        pending.clear(); // nothing before a snapshot matters
    }
    return false;
}

} // namespace

LiveQueryFeed::LiveQueryFeed(client::MetricsClient& metrics, TimeWindow& time, QObject* parent)
    : QObject(parent), m_metrics(metrics), m_time(time)
{
    m_settle.setObjectName(QStringLiteral("LiveQueryFeed"));
    m_settle.setSingleShot(true);
    m_settle.setInterval(kSettleMs);
    connect(&m_settle, &QTimer::timeout, this, &LiveQueryFeed::ask);
    connect(&time, &TimeWindow::changed, this, [this] {
        if (m_open) {
            follow();
        }
    });
}

void LiveQueryFeed::open(const QString& expression)
{
    if (expression != m_expression) {
        m_window.clear();
        m_evaluatedAt = 0;
        m_state = State::Loading;
    } else if (m_state != State::Live) {
        m_state = State::Loading;
    }
    m_expression = expression;
    m_open = true;
    m_call.reset();
    m_watched = absl::ZeroDuration();
    follow();
    Q_EMIT changed();
}

void LiveQueryFeed::close()
{
    m_open = false;
    m_settle.stop();
    m_call.reset();
    m_watched = absl::ZeroDuration();
}

void LiveQueryFeed::follow()
{
    if (m_time.isFollowing()) {
        m_settle.stop();
        if (m_watched != m_time.range().live || m_call == nullptr) {
            watch();
        }
        return;
    }
    m_call.reset();
    m_watched = absl::ZeroDuration();
    if (m_time.isPaused() && m_state == State::Live && m_time.range().isLive()) {
        return; // what is on the screen is what was paused
    }
    m_settle.start();
}

void LiveQueryFeed::watch()
{
    m_watched = m_time.range().live;
    m_call.reset();
    m_mailbox = std::make_unique<LiveMailbox<metrics::LiveQueryUpdate>>(
        kMailboxDepth,
        [this](const std::vector<metrics::LiveQueryUpdate>& updates) { take(updates); },
        foldSnapshots);
    m_call = m_metrics.watchQuery(
        {m_expression.toStdString(), m_watched, kPoints},
        m_mailbox->sink(),
        onGuiThread(this, [this](absl::Status status) { fail(status); }));
}

void LiveQueryFeed::ask()
{
    const absl::Time from = m_time.from();
    const absl::Time to = m_time.to();
    const absl::Duration step =
        std::max(absl::Seconds(1), absl::Ceil((to - from) / kPoints, absl::Seconds(1)));
    m_call = m_metrics.queryRange(
        {m_expression.toStdString(), from, to, step, 2 * kPoints},
        onGuiThread<metrics::Matrix>(this, [this](absl::StatusOr<metrics::Matrix> answer) {
            if (!answer.ok()) {
                fail(answer.status());
                return;
            }
            m_window.apply(true, *answer);
            m_state = State::Live;
            m_error = absl::OkStatus();
            Q_EMIT changed();
        }));
}

void LiveQueryFeed::take(const std::vector<metrics::LiveQueryUpdate>& updates)
{
    if (!m_time.isFollowing()) {
        return; // came while the range changed
    }
    for (const metrics::LiveQueryUpdate& update : updates) {
        m_evaluatedAt = std::max(m_evaluatedAt, absl::ToUnixMillis(update.evaluatedAt));
        if (update.error.empty()) {
            m_window.apply(update.snapshot, update.series);
            m_state = State::Live;
            m_error = absl::OkStatus();
        } else {
            m_state = State::Failed;
            m_error = absl::UnknownError(update.error);
        }
    }
    const std::int64_t begin = m_evaluatedAt - absl::ToInt64Milliseconds(m_watched);
    m_window.trimBefore(begin);
    m_window.thin(begin, m_evaluatedAt, kMostPoints, kPoints);
    if (m_mailbox->dropped() > 0) {
        watch(); // points are missing: begin anew with a snapshot
    }
    Q_EMIT changed();
}

void LiveQueryFeed::fail(const absl::Status& status)
{
    if (status.ok() || absl::IsCancelled(status)) {
        return;
    }
    m_state = State::Failed;
    m_error = status;
    Q_EMIT changed();
}

} // namespace pilothouse::ui
