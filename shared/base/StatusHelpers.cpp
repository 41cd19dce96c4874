// SPDX-License-Identifier: Apache-2.0
#include "shared/base/StatusHelpers.h"

#include <absl/strings/cord.h>
#include <absl/strings/numbers.h>
#include <fmt/format.h>

namespace pilothouse {

namespace {

constexpr const char* kHintType = "pilothouse/hint";
constexpr const char* kRetryType = "pilothouse/retry-ms";

} // namespace

absl::Status withContext(const absl::Status& status, std::string_view context)
{
    if (status.ok()) {
        return status;
    }
    absl::Status result(
        status.code(), fmt::format("{}: {}", context, std::string(status.message())));
    status.ForEachPayload([&](absl::string_view type, const absl::Cord& payload) {
        result.SetPayload(type, payload);
    });
    return result;
}

absl::Status withHint(absl::Status status, std::string_view hint)
{
    status.SetPayload(kHintType, absl::Cord(std::string(hint)));
    return status;
}

std::string hintOf(const absl::Status& status)
{
    const auto payload = status.GetPayload(kHintType);
    return payload ? std::string(*payload) : std::string();
}

absl::Status withRetryDelay(absl::Status status, absl::Duration delay)
{
    status.SetPayload(kRetryType, absl::Cord(std::to_string(absl::ToInt64Milliseconds(delay))));
    return status;
}

std::optional<absl::Duration> retryDelayOf(const absl::Status& status)
{
    const auto payload = status.GetPayload(kRetryType);
    int64_t milliseconds = 0;
    if (!payload || !absl::SimpleAtoi(std::string(*payload), &milliseconds)) {
        return std::nullopt;
    }
    return absl::Milliseconds(milliseconds);
}

std::string describe(const absl::Status& status)
{
    const std::string hint = hintOf(status);
    const std::string message(status.message());
    return hint.empty() ? message : message + ". " + hint;
}

} // namespace pilothouse
