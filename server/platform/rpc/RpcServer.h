// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/rpc/Service.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace pilothouse::rpc {

struct RpcServerOptions
{
    std::string host;
    /// 0 = any free one.
    int port = 0;
    /// PEM files; looked at again every minute, so that a renewed certificate needs no restart.
    std::filesystem::path certificate;
    std::filesystem::path key;
    /// Set = clients must show a certificate signed by this CA.
    std::filesystem::path clientCa;
    /// Of the unix socket, without TLS, for this user and root.
    std::filesystem::path socket;
};

/// The gRPC side: TLS on one TCP endpoint, plain on the unix socket, the standard health and
/// reflection services beside ours.
class RpcServer
{
public:
    /// Why the server could not listen like this, found without starting it.
    static absl::Status check(const RpcServerOptions& options);
    /// The services outlive the server. `io` runs the unix socket's accept loop.
    static absl::StatusOr<std::unique_ptr<RpcServer>> start(
        const RpcServerOptions& options,
        const std::vector<Service*>& services,
        boost::asio::io_context& io);
    ~RpcServer();
    RpcServer(const RpcServer&) = delete;
    RpcServer& operator=(const RpcServer&) = delete;

    /// "host:port" with the real port.
    const std::string& address() const;
    /// What the standard health service answers.
    void setServing(bool serving);
    /// Takes no new calls, gives those under way `grace`, then cancels them. Blocks.
    void stop(absl::Duration grace);

private:
    struct State;
    explicit RpcServer(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

} // namespace pilothouse::rpc
