// SPDX-License-Identifier: Apache-2.0
#include "server/platform/rpc/TimePages.h"

#include "shared/base/StatusHelpers.h"

#include <absl/strings/numbers.h>

#include <algorithm>

namespace pilothouse::rpc {

absl::StatusOr<TimePlace> openTimePlace(
    const PageTokens& tokens, std::string_view list, const std::string& token)
{
    TimePlace place;
    if (token.empty()) {
        return place;
    }
    PH_ASSIGN_OR_RETURN(const auto fields, tokens.open(list, token));
    std::int64_t micros = 0;
    if (fields.size() != 2 || !absl::SimpleAtoi(fields[0], &micros)) {
        return PageTokens::invalid();
    }
    place.before = absl::FromUnixMicros(micros);
    place.beforeId = fields[1];
    return place;
}

std::string makeTimePlace(const PageTokens& tokens, std::string_view list, const TimePlace& place)
{
    return place.beforeId.empty()
               ? std::string()
               : tokens.make(
                     list, {std::to_string(absl::ToUnixMicros(place.before)), place.beforeId});
}

absl::StatusOr<int> pageSize(int wanted)
{
    constexpr int kDefault = 50;
    constexpr int kLargest = 100;
    if (wanted < 0) {
        return absl::InvalidArgumentError("page_size is negative");
    }
    return wanted == 0 ? kDefault : std::min(wanted, kLargest);
}

} // namespace pilothouse::rpc
