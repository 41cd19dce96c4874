// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/promql/Block.h"
#include "shared/metrics/promql/QueryContext.h"

#include <absl/status/statusor.h>

#include <span>

namespace pilothouse::metrics::promql {

/// sum, topk, count_values, …: `parameter` is one value a step where the operator takes a number,
/// `label` the label of count_values.
absl::StatusOr<Block> aggregate(
    QueryContext& context,
    NodePlan& plan,
    const Aggregate& aggregate,
    Block input,
    std::span<const double> parameter,
    const std::string& label);

} // namespace pilothouse::metrics::promql
