// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/ChartData.h"

#include <QString>

namespace pilothouse::ui {

/// The chart in words: range, and for each visible line its newest, least and greatest value and
/// trend, gaps, thresholds that are crossed.
QString describeChart(const ChartContent& content, std::int64_t from, std::int64_t to, bool utc);

/// Visible lines in [from, to] as CSV: a time column (ISO 8601, UTC) and a column a line; a field
/// is empty where a line has no value.
QString chartToCsv(const ChartContent& content, std::int64_t from, std::int64_t to);

} // namespace pilothouse::ui
