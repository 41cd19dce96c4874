// SPDX-License-Identifier: Apache-2.0
#include "server/platform/redis/RedisConnection.h"

#include "shared/base/StatusHelpers.h"

#include <absl/status/status.h>
#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <algorithm>
#include <cerrno>
#include <poll.h>

namespace pilothouse::redis {

namespace {

const absl::Duration kConnectLimit = absl::Seconds(3);
const absl::Duration kShortestLimit = absl::Milliseconds(1);
constexpr const char* kHint =
    "Check that Redis runs and accepts connections; the server reconnects by itself.";

absl::Status failure(const redisContext& context, const std::string& place, const char* what)
{
    // hiredis reports a timeout as the error of the interrupted read.
    if (context.err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        return absl::DeadlineExceededError(
            fmt::format("redis at {}: {}: no answer in time", place, what));
    }
    return withRetryDelay(
        withHint(
            absl::UnavailableError(
                fmt::format("redis at {}: {}: {}", place, what, &context.errstr[0])),
            kHint),
        absl::Seconds(1));
}

} // namespace

RedisConnection::RedisConnection(redisContext* context, std::string place)
    : m_context(context), m_place(std::move(place))
{}

RedisConnection::~RedisConnection()
{
    redisFree(m_context);
}

absl::StatusOr<std::unique_ptr<RedisConnection>> RedisConnection::open(const RedisAddress& address)
{
    const timeval limit = absl::ToTimeval(kConnectLimit);
    redisContext* context = address.socket.empty()
                                ? redisConnectWithTimeout(address.host.c_str(), address.port, limit)
                                : redisConnectUnixWithTimeout(address.socket.c_str(), limit);
    if (context == nullptr) {
        return absl::ResourceExhaustedError("no memory for a connection to redis");
    }
    std::unique_ptr<RedisConnection> connection(new RedisConnection(context, address.place()));
    if (context->err != 0) {
        return failure(*context, address.place(), "cannot connect");
    }
    if (!address.password.empty()) {
        PH_RETURN_IF_ERROR(connection->command({"AUTH", address.password}, kConnectLimit).status());
    }
    if (address.database != 0) {
        PH_RETURN_IF_ERROR(
            connection->command({"SELECT", std::to_string(address.database)}, kConnectLimit)
                .status());
    }
    return connection;
}

bool RedisConnection::looksAlive() const
{
    pollfd entry{m_context->fd, POLLIN, 0};
    // Redis says nothing unasked: something to read is the end of the connection or its reason.
    return m_context->err == 0 && poll(&entry, 1, 0) == 0;
}

absl::Status RedisConnection::validate()
{
    return command({"PING"}, kConnectLimit).status();
}

absl::StatusOr<Reply> RedisConnection::command(
    const std::vector<std::string>& words, absl::Duration limit)
{
    std::vector<const char*> texts;
    std::vector<std::size_t> lengths;
    for (const auto& word : words) {
        texts.push_back(word.data());
        lengths.push_back(word.size());
    }
    redisSetTimeout(m_context, absl::ToTimeval(std::max(limit, kShortestLimit)));
    const std::unique_ptr<void, decltype(&freeReplyObject)> answer(
        redisCommandArgv(m_context, static_cast<int>(texts.size()), texts.data(), lengths.data()),
        freeReplyObject);
    const char* name = words.empty() ? "" : words.front().c_str();
    if (!answer) {
        return failure(*m_context, m_place, name);
    }
    const auto& raw = *static_cast<const redisReply*>(answer.get());
    if (raw.type == REDIS_REPLY_ERROR) {
        return errorFrom(name, std::string(raw.str, static_cast<std::size_t>(raw.len)));
    }
    return replyFrom(raw);
}

} // namespace pilothouse::redis
