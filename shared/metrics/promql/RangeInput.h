// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/promql/QueryContext.h"

#include <absl/status/status.h>

#include <functional>
#include <memory>

namespace pilothouse::metrics::promql {

/// The samples that a range vector draws from: a selector's series, or the rows of an evaluated
/// subquery.
struct RangeInput
{
    SeriesSetPtr series;
    std::int64_t rangeMs = 0;
    /// The right end of the range at each step, with offset and @ applied.
    Steps ends;
    /// Set for a selector; else the samples are the cells of `block` at `blockSteps`.
    std::shared_ptr<const Selection> selection;
    Block block;
    Steps blockSteps;

    /// Takes the samples of a row that any step needs, without stale markers.
    using Visit = std::function<absl::Status(std::size_t row, const SampleColumns& samples)>;

    /// Calls `visit` for every row, in any order, until one fails or the query is interrupted.
    absl::Status forEachRow(QueryContext& context, const Visit& visit) const;

private:
    absl::Status readRows(QueryContext& context, const Visit& visit) const;
    absl::Status cellRows(QueryContext& context, const Visit& visit) const;
};

} // namespace pilothouse::metrics::promql
