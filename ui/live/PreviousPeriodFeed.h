// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/MetricsClient.h"
#include "ui/session/TimeWindow.h"

#include <QObject>
#include <QString>
#include <QTimer>

namespace pilothouse::ui {

/// An expression as it was one window's length earlier, moved to the times of the window: what a
/// chart draws dashed beside the present. It is asked again as the window moves on, with as much
/// beyond the window's end as it moves until then, so that no gap opens. GUI thread only.
class PreviousPeriodFeed : public QObject
{
    Q_OBJECT

public:
    static constexpr int kPoints = 400;
    /// A part of the window's length, but no more often than this.
    static constexpr int kParts = 30;
    static constexpr absl::Duration kOftenest = absl::Seconds(10);

    PreviousPeriodFeed(client::MetricsClient& metrics, TimeWindow& time, QObject* parent = nullptr);

    void open(const QString& expression);
    void close();
    bool isOpen() const { return m_open; }

    /// Times are those of the window.
    const metrics::Matrix& series() const { return m_series; }
    /// How far it was moved.
    absl::Duration shift() const { return m_shift; }
    /// Why there is nothing, or OK.
    const absl::Status& error() const { return m_error; }

Q_SIGNALS:
    void changed();

private:
    void ask();
    void take(metrics::Matrix series, absl::Duration shift);

    client::MetricsClient& m_metrics;
    TimeWindow& m_time;
    QString m_expression;
    bool m_open = false;
    metrics::Matrix m_series;
    absl::Duration m_shift;
    absl::Status m_error;
    QTimer m_next;
    // Last, so that it is gone before what its callbacks reach.
    client::CallPtr m_call;
};

} // namespace pilothouse::ui
