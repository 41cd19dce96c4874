// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/promql/QueryContext.h"

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

    /// Replaces `out` by all samples of the row that any step needs, without stale markers.
    void load(const QueryContext& context, std::size_t row, SampleColumns& out) const;
};

} // namespace pilothouse::metrics::promql
