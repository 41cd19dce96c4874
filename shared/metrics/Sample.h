// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <limits>

namespace pilothouse::metrics {

/// Milliseconds since 1970-01-01T00:00:00Z, as everywhere in Prometheus.
using TimestampMs = std::int64_t;

struct Sample
{
    TimestampMs time = 0;
    double value = 0;

    bool operator==(const Sample&) const = default;
};

/// The NaN with Prometheus' bit pattern that says "this series ended here" (model/value/value.go in
/// Prometheus). An ordinary NaN is a value like any other.
inline constexpr std::uint64_t kStaleNanBits = 0x7ff0000000000002ULL;

inline double staleMarker()
{
    return std::bit_cast<double>(kStaleNanBits);
}
inline bool isStaleMarker(double value)
{
    return std::bit_cast<std::uint64_t>(value) == kStaleNanBits;
}

} // namespace pilothouse::metrics
