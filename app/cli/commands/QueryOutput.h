// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/output/Printer.h"
#include "shared/metrics/QueryResult.h"

#include <string>

namespace pilothouse::cli {

/// The answer of a query, as table or JSON; warnings go to standard error.
void printResult(Printer& printer, const metrics::QueryResult& result);

/// Shortest text that reads back as the same number; NaN, +Inf, -Inf as PromQL writes them.
std::string valueText(double value);
std::string timeText(metrics::TimestampMs time);
Json seriesJson(const metrics::SeriesPoints& series);

} // namespace pilothouse::cli
