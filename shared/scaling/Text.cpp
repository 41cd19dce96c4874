// SPDX-License-Identifier: Apache-2.0
#include "shared/scaling/Text.h"

#include <fmt/format.h>

namespace pilothouse::scaling {

std::string numberText(double value)
{
    return fmt::format("{:.4g}", value);
}

std::string durationText(absl::Duration duration)
{
    return absl::FormatDuration(absl::Trunc(duration, absl::Milliseconds(1)));
}

std::string spokenDuration(absl::Duration duration)
{
    const auto seconds = absl::ToInt64Seconds(duration);
    return seconds >= 120 && seconds % 60 == 0 ? fmt::format("{} min", seconds / 60)
                                               : fmt::format("{} s", seconds);
}

} // namespace pilothouse::scaling
