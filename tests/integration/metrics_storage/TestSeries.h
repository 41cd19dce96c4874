// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/store/Store.h"

#include <cmath>
#include <string>
#include <vector>

namespace pilothouse::test {

/// Rows whose every value can be told from the row's number.
inline constexpr int kTestSeries = 40;

inline metrics::TimestampMs rowTime(std::int64_t row)
{
    // Ahead of now, so that retention leaves them alone; jittered as real scrapes are.
    constexpr metrics::TimestampMs kDay = 86400000;
    static const metrics::TimestampMs start = (absl::ToUnixMillis(absl::Now()) / kDay + 1) * kDay;
    return start + row * 1000 + (row * 31) % 17;
}

inline double rowValue(int series, std::int64_t row)
{
    switch (series % 4) {
    case 0:
        return static_cast<double>(row * (series + 1));
    case 1:
        return std::sin(static_cast<double>(row + series));
    case 2:
        return static_cast<double>((row * 7919 + series) % 10000) / 100;
    default:
        return series;
    }
}

inline std::vector<metrics::Slot> testSlots(metrics::ScrapeGroup& group)
{
    std::vector<metrics::Slot> slots;
    for (int series = 0; series < kTestSeries; ++series) {
        slots.push_back(
            *group.slot(metrics::Labels{{"__name__", "m"}, {"series", std::to_string(series)}}));
    }
    return slots;
}

inline std::vector<metrics::SlotValue> testRow(
    const std::vector<metrics::Slot>& slots, std::int64_t row)
{
    std::vector<metrics::SlotValue> values;
    for (int series = 0; series < kTestSeries; ++series) {
        values.push_back({slots[static_cast<std::size_t>(series)], rowValue(series, row)});
    }
    return values;
}

} // namespace pilothouse::test
