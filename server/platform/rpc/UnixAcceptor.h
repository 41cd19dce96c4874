// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>
#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <functional>
#include <memory>

namespace pilothouse::rpc {

/// Listens on a unix socket and hands on only connections of this process's own user or root: the
/// kernel says who the peer is. Everybody else is closed before a byte is read. The file is 0600
/// and removed at the end.
class UnixAcceptor
{
public:
    /// Takes over the connected socket.
    using OnConnection = std::function<void(int descriptor)>;

    /// INVALID_ARGUMENT for a path that is too long for a socket.
    static absl::Status checkPath(const std::filesystem::path& path);

    /// A file left by a server that was killed is replaced: the caller holds the data directory's
    /// lock.
    static absl::StatusOr<std::unique_ptr<UnixAcceptor>> listen(
        boost::asio::io_context& io, const std::filesystem::path& path, OnConnection onConnection);
    ~UnixAcceptor();
    UnixAcceptor(const UnixAcceptor&) = delete;
    UnixAcceptor& operator=(const UnixAcceptor&) = delete;

private:
    struct State;
    explicit UnixAcceptor(std::shared_ptr<State> state);
    std::shared_ptr<State> m_state;
};

} // namespace pilothouse::rpc
