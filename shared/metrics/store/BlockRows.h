// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

namespace pilothouse::metrics {

/// Rows of a sealed block. 120 as in Prometheus: two minutes at one second, long enough for the
/// codecs, short enough that a query decodes little that it does not need.
inline constexpr std::size_t kBlockRows = 120;

/// Room for a value of each row of a block, which is written before it is read: zeroing it would
/// cost as much as reading a short block.
template <typename T>
class BlockRows : public std::array<T, kBlockRows>
{
public:
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-member-init)
    BlockRows() {} // not defaulted: a value-initialised one would be zeroed
};

} // namespace pilothouse::metrics
