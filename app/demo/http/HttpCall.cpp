// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/http/HttpCall.h"

#include <fmt/format.h>

namespace pilothouse::demo {

asio::awaitable<absl::StatusOr<Response>> call(
    unsigned short port, Request request, std::chrono::milliseconds timeout)
{
    beast::tcp_stream stream(co_await asio::this_coro::executor);
    stream.expires_after(timeout);
    boost::system::error_code error;
    const auto step = [&error] { return asio::redirect_error(asio::use_awaitable, error); };
    Response response;
    request.set(http::field::host, "127.0.0.1");
    request.prepare_payload();
    beast::flat_buffer buffer;
    const asio::ip::tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
    co_await stream.async_connect(endpoint, step());
    if (!error) {
        co_await http::async_write(stream, request, step());
    }
    if (!error) {
        co_await http::async_read(stream, buffer, response, step());
    }
    if (error) {
        co_return absl::UnavailableError(
            fmt::format("no answer from 127.0.0.1:{}: {}", port, error.message()));
    }
    co_return response;
}

absl::StatusOr<Response> callAndWait(
    unsigned short port, http::verb verb, const std::string& target)
{
    asio::io_context context;
    absl::StatusOr<Response> result = absl::UnknownError("not run");
    asio::co_spawn(
        context,
        [&]() -> asio::awaitable<void> {
            result = co_await call(port, Request{verb, target, 11}, std::chrono::seconds(5));
        },
        asio::detached);
    context.run();
    return result;
}

} // namespace pilothouse::demo
