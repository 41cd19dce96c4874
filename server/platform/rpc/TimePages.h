// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/rpc/PageTokens.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string>
#include <string_view>

// Pages of a list that goes from the newest to the oldest.
namespace pilothouse::rpc {

/// A page begins with what is older than this.
struct TimePlace
{
    absl::Time before = absl::InfiniteFuture();
    std::string beforeId;
};

/// The beginning of the list for an empty token; INVALID_ARGUMENT for one of another list.
absl::StatusOr<TimePlace> openTimePlace(
    const PageTokens& tokens, std::string_view list, const std::string& token);
/// "" when there is no further page (no id).
std::string makeTimePlace(const PageTokens& tokens, std::string_view list, const TimePlace& place);

/// `wanted`, or 50 for 0; at most 100. INVALID_ARGUMENT when negative.
absl::StatusOr<int> pageSize(int wanted);

} // namespace pilothouse::rpc
