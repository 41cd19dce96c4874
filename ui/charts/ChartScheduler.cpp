// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ChartScheduler.h"

#include "ui/charts/ThreadCpu.h"

#include <algorithm>

namespace pilothouse::ui {

ChartScheduler::ChartScheduler(QObject* parent) : QObject(parent)
{
    m_timer.setObjectName(QStringLiteral("ChartScheduler")); // what reports of stalls call it
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, &ChartScheduler::turn);
}

void ChartScheduler::schedule(QWidget* chart, std::function<void()> draw)
{
    const auto same =
        std::ranges::find_if(m_waiting, [chart](const Item& item) { return item.chart == chart; });
    if (same != m_waiting.end()) {
        same->draw = std::move(draw);
        return;
    }
    m_waiting.push_back({chart, std::move(draw)});
    if (!m_timer.isActive()) {
        m_timer.start(kGatherMs);
    }
}

void ChartScheduler::turn()
{
    while (!m_waiting.empty()) {
        const Item item = std::move(m_waiting.front());
        m_waiting.pop_front();
        if (item.chart == nullptr || !item.chart->isVisible() ||
            item.chart->visibleRegion().isEmpty()) {
            continue; // costs nothing: the next one may use this turn
        }
        const double before = threadCpuMs();
        item.draw();
        Q_EMIT drawn(threadCpuMs() - before);
        break;
    }
    if (!m_waiting.empty()) {
        m_timer.start(kTurnMs);
    }
}

} // namespace pilothouse::ui
