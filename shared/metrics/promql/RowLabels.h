// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/promql/Block.h"
#include "shared/metrics/promql/QueryContext.h"

#include <absl/status/statusor.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::metrics::promql {

/// When two rows that came to have the same labels are an error: when both have a sample at one
/// step, or when both have a sample at all (functions of range vectors).
enum class Duplicates { PerStep, PerSeries };

/// Appends the label pairs of `names` (sorted) that the row has, unambiguously, to `key`.
void appendOnly(
    std::string& key, const SeriesSet& set, std::size_t row, std::span<const std::string> names);
/// The same for all labels but `names` (sorted).
void appendExcept(
    std::string& key, const SeriesSet& set, std::size_t row, std::span<const std::string> names);

/// The block without metric names. Rows that become equal are merged, or refused as duplicates.
absl::StatusOr<Block> dropMetricName(
    QueryContext& context, NodePlan& plan, Block block, Duplicates duplicates);

/// Gives `block`'s rows the labels `set`; rows with equal labels are merged, or refused as
/// duplicates.
absl::StatusOr<Block> mergeEqualRows(QueryContext& context, Block block, Duplicates duplicates);

absl::Status duplicateLabelSet();

} // namespace pilothouse::metrics::promql
