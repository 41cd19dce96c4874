// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/http/HttpGuard.h"
#include "server/platform/http/Router.h"

#include <absl/status/statusor.h>
#include <boost/asio/io_context.hpp>

#include <filesystem>
#include <memory>
#include <string>

namespace pilothouse::platform {

struct HttpServerOptions
{
    std::string host;
    /// 0 = any free one.
    int port = 0;
    HttpGuard::Rules guard;
    /// PEM files; both set = TLS.
    std::filesystem::path certificate;
    std::filesystem::path key;
};

/// HTTP/1.1 on one endpoint, run by `io`. Bounded: 256 connections, 16 KiB of headers, 1 MiB of
/// body, 10 s for a request to arrive, 60 s of idling.
class HttpServer
{
public:
    /// The router outlives the server.
    static absl::StatusOr<std::unique_ptr<HttpServer>> start(
        boost::asio::io_context& io, HttpServerOptions options, const Router& router);
    /// Stops accepting and closes every connection, from any thread; answers that come later are
    /// dropped.
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// "host:port" with the real port.
    const std::string& address() const;

private:
    struct State;
    explicit HttpServer(std::shared_ptr<State> state);
    std::shared_ptr<State> m_state;
};

} // namespace pilothouse::platform
