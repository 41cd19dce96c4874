// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/http/HttpServer.h"

namespace pilothouse::demo {

namespace {

constexpr int kMaxConnections = 256;
constexpr std::size_t kMaxBody = 1 << 20;
constexpr auto kIdle = std::chrono::seconds(60);

} // namespace

HttpServer::HttpServer(asio::io_context& context, unsigned short port, Handler handler)
    : m_acceptor(context, {asio::ip::address_v4::loopback(), port}), m_handler(std::move(handler))
{
    asio::co_spawn(context, accept(), asio::detached);
}

unsigned short HttpServer::port() const
{
    return m_acceptor.local_endpoint().port();
}

asio::awaitable<void> HttpServer::accept()
{
    for (;;) {
        boost::system::error_code error;
        auto socket =
            co_await m_acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (error == asio::error::operation_aborted) {
            co_return;
        }
        if (error || m_connections >= kMaxConnections) {
            continue;
        }
        asio::co_spawn(m_acceptor.get_executor(), serve(std::move(socket)), asio::detached);
    }
}

asio::awaitable<void> HttpServer::serve(asio::ip::tcp::socket socket)
{
    ++m_connections;
    beast::tcp_stream stream(std::move(socket));
    beast::flat_buffer buffer;
    boost::system::error_code error;
    for (bool keepAlive = true; keepAlive && !error;) {
        http::request_parser<http::string_body> parser;
        parser.body_limit(kMaxBody);
        stream.expires_after(kIdle);
        co_await http::async_read(
            stream, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
        if (error) {
            break;
        }
        Request request = parser.release();
        keepAlive = request.keep_alive();
        ++m_inFlight;
        // A handler may wait for longer than the idle limit; only the peer's silence is limited.
        stream.expires_never();
        Response response = co_await m_handler(std::move(request));
        response.keep_alive(keepAlive);
        response.prepare_payload();
        stream.expires_after(kIdle);
        co_await http::async_write(
            stream, response, asio::redirect_error(asio::use_awaitable, error));
        --m_inFlight;
    }
    --m_connections;
}

Response makeResponse(http::status status, std::string body, const char* contentType)
{
    Response response{status, 11};
    response.set(http::field::content_type, contentType);
    response.body() = std::move(body);
    return response;
}

Response makeJsonResponse(http::status status, std::string body)
{
    return makeResponse(status, std::move(body), "application/json");
}

} // namespace pilothouse::demo
