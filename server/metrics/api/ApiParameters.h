// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/query/QueryEngine.h"
#include "server/platform/http/Router.h"
#include "shared/base/Clock.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string_view>

namespace pilothouse::metrics {

/// Seconds since 1970 with any fraction, or RFC 3339.
absl::StatusOr<absl::Time> parseApiTime(std::string_view text);
/// Seconds with any fraction, or "1h30m".
absl::StatusOr<absl::Duration> parseApiDuration(std::string_view text);

/// Parameters of /api/v1/query, query_range, and the label and series lists. INVALID_ARGUMENT names
/// the parameter, in Prometheus' words.
absl::StatusOr<InstantQuery> instantParameters(
    const platform::HttpRequest& request, const Clock& clock);
absl::StatusOr<RangeQuery> rangeParameters(
    const platform::HttpRequest& request, const promql::EngineOptions& options);
absl::StatusOr<SeriesFilter> seriesParameters(const platform::HttpRequest& request);

} // namespace pilothouse::metrics
