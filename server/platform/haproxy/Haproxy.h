// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/haproxy/RuntimeText.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <filesystem>
#include <string>
#include <vector>

namespace pilothouse::haproxy {

/// A running HAProxy, by its Runtime API. Every call blocks, at most for the limit. Stateless and
/// thread-safe; each call is a connection of its own.
class Haproxy
{
public:
    explicit Haproxy(std::filesystem::path socket, absl::Duration limit = absl::Seconds(1))
        : m_socket(std::move(socket)), m_limit(limit)
    {}

    /// Backends and their servers. NOT_FOUND for a backend that there is not.
    absl::StatusOr<std::vector<StatRow>> statistics(const std::vector<std::string>& backends) const;

    /// A map as it is in memory; maps go by the file that they were loaded from, as it is written
    /// in HAProxy's configuration. NOT_FOUND.
    absl::StatusOr<std::vector<MapEntry>> map(const std::filesystem::path& file) const;

    /// All of the map at once: a request sees the entries before or after, never a mixture. Lost
    /// when HAProxy is restarted: write the file first.
    absl::Status replaceMap(
        const std::filesystem::path& file, const std::vector<MapEntry>& entries) const;

    /// One entry that there is already; likewise.
    absl::Status setMapEntry(const std::filesystem::path& file, const MapEntry& entry) const;

    /// A server that is not in HAProxy's configuration, and gone with its next start. It gets
    /// requests once its checks are passed. `options` as in a server line; OK when it is there
    /// already.
    absl::Status addServer(
        const std::string& backend,
        const std::string& server,
        const std::string& address,
        const std::string& options) const;
    /// It gets no new requests; those under way go on.
    absl::Status drainServer(const std::string& backend, const std::string& server) const;
    /// After draining.
    absl::Status resumeServer(const std::string& backend, const std::string& server) const;
    /// Until its next check that passes: one without checks would stay so.
    absl::Status setDown(const std::string& backend, const std::string& server) const;
    /// OK when there is none; FAILED_PRECONDITION as long as it has connections, but it gets no new
    /// ones.
    absl::Status removeServer(const std::string& backend, const std::string& server) const;

private:
    /// What the command does is for the message: "change its map". The answer must be empty.
    absl::Status tell(const std::string& command, const char* what) const;

    const std::filesystem::path m_socket;
    const absl::Duration m_limit;
};

} // namespace pilothouse::haproxy
