// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/RangeInput.h"

namespace pilothouse::metrics::promql {

namespace {

void dropStaleMarkers(SampleColumns& samples)
{
    std::size_t kept = 0;
    for (std::size_t index = 0; index < samples.size(); ++index) {
        if (!isStaleMarker(samples.values[index])) {
            samples.times[kept] = samples.times[index];
            samples.values[kept] = samples.values[index];
            ++kept;
        }
    }
    samples.times.resize(kept);
    samples.values.resize(kept);
}

} // namespace

void RangeInput::load(const QueryContext& context, std::size_t row, SampleColumns& out) const
{
    out.clear();
    if (selection) {
        // Prometheus 3 excludes the left end; one sample too many does no harm, the window decides.
        context.source().read(selection->ids[row], ends.start - rangeMs, ends.last(), out);
        dropStaleMarkers(out);
        return;
    }
    const double* const cells = block.row(row);
    for (std::size_t index = 0; index < blockSteps.count; ++index) {
        if (!isAbsent(cells[index])) {
            out.times.push_back(blockSteps.at(index));
            out.values.push_back(cells[index]);
        }
    }
}

} // namespace pilothouse::metrics::promql
