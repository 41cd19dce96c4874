// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/QueryResult.h"

#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <vector>

namespace pilothouse::metrics {

/// A standing query as a chart asks for it.
struct LiveQueryRequest
{
    std::string expression;
    absl::Duration window = absl::Minutes(30);
    /// Upper bound of points per series in the window.
    int maxPoints = 600;

    bool operator==(const LiveQueryRequest&) const = default;
};

/// One message of a standing query. After a snapshot `series` is the whole window; otherwise the
/// points to append, and a series that is absent has no new point.
struct LiveQueryUpdate
{
    bool snapshot = false;
    Matrix series;
    absl::Time evaluatedAt;
    /// Evaluations folded into this update beyond the first, because the reader was slow.
    int conflated = 0;
    /// Why this evaluation failed; empty when it did not.
    std::string error;
};

struct LiveSeriesRequest
{
    /// Series selectors; one must match.
    std::vector<std::string> matches;
    int historyPoints = 90;
    int limit = 500;

    bool operator==(const LiveSeriesRequest&) const = default;
};

/// Newest raw samples of many series: the sparklines of a metric list.
struct LiveSeriesUpdate
{
    bool snapshot = false;
    Matrix series;
    std::int64_t totalSeries = 0;
};

} // namespace pilothouse::metrics
