// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>
#include <QTimer>
#include <QWidget>

#include <deque>
#include <functional>

namespace pilothouse::ui {

/// Spreads the redrawing of charts over event-loop turns: one chart a turn, so that no input waits
/// longer than one chart takes. A chart that is not visible is left out until it is shown again; a
/// chart asked for twice is drawn once. GUI thread only.
class ChartScheduler : public QObject
{
    Q_OBJECT

public:
    /// A second's data of all charts arrives within a few milliseconds; waiting this long draws
    /// each chart once for all of it.
    static constexpr int kGatherMs = 25;
    /// Between two charts. The window is painted in an event of its own, at the earliest 5 ms after
    /// a chart asks for it (QPlatformWindow::requestUpdate): charts drawn in the meantime would all
    /// be painted by that one event.
    static constexpr int kTurnMs = 8;

    explicit ChartScheduler(QObject* parent = nullptr);

    /// Draws `chart` soon by `draw`. A later call for the same chart replaces `draw`.
    void schedule(QWidget* chart, std::function<void()> draw);
    bool isIdle() const { return m_waiting.empty(); }

Q_SIGNALS:
    /// A chart was drawn; CPU time of this thread in milliseconds.
    void drawn(double cpuMs);

private:
    struct Item
    {
        QPointer<QWidget> chart;
        std::function<void()> draw;
    };

    void turn();

    std::deque<Item> m_waiting;
    QTimer m_timer;
};

} // namespace pilothouse::ui
