// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/SwitchRight.h"

#include <fmt/format.h>

#include <charconv>

namespace pilothouse::rollouts {

std::string toText(const SwitchRight& right)
{
    return fmt::format("{}:{}", right.realm, right.fence);
}

SwitchRight switchRightIn(const std::string& text)
{
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) {
        return {};
    }
    const char* const last = text.data() + text.size();
    std::int64_t fence = 0;
    const auto [end, error] = std::from_chars(text.data() + colon + 1, last, fence);
    return error == std::errc() && end == last ? SwitchRight{text.substr(0, colon), fence}
                                               : SwitchRight{};
}

absl::Status checkNotOlder(const SwitchRight& right, const SwitchRight& last)
{
    return last.realm == right.realm && last.fence > right.fence
               ? absl::AbortedError(fmt::format(
                     "another server has switched since this one led ({} after {})",
                     last.fence,
                     right.fence))
               : absl::OkStatus();
}

} // namespace pilothouse::rollouts
