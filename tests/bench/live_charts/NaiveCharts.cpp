// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/live_charts/NaiveCharts.h"

#include <QChart>
#include <QChartView>
#include <QGridLayout>
#include <QLineSeries>
#include <QValueAxis>

#include <cmath>

namespace pilothouse::bench {

namespace {

constexpr std::int64_t kSecondMs = 1000;
constexpr int kColumns = 2;

} // namespace

double NaiveCharts::valueAt(std::int64_t time, std::size_t series)
{
    return 10 + 2 * std::sin(static_cast<double>(time) / 9000.0 + static_cast<double>(series));
}

NaiveCharts::NaiveCharts(int charts, int linesEach, int points, std::int64_t now)
    : m_spanMs(points * kSecondMs)
{
    auto* layout = new QGridLayout(this);
    for (int number = 0; number < charts; ++number) {
        auto* chart = new QChart;
        for (int line = 0; line < linesEach; ++line) {
            auto* series = new QLineSeries;
            for (std::int64_t time = now - m_spanMs + kSecondMs; time <= now; time += kSecondMs) {
                series->append(static_cast<double>(time), valueAt(time, m_series.size()));
            }
            chart->addSeries(series);
            m_series.push_back(series);
        }
        chart->createDefaultAxes();
        chart->legend()->hide();
        m_charts.push_back(chart);
        layout->addWidget(new QChartView(chart), number / kColumns, number % kColumns);
    }
}

void NaiveCharts::tick(std::int64_t now)
{
    for (std::size_t at = 0; at < m_series.size(); ++at) {
        m_series[at]->append(static_cast<double>(now), valueAt(now, at));
        m_series[at]->remove(0);
    }
    for (QChart* chart : m_charts) {
        for (QAbstractAxis* axis : chart->axes(Qt::Horizontal)) {
            axis->setRange(static_cast<double>(now - m_spanMs), static_cast<double>(now));
        }
    }
}

} // namespace pilothouse::bench
