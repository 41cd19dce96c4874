// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/live/LiveSeriesFeed.h"

#include "ui/session/OnGuiThread.h"

namespace pilothouse::ui {

namespace {

/// More seconds than a sparkline has points need not wait.
constexpr std::size_t kMailboxDepth = 90;

} // namespace

LiveSeriesFeed::LiveSeriesFeed(client::MetricsClient& metrics, QObject* parent)
    : QObject(parent), m_metrics(metrics)
{}

void LiveSeriesFeed::open(const QStringList& matches, int limit)
{
    m_request = {};
    for (const QString& match : matches) {
        m_request.matches.push_back(match.toStdString());
    }
    m_request.historyPoints = kPoints;
    m_request.limit = limit;
    m_call.reset();
    m_state = State::Loading;
    m_mailbox = std::make_unique<LiveMailbox<metrics::LiveSeriesUpdate>>(
        kMailboxDepth,
        [this](const std::vector<metrics::LiveSeriesUpdate>& updates) { take(updates); },
        [](std::vector<metrics::LiveSeriesUpdate>& pending, metrics::LiveSeriesUpdate& incoming) {
            if (incoming.snapshot) {
                pending.clear();
            }
            return false;
        });
    m_call = m_metrics.watchSeries(
        m_request, m_mailbox->sink(), onGuiThread(this, [this](absl::Status status) {
            if (!status.ok() && !absl::IsCancelled(status)) {
                m_state = State::Failed;
                m_error = status;
                Q_EMIT failed();
            }
        }));
}

void LiveSeriesFeed::close()
{
    m_call.reset();
}

void LiveSeriesFeed::take(const std::vector<metrics::LiveSeriesUpdate>& updates)
{
    bool replaced = m_state != State::Live;
    const std::size_t before = m_window.series().size();
    for (const metrics::LiveSeriesUpdate& update : updates) {
        m_window.apply(update.snapshot, update.series);
        m_total = update.totalSeries;
        replaced = replaced || update.snapshot;
    }
    m_window.trimTo(kPoints);
    m_state = State::Live;
    if (replaced || m_window.series().size() != before) {
        Q_EMIT reset();
    } else {
        Q_EMIT advanced();
    }
}

} // namespace pilothouse::ui
