// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include <string>

namespace pilothouse::redis {

/// Where a Redis is and how to enter.
struct RedisAddress
{
    /// Unix socket; empty: host and port.
    std::string socket;
    std::string host;
    int port = 6379;
    std::string password;
    int database = 0;

    /// "redis://[:password@]host[:port][/db]" or "unix:/path"; the password may be percent-encoded.
    /// The message of INVALID_ARGUMENT never quotes the text.
    static absl::StatusOr<RedisAddress> parse(const std::string& url);
    /// For messages: without the password.
    std::string place() const;
};

} // namespace pilothouse::redis
