// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/promql/Block.h"
#include "shared/metrics/promql/QueryContext.h"

#include <absl/status/statusor.h>

#include <span>

namespace pilothouse::metrics::promql {

/// topk and bottomk: the best rows of each group at each step; `parameter` is k, one a step. At one
/// step the rows come best first.
absl::StatusOr<Block> rankRows(
    QueryContext& context,
    const Block& input,
    const Grouping& grouping,
    std::span<const double> parameter,
    bool isTop);

} // namespace pilothouse::metrics::promql
