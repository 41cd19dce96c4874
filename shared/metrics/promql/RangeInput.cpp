// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/RangeInput.h"

#include "shared/base/StatusHelpers.h"

#include <algorithm>

namespace pilothouse::metrics::promql {

namespace {

/// The samples without stale markers: themselves when they have none, else copied to `scratch`.
const SampleColumns& withoutStaleMarkers(const SampleColumns& samples, SampleColumns& scratch)
{
    if (std::none_of(samples.values.begin(), samples.values.end(), isStaleMarker)) {
        return samples;
    }
    scratch.clear();
    for (std::size_t index = 0; index < samples.size(); ++index) {
        if (!isStaleMarker(samples.values[index])) {
            scratch.times.push_back(samples.times[index]);
            scratch.values.push_back(samples.values[index]);
        }
    }
    return scratch;
}

} // namespace

absl::Status RangeInput::forEachRow(QueryContext& context, const Visit& visit) const
{
    return selection ? readRows(context, visit) : cellRows(context, visit);
}

absl::Status RangeInput::readRows(QueryContext& context, const Visit& visit) const
{
    SampleColumns scratch;
    return context.readSeries(
        selection->ids,
        ends.start - rangeMs,
        ends.last(),
        [&](std::size_t row, const SampleColumns& samples) {
            return visit(row, withoutStaleMarkers(samples, scratch));
        });
}

absl::Status RangeInput::cellRows(QueryContext& context, const Visit& visit) const
{
    SampleColumns samples;
    for (std::size_t row = 0; row < block.rows(); ++row) {
        PH_RETURN_IF_ERROR(context.checkInterrupt());
        samples.clear();
        const double* const cells = block.row(row);
        for (std::size_t index = 0; index < blockSteps.count; ++index) {
            if (!isAbsent(cells[index])) {
                samples.times.push_back(blockSteps.at(index));
                samples.values.push_back(cells[index]);
            }
        }
        PH_RETURN_IF_ERROR(visit(row, samples));
    }
    return absl::OkStatus();
}

} // namespace pilothouse::metrics::promql
