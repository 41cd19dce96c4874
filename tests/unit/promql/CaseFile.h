// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/QueryResult.h"
#include "shared/metrics/promql/RecordedSource.h"

#include <QString>

#include <memory>
#include <string>
#include <vector>

namespace pilothouse::test {

/// One question of a case file and what must come out.
struct Case
{
    int line = 0;
    std::shared_ptr<const metrics::promql::RecordedSource> source;
    std::string query;
    metrics::TimestampMs start = 0;
    metrics::TimestampMs end = 0;
    /// 0 = an instant query at `start`.
    std::int64_t step = 0;
    /// Not empty: evaluation fails with a message that contains it.
    std::string failure;
    /// "scalar 3", "string x" as one line; else the lines below are series.
    std::string plain;
    metrics::Matrix series;
    bool isOrdered = false;
};

/// Reads a file in this notation (times count from 1970, `#` begins a comment):
///
///   series every 30s
///       requests{code="200"}   0+10x20 _ stale 7 NaN
///   at 10m: rate(requests[5m])
///       {code="200"} 0.33
///   at 10m in order: sort(requests)
///   from 0 to 10m every 1m: requests
///       requests{code="200"} 0 20 40 _ 80
///   at 10m: requests + on() requests
///       fails: many-to-many
///   at 10m: time()
///       scalar 600
///
/// `0+10x20` is 0, 10, 20, … with 20 increments, `_` no sample. Each `series` block begins anew.
std::vector<Case> readCases(const QString& path);

} // namespace pilothouse::test
