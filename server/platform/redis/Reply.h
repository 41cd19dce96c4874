// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <string>
#include <vector>

struct redisReply;

namespace pilothouse::redis {

/// What Redis answered; errors are statuses, not replies.
struct Reply
{
    enum class Kind { Nil, Text, Integer, List };
    Kind kind = Kind::Nil;
    std::string text;
    std::int64_t integer = 0;
    std::vector<Reply> list;
};

Reply replyFrom(const redisReply& raw);
/// A server's error ("OOM command not allowed …") as a status; `what` names the command.
absl::Status errorFrom(const std::string& what, const std::string& text);

} // namespace pilothouse::redis
