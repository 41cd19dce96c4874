// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output/Bytes.h"

#include <fmt/format.h>

#include <array>

namespace pilothouse::cli {

std::string bytesText(std::int64_t bytes)
{
    constexpr std::array kUnits = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    constexpr double kStep = 1024;
    auto value = static_cast<double>(bytes);
    std::size_t unit = 0;
    while (value >= kStep && unit + 1 < kUnits.size()) {
        value /= kStep;
        ++unit;
    }
    return unit == 0 ? fmt::format("{} B", bytes)
                     : fmt::format("{:.1f} {}", value, kUnits.at(unit));
}

} // namespace pilothouse::cli
