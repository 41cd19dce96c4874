// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include <cstdint>
#include <vector>

class QChart;
class QLineSeries;

namespace pilothouse::bench {

/// The peer: as many live series in plain QtCharts, each point appended as it comes. What a console
/// without a chart scheduler would do.
class NaiveCharts : public QWidget
{
public:
    NaiveCharts(int charts, int linesEach, int points, std::int64_t now);

    /// One second: a point more and a point less in every series, and the axes follow.
    void tick(std::int64_t now);

private:
    static double valueAt(std::int64_t time, std::size_t series);

    const std::int64_t m_spanMs;
    std::vector<QChart*> m_charts;      // owned by their views
    std::vector<QLineSeries*> m_series; // owned by their charts
};

} // namespace pilothouse::bench
