// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/http/Asio.h"

#include <functional>
#include <string>

namespace pilothouse::demo {

/// A small HTTP/1.1 server for loopback: one thread, keep-alive, bounded in connections, body size
/// and idle time. Lives as long as its io_context runs.
class HttpServer
{
public:
    using Handler = std::function<asio::awaitable<Response>(Request)>;

    /// Listens at once on 127.0.0.1; port 0 takes a free one. Throws boost::system::system_error
    /// when the port is taken.
    HttpServer(asio::io_context& context, unsigned short port, Handler handler);

    unsigned short port() const;
    /// Requests that are being answered now.
    int inFlight() const { return m_inFlight; }
    int connections() const { return m_connections; }

private:
    asio::awaitable<void> accept();
    asio::awaitable<void> serve(asio::ip::tcp::socket socket);

    asio::ip::tcp::acceptor m_acceptor;
    Handler m_handler;
    int m_connections = 0;
    int m_inFlight = 0;
};

Response makeResponse(
    http::status status, std::string body, const char* contentType = "text/plain");
Response makeJsonResponse(http::status status, std::string body);

} // namespace pilothouse::demo
