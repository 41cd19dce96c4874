// SPDX-License-Identifier: Apache-2.0
#include "shared/base/proto/TimeProto.h"

#include <algorithm>

namespace pilothouse {

namespace {

// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, the range of google.protobuf.Timestamp.
constexpr int64_t kFirstSecond = -62135596800;
constexpr int64_t kLastSecond = 253402300799;
// The range of google.protobuf.Duration.
constexpr int64_t kLongestSeconds = 315576000000;
constexpr int64_t kNanosPerSecond = 1000000000;

} // namespace

google::protobuf::Timestamp toProto(absl::Time time)
{
    const absl::Time cut =
        std::clamp(time, absl::FromUnixSeconds(kFirstSecond), absl::FromUnixSeconds(kLastSecond));
    const int64_t seconds = absl::ToUnixSeconds(cut);
    google::protobuf::Timestamp result;
    result.set_seconds(seconds);
    const absl::Duration rest = cut - absl::FromUnixSeconds(seconds);
    result.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
    return result;
}

google::protobuf::Duration toProto(absl::Duration duration)
{
    absl::Duration rest =
        std::clamp(duration, -absl::Seconds(kLongestSeconds), absl::Seconds(kLongestSeconds));
    google::protobuf::Duration result;
    result.set_seconds(absl::IDivDuration(rest, absl::Seconds(1), &rest));
    result.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
    return result;
}

absl::Time fromProto(const google::protobuf::Timestamp& time)
{
    const int64_t seconds = std::clamp(time.seconds(), kFirstSecond, kLastSecond);
    const int64_t nanos = std::clamp<int64_t>(time.nanos(), 0, kNanosPerSecond - 1);
    return absl::FromUnixSeconds(seconds) + absl::Nanoseconds(nanos);
}

absl::Duration fromProto(const google::protobuf::Duration& duration)
{
    const int64_t seconds = std::clamp(duration.seconds(), -kLongestSeconds, kLongestSeconds);
    return absl::Seconds(seconds) + absl::Nanoseconds(duration.nanos());
}

} // namespace pilothouse
