// SPDX-License-Identifier: Apache-2.0
#include "server/platform/redis/Reply.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <hiredis/hiredis.h>

namespace pilothouse::redis {

Reply replyFrom(const redisReply& raw)
{
    Reply reply;
    switch (raw.type) {
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
        reply.kind = Reply::Kind::Text;
        reply.text.assign(raw.str, static_cast<std::size_t>(raw.len));
        break;
    case REDIS_REPLY_INTEGER:
        reply.kind = Reply::Kind::Integer;
        reply.integer = raw.integer;
        break;
    case REDIS_REPLY_ARRAY:
        reply.kind = Reply::Kind::List;
        for (std::size_t index = 0; index < raw.elements; ++index) {
            reply.list.push_back(replyFrom(*raw.element[index]));
        }
        break;
    default:
        break;
    }
    return reply;
}

absl::Status errorFrom(const std::string& what, const std::string& text)
{
    const std::string code = text.substr(0, text.find(' '));
    const std::string message = fmt::format("redis {}: {}", what, text);
    if (code == "NOAUTH" || code == "WRONGPASS" || code == "NOPERM" ||
        text.find("invalid password") != std::string::npos ||
        text.find("without any password") != std::string::npos) {
        return withHint(
            absl::PermissionDeniedError(message), "Set the password in redis.url_file.");
    }
    if (code == "LOADING" || code == "BUSY" || code == "MASTERDOWN" || code == "CLUSTERDOWN" ||
        code == "TRYAGAIN") {
        return withRetryDelay(absl::UnavailableError(message), absl::Seconds(1));
    }
    if (code == "OOM" || text.find("max number of clients") != std::string::npos) {
        return withRetryDelay(absl::ResourceExhaustedError(message), absl::Seconds(1));
    }
    if (code == "READONLY" || code == "MISCONF" || code == "MOVED") {
        return absl::FailedPreconditionError(message);
    }
    return absl::InternalError(message);
}

} // namespace pilothouse::redis
