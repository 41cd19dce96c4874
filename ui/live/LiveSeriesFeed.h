// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/MetricsClient.h"
#include "ui/live/SeriesWindow.h"
#include "ui/session/LiveMailbox.h"

#include <QObject>
#include <QStringList>

#include <memory>

namespace pilothouse::ui {

/// The newest raw samples of all series that match: the sparklines of a list. GUI thread only.
class LiveSeriesFeed : public QObject
{
    Q_OBJECT

public:
    enum class State { Idle, Loading, Live, Failed };

    static constexpr int kPoints = 90;

    explicit LiveSeriesFeed(client::MetricsClient& metrics, QObject* parent = nullptr);

    /// Series selectors, of which one must match; at most `limit` series come.
    void open(const QStringList& matches, int limit);
    void close();

    State state() const { return m_state; }
    const absl::Status& error() const { return m_error; }
    const SeriesWindow& window() const { return m_window; }
    /// How many series match, of which at most `limit` came.
    std::int64_t total() const { return m_total; }
    std::uint64_t dropped() const { return m_mailbox ? m_mailbox->dropped() : 0; }

Q_SIGNALS:
    /// A snapshot: the set of series may be another one.
    void reset();
    /// New points.
    void advanced();
    void failed();

private:
    void take(const std::vector<metrics::LiveSeriesUpdate>& updates);

    client::MetricsClient& m_metrics;
    State m_state = State::Idle;
    absl::Status m_error;
    SeriesWindow m_window;
    std::int64_t m_total = 0;
    metrics::LiveSeriesRequest m_request;
    std::unique_ptr<LiveMailbox<metrics::LiveSeriesUpdate>> m_mailbox;
    client::CallPtr m_call;
};

} // namespace pilothouse::ui
