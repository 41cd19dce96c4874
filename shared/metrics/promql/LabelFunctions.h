// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/promql/Block.h"
#include "shared/metrics/promql/QueryContext.h"

#include <absl/status/statusor.h>

#include <span>
#include <string>

namespace pilothouse::metrics::promql {

/// label_replace(v, destination, replacement, source, regex); `arguments` are the four strings.
absl::StatusOr<Block> labelReplace(
    QueryContext& context, Block input, std::span<const std::string> arguments);

/// label_join(v, destination, separator, source...).
absl::StatusOr<Block> labelJoin(
    QueryContext& context, Block input, std::span<const std::string> arguments);

/// The labels that absent(selector) answers with: its equality matchers, unless a name repeats.
Labels labelsOfAbsent(const Expr& argument);

/// The rows of a one-step block in the order of the given labels; ties by all labels.
absl::StatusOr<Block> sortByLabels(
    QueryContext& context, Block input, std::span<const std::string> names, bool descending);
/// The rows of a one-step block by value, NaN last.
absl::StatusOr<Block> sortByValue(QueryContext& context, Block input, bool descending);

} // namespace pilothouse::metrics::promql
