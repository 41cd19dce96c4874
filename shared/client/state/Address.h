// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

namespace pilothouse::client {

/// The port of pilothoused's gRPC side when an address names none.
inline constexpr int kDefaultPort = 7443;

/// Where a server is: a host and port (TLS), or a unix socket of this machine.
struct Address
{
    /// Name or IP literal without brackets; empty for a unix socket.
    std::string host;
    int port = 0;
    std::string socketPath;

    bool isUnix() const { return !socketPath.empty(); }
    bool isLoopback() const;
    /// "host:port", "[v6]:port" or "unix:/path".
    std::string toString() const;
};

/// Reads "host", "host:port", "[::1]:port" or "unix:/path"; INVALID_ARGUMENT with a hint for
/// anything else.
absl::StatusOr<Address> parseAddress(std::string_view text);

} // namespace pilothouse::client
