// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/metrics/QueryResult.h"
#include "ui/charts/ChartData.h"
#include "ui/charts/SeriesColors.h"

#include <QString>
#include <QStringList>

#include <vector>

namespace pilothouse::ui {

/// Short names for the series of one answer: labels that all share are left out, and where
/// one label tells them apart its value is the name ("idle"; else "cpu=0, mode=idle"). A series
/// without any other label takes `fallback`.
QStringList seriesNames(const metrics::Matrix& series, const QString& fallback);

/// The answer as lines of a chart, named and coloured; identities begin with `fallback`, so that
/// the answers of several expressions go into one chart.
std::vector<ChartLine> toChartLines(
    const metrics::Matrix& series, const QString& fallback, SeriesColors& colors);

} // namespace pilothouse::ui
