// SPDX-License-Identifier: Apache-2.0
#include "shared/base/Counted.h"

#include <fmt/format.h>

namespace pilothouse {

std::string counted(std::int64_t count, std::string_view noun)
{
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

} // namespace pilothouse
