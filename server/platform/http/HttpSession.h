// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/http/HttpGuard.h"
#include "server/platform/http/Router.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace pilothouse::platform {

namespace beast = boost::beast;

using HttpWireRequest = beast::http::request<beast::http::string_body>;
using HttpWireResponse = beast::http::response<beast::http::string_body>;

/// What a session needs of its server; outlives it.
struct HttpSite
{
    HttpSite(const Router& routes, HttpGuard::Rules rules) : router(routes), guard(std::move(rules))
    {}
    const Router& router;
    const HttpGuard guard;
    std::atomic<bool> stopping{false};
};

/// Guard and router in front of a handler. `respond` is called exactly once, on any thread.
void routeHttp(const HttpSite& site, const HttpWireRequest& request, const HttpRespond& respond);

/// One connection: requests one after the other. Stream is beast's tcp_stream, or TLS over it.
template <typename Stream>
class HttpSession : public std::enable_shared_from_this<HttpSession<Stream>>
{
public:
    /// `ended` is called once, when the connection is gone.
    HttpSession(Stream stream, std::shared_ptr<HttpSite> site, std::function<void()> ended)
        : m_stream(std::move(stream)), m_site(std::move(site)), m_ended(std::move(ended))
    {}
    ~HttpSession() { m_ended(); }

    void start()
    {
        if constexpr (kIsTls) {
            beast::get_lowest_layer(m_stream).expires_after(kRequestTime);
            m_stream.async_handshake(
                boost::asio::ssl::stream_base::server,
                [self = this->shared_from_this()](beast::error_code error) {
                    if (!error) {
                        self->read();
                    }
                });
        } else {
            read();
        }
    }

    /// On the session's thread.
    void close()
    {
        beast::error_code ignored;
        beast::get_lowest_layer(m_stream).socket().close(ignored);
    }

private:
    static constexpr bool kIsTls = !std::is_same_v<Stream, beast::tcp_stream>;
    static constexpr std::size_t kHeaderLimit = 16 << 10;
    static constexpr std::size_t kBodyLimit = 1 << 20;
    static constexpr std::chrono::seconds kIdleTime{60};
    static constexpr std::chrono::seconds kRequestTime{10};
    static constexpr std::chrono::seconds kWriteTime{30};

    /// Waits for the first byte at leisure, then for the whole request in short: a request that
    /// trickles in must not hold a connection.
    void read()
    {
        m_parser.emplace();
        m_parser->header_limit(kHeaderLimit);
        m_parser->body_limit(kBodyLimit);
        beast::get_lowest_layer(m_stream).expires_after(
            m_buffer.size() > 0 ? kRequestTime : kIdleTime);
        beast::http::async_read_some(
            m_stream,
            m_buffer,
            *m_parser,
            [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                if (error || self->m_parser->is_done()) {
                    self->onRead(error);
                    return;
                }
                beast::get_lowest_layer(self->m_stream).expires_after(kRequestTime);
                beast::http::async_read(
                    self->m_stream,
                    self->m_buffer,
                    *self->m_parser,
                    [self](beast::error_code readError, std::size_t) { self->onRead(readError); });
            });
    }

    void onRead(beast::error_code error)
    {
        namespace http = beast::http;
        if (error == http::error::body_limit) {
            answer({413, "text/plain; charset=utf-8", "the body is too large\n"}, false, 11, false);
            return;
        }
        if (error == http::error::header_limit) {
            answer(
                {431, "text/plain; charset=utf-8", "the headers are too large\n"},
                false,
                11,
                false);
            return;
        }
        if (error &&
            error.category() == http::make_error_code(http::error::bad_method).category() &&
            error != http::error::end_of_stream && error != http::error::partial_message) {
            answer({400, "text/plain; charset=utf-8", "this is not HTTP/1.1\n"}, false, 11, false);
            return;
        }
        if (error) {
            return;
        }
        beast::get_lowest_layer(m_stream).expires_never(); // the handler has limits of its own
        const HttpWireRequest request = m_parser->release();
        const bool keepAlive = request.keep_alive() && !m_site->stopping.load();
        routeHttp(
            *m_site,
            request,
            [self = this->shared_from_this(),
             keepAlive,
             version = request.version(),
             isHead = request.method() == http::verb::head](HttpResponse response) mutable {
                boost::asio::post(
                    self->m_stream.get_executor(),
                    [self, keepAlive, version, isHead, response = std::move(response)]() mutable {
                        self->answer(std::move(response), keepAlive, version, isHead);
                    });
            });
    }

    void answer(HttpResponse response, bool keepAlive, unsigned version, bool isHead)
    {
        namespace http = beast::http;
        auto wire =
            std::make_shared<HttpWireResponse>(static_cast<http::status>(response.status), version);
        wire->set(http::field::content_type, response.contentType);
        wire->set(http::field::cache_control, "no-store");
        wire->set("X-Content-Type-Options", "nosniff");
        if (response.status == 401) {
            wire->set(http::field::www_authenticate, "Bearer");
        }
        wire->keep_alive(keepAlive);
        wire->body() = std::move(response.body);
        wire->prepare_payload();
        auto serializer = std::make_shared<http::response_serializer<http::string_body>>(*wire);
        beast::get_lowest_layer(m_stream).expires_after(kWriteTime);
        const auto written = [self = this->shared_from_this(), wire, serializer, keepAlive](
                                 beast::error_code error, std::size_t) {
            if (!error && keepAlive) {
                self->read();
            } else if (!error) {
                self->finish();
            }
        };
        if (isHead) {
            http::async_write_header(m_stream, *serializer, written);
        } else {
            http::async_write(m_stream, *serializer, written);
        }
    }

    void finish()
    {
        beast::error_code ignored;
        beast::get_lowest_layer(m_stream).socket().shutdown(
            boost::asio::ip::tcp::socket::shutdown_send, ignored);
    }

    Stream m_stream;
    beast::flat_buffer m_buffer{kHeaderLimit + kBodyLimit};
    std::optional<beast::http::request_parser<beast::http::string_body>> m_parser;
    const std::shared_ptr<HttpSite> m_site;
    const std::function<void()> m_ended;
};

} // namespace pilothouse::platform
