// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <memory>
#include <optional>

namespace pilothouse::platform {

/// One connection with the buffers of the request on it. Every pending operation shares it, so that
/// what was cancelled has something to end on.
struct HttpLink
{
    using Plain = boost::beast::tcp_stream;
    using Tls = boost::beast::ssl_stream<boost::beast::tcp_stream>;
    using Parser = boost::beast::http::response_parser<boost::beast::http::string_body>;

    std::unique_ptr<Plain> plain;
    std::unique_ptr<Tls> tls;
    boost::beast::http::request<boost::beast::http::empty_body> request;
    bool isRequestMade = false;
    std::optional<Parser> parser;
    boost::beast::flat_buffer buffer;

    boost::asio::ip::tcp::socket& socket()
    {
        return tls ? tls->next_layer().socket() : plain->socket();
    }
};

} // namespace pilothouse::platform
