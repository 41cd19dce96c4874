// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/Connection.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string>

namespace pilothouse::cli {

/// The global flags about the server, as given.
struct ServerSettings
{
    std::string server;
    std::string tokenFile;
    std::string caFile;
    /// Of this client, for mutual TLS; both or neither.
    std::string certificateFile;
    std::string keyFile;
    absl::Duration timeout = absl::Seconds(10);
};

/// The server's address: the flag (or its environment variable), else the local workspace's socket
/// if it is there. NOT_FOUND with what to do otherwise; normalised, so that it names the server in
/// the store.
absl::StatusOr<std::string> resolveServer(const ServerSettings& settings);

/// Everything for a connection: address, CA, client certificate, pin and token from flags and
/// store.
absl::StatusOr<client::ConnectionOptions> connectionOptions(const ServerSettings& settings);

} // namespace pilothouse::cli
