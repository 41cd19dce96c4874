// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace pilothouse::metrics {

/// Place of a series in its scrape group: a small number, stable while the series exists.
using Slot = std::uint32_t;

/// No series: the sample is dropped for good (by relabelling, say).
inline constexpr Slot kNoSlot = 0xffffffff;
/// No series this time: ask again at the next scrape (the cardinality limit was reached, say).
inline constexpr Slot kRetrySlot = 0xfffffffe;

/// One sample of a scrape; the time belongs to the scrape.
struct SlotValue
{
    Slot slot = kNoSlot;
    double value = 0;

    bool operator==(const SlotValue&) const = default;
};

} // namespace pilothouse::metrics
