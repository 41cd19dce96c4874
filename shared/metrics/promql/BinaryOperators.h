// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/promql/Block.h"
#include "shared/metrics/promql/QueryContext.h"

#include <absl/status/statusor.h>

#include <span>
#include <vector>

namespace pilothouse::metrics::promql {

/// True when results bear no metric name: arithmetic and `bool`. Prometheus 2 forgot atan2.
bool dropsMetricName(const Binary& binary, bool isVersion3);

/// The operator on two numbers; a comparison gives 1 or 0.
double applyScalars(BinaryOp op, double left, double right);

/// A vector with a scalar, one a step; `scalarIsLeft` says on which side it stands.
absl::StatusOr<Block> applyVectorScalar(
    QueryContext& context,
    NodePlan& plan,
    const Binary& binary,
    Block vector,
    std::span<const double> scalars,
    bool scalarIsLeft);

/// Arithmetic and comparison between two vectors.
absl::StatusOr<Block> applyVectors(
    QueryContext& context, NodePlan& plan, const Binary& binary, Block left, Block right);

/// and, or, unless.
absl::StatusOr<Block> applySets(
    QueryContext& context, NodePlan& plan, const Binary& binary, Block left, Block right);

} // namespace pilothouse::metrics::promql
