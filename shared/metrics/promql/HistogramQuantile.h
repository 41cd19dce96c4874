// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/promql/Block.h"
#include "shared/metrics/promql/QueryContext.h"

#include <absl/status/statusor.h>

#include <span>
#include <vector>

namespace pilothouse::metrics::promql {

struct Bucket
{
    double upperBound = 0;
    double count = 0;
};

/// The quantile of one classic histogram, interpolated inside its bucket. NaN when the +Inf bucket
/// is missing or nothing was observed. `buckets` is sorted and made monotonic in place.
double bucketQuantile(double q, std::vector<Bucket>& buckets, bool ignoreSmallDeltas);

/// histogram_quantile(q, vector): one result for each set of labels without `le`; `quantiles` has
/// one value a step.
absl::StatusOr<Block> histogramQuantile(
    QueryContext& context, NodePlan& plan, const Block& input, std::span<const double> quantiles);

} // namespace pilothouse::metrics::promql
