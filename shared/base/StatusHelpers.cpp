// SPDX-License-Identifier: Apache-2.0
#include "shared/base/StatusHelpers.h"

#include <absl/strings/cord.h>
#include <absl/strings/numbers.h>
#include <fmt/format.h>

namespace pilothouse {

namespace {

constexpr const char* kHintType = "pilothouse/hint";
constexpr const char* kRetryType = "pilothouse/retry-ms";
constexpr const char* kReasonType = "pilothouse/reason";
constexpr const char* kRequestIdType = "pilothouse/request-id";

std::string payloadText(const absl::Status& status, const char* type)
{
    const auto payload = status.GetPayload(type);
    return payload ? std::string(*payload) : std::string();
}

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
    return payloadText(status, kHintType);
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

absl::Status withReason(absl::Status status, std::string_view reason)
{
    status.SetPayload(kReasonType, absl::Cord(std::string(reason)));
    return status;
}

std::string reasonOf(const absl::Status& status)
{
    return payloadText(status, kReasonType);
}

absl::Status withRequestId(absl::Status status, std::string_view requestId)
{
    status.SetPayload(kRequestIdType, absl::Cord(std::string(requestId)));
    return status;
}

std::string requestIdOf(const absl::Status& status)
{
    return payloadText(status, kRequestIdType);
}

std::string describe(const absl::Status& status)
{
    const std::string hint = hintOf(status);
    const std::string message(status.message());
    return hint.empty() ? message : message + ". " + hint;
}

} // namespace pilothouse
