// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/MetricsClient.h"
#include "ui/live/SeriesWindow.h"
#include "ui/session/LiveMailbox.h"
#include "ui/session/TimeWindow.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <memory>

namespace pilothouse::ui {

/// One expression over the window's time range: a standing query while the window follows the
/// present, a range query while it looks at a fixed stretch, nothing new while paused. Old data
/// stays until new data is there. GUI thread only.
class LiveQueryFeed : public QObject
{
    Q_OBJECT

public:
    enum class State { Idle, Loading, Live, Failed };

    static constexpr int kPoints = 400;
    /// Increments may grow a series up to here; then it is thinned to kPoints.
    static constexpr std::size_t kMostPoints = 2400;
    /// Zooming by wheel asks for many ranges; only the one that stands this long is queried.
    static constexpr int kSettleMs = 120;

    LiveQueryFeed(client::MetricsClient& metrics, TimeWindow& time, QObject* parent = nullptr);

    /// Starts, or starts over with another expression.
    void open(const QString& expression);
    /// Ends the stream; what was shown stays.
    void close();
    bool isOpen() const { return m_open; }

    QString expression() const { return m_expression; }
    State state() const { return m_state; }
    const metrics::Matrix& series() const { return m_window.series(); }
    /// Why it Failed.
    const absl::Status& error() const { return m_error; }
    /// When the server evaluated the newest data, in milliseconds; 0 for none.
    std::int64_t evaluatedAt() const { return m_evaluatedAt; }
    std::uint64_t dropped() const { return m_mailbox ? m_mailbox->dropped() : 0; }

Q_SIGNALS:
    /// Series or state changed.
    void changed();

private:
    void follow();
    void watch();
    void ask();
    void take(const std::vector<metrics::LiveQueryUpdate>& updates);
    void fail(const absl::Status& status);

    client::MetricsClient& m_metrics;
    TimeWindow& m_time;
    QString m_expression;
    bool m_open = false;
    State m_state = State::Idle;
    absl::Status m_error;
    SeriesWindow m_window;
    absl::Duration m_watched;
    std::int64_t m_evaluatedAt = 0;
    QTimer m_settle;
    std::unique_ptr<LiveMailbox<metrics::LiveQueryUpdate>> m_mailbox;
    // Last, so that it is gone before what its callbacks reach.
    client::CallPtr m_call;
};

} // namespace pilothouse::ui
