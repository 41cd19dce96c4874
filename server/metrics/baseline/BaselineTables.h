// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/baseline/BaselineReport.h"

#include <string>
#include <vector>

/// What the reports of a baseline say, whether in a browser or on paper.
namespace pilothouse::metrics::baseline {

struct Row
{
    /// The series, and the expression that it comes from.
    std::string name;
    std::string expression;
    std::vector<std::string> values;
};

struct Table
{
    /// The first is the series', the others those of the values.
    std::vector<std::string> heads;
    std::vector<Row> rows;
};

Table summaries(const Baseline& report);
/// The series that both have.
Table changes(const Baseline& now, const Baseline& then);

/// "2026-11-26 23:24:06 to 2026-11-26 23:24:36 UTC"
std::string spanText(const Baseline& report);
/// Four digits that count, from 10000 on in thousands, millions …: "55.06M".
std::string number(double value);

} // namespace pilothouse::metrics::baseline
