// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

namespace pilothouse {

/// Times outside years 1 to 9999 are cut to them, durations to 10 000 years, as the well-known
/// types allow.
google::protobuf::Timestamp toProto(absl::Time time);
google::protobuf::Duration toProto(absl::Duration duration);
absl::Time fromProto(const google::protobuf::Timestamp& time);
absl::Duration fromProto(const google::protobuf::Duration& duration);

/// Sets a time field, or leaves it unset when the time is infinite ("never"):
/// setTime(message, &Session::mutable_create_time, session.createTime).
template <typename Message>
void setTime(Message& message, google::protobuf::Timestamp* (Message::*field)(), absl::Time time)
{
    if (time != absl::InfinitePast() && time != absl::InfiniteFuture()) {
        *(message.*field)() = toProto(time);
    }
}

} // namespace pilothouse
