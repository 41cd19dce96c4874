// SPDX-License-Identifier: Apache-2.0
#include "server/platform/http_client/HttpClient.h"

#include "server/platform/http_client/Gunzip.h"
#include "server/platform/http_client/HttpLink.h"
#include "server/platform/http_client/SpareMemory.h"
#include "server/platform/http_client/TlsTrust.h"
#include "shared/base/StatusHelpers.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include <chrono>
#include <concepts>
#include <optional>

namespace pilothouse::platform {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Link = HttpLink;
using boost::system::error_code;

namespace {

constexpr std::uint32_t kHeaderLimit = 16 * 1024;
constexpr unsigned kHttp11 = 11;
/// Longest piece of a foreign header that goes into a message.
constexpr std::size_t kShownHeader = 200;

absl::Status statusOf(const error_code& error, std::string_view doing)
{
    if (error == http::error::body_limit) {
        return absl::ResourceExhaustedError("the body is longer than the limit");
    }
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
        return absl::ResourceExhaustedError("the header of the answer is too long");
    }
    if (error == http::error::end_of_stream || error == http::error::partial_message ||
        error == asio::error::eof) {
        return absl::UnavailableError("the connection was closed before the answer was complete");
    }
    if (error.category() == http::make_error_code(http::error::bad_version).category()) {
        return absl::DataLossError(fmt::format("the answer is not HTTP: {}", error.message()));
    }
    return absl::UnavailableError(fmt::format("cannot {}: {}", doing, error.message()));
}

/// A kept connection that the other side closed while it was idle shows up as one of these.
bool isStaleConnection(const error_code& error)
{
    return error == http::error::end_of_stream || error == asio::error::eof ||
           error == asio::error::connection_reset || error == asio::error::broken_pipe;
}

absl::StatusOr<HttpReply> replyOf(http::response<http::string_body> message, std::size_t bodyLimit)
{
    if (message.result() != http::status::ok) {
        const auto location = message[http::field::location];
        absl::Status status = absl::FailedPreconditionError(
            fmt::format("the server answered HTTP status {}", message.result_int()));
        if (!location.empty()) {
            status = withHint(
                status,
                fmt::format(
                    "Name {} itself: redirects are not followed.",
                    std::string(location.substr(0, kShownHeader))));
        }
        return status;
    }
    HttpReply reply{.contentType = std::string(message[http::field::content_type]), .body = {}};
    const auto encoding = message[http::field::content_encoding];
    if (encoding == "gzip") {
        PH_ASSIGN_OR_RETURN(reply.body, gunzip(message.body(), bodyLimit));
    } else if (encoding.empty() || encoding == "identity") {
        reply.body = std::move(message.body());
    } else {
        return absl::DataLossError(fmt::format(
            "the answer has the encoding \"{}\", which was not asked for",
            std::string(encoding.substr(0, kShownHeader))));
    }
    return reply;
}

} // namespace

/// Makes one request after the other. Handlers carry the number of the attempt that they belong to,
/// and find nothing to do when it is over.
class HttpClient::Exchange : public std::enable_shared_from_this<Exchange>
{
public:
    Exchange(asio::io_context& context, HttpUrl origin, std::filesystem::path caFile)
        : m_context(context),
          m_origin(std::move(origin)),
          m_caFile(std::move(caFile)),
          m_resolver(context),
          m_deadline(context)
    {}

    bool isBusy() const { return m_onDone != nullptr; }

    /// A handler that runs only while this attempt is the current one.
    template <typename Function>
    auto guarded(Function function)
    {
        return [
            self = shared_from_this(),
            link = m_link,
            attempt = m_attempt,
            function
        ](auto&&... arguments) requires std::invocable<Function, Exchange&, decltype(arguments)...>
        {
            if (self->m_attempt == attempt) {
                function(*self, std::forward<decltype(arguments)>(arguments)...);
            }
        };
    }

    void get(const std::string& target, const HttpGet& options, Done onDone)
    {
        if (target != m_target || options != m_options) {
            m_target = target;
            m_options = options;
            if (m_link) {
                m_link->isRequestMade = false;
            }
        }
        m_onDone = std::move(onDone);
        m_deadline.expires_after(
            std::chrono::nanoseconds(absl::ToInt64Nanoseconds(m_options.timeout)));
        m_deadline.async_wait(guarded([](Exchange& self, error_code error) {
            if (!error) {
                self.finish(absl::DeadlineExceededError(fmt::format(
                    "no complete answer within {}", absl::FormatDuration(self.m_options.timeout))));
            }
        }));
        m_isReused = m_link != nullptr;
        if (m_isReused) {
            write(); // its end comes through the context, even when it is sent at once
        } else {
            resolve();
        }
    }

    void abandon()
    {
        m_onDone = nullptr;
        ++m_attempt;
        m_resolver.cancel();
        m_deadline.cancel();
        disconnect();
    }

private:
    void resolve()
    {
        m_resolver.async_resolve(
            m_origin.host,
            m_origin.port,
            guarded(
                [](Exchange& self, error_code error, const tcp::resolver::results_type& results) {
                    if (error) {
                        self.finish(absl::UnavailableError(fmt::format(
                            "cannot resolve {}: {}", self.m_origin.host, error.message())));
                        return;
                    }
                    self.connect(results);
                }));
    }

    void connect(const tcp::resolver::results_type& results)
    {
        if (const absl::Status status = prepareTls(); !status.ok()) {
            finish(status);
            return;
        }
        m_link = std::make_shared<Link>();
        if (m_origin.tls) {
            m_link->tls = std::make_unique<Link::Tls>(m_context, *m_sslContext);
            m_link->tls->set_verify_callback(asio::ssl::host_name_verification(m_origin.host));
            error_code notAnAddress;
            asio::ip::make_address(m_origin.host, notAnAddress);
            if (notAnAddress) { // addresses have no place in the server name
                ::SSL_ctrl(
                    m_link->tls->native_handle(),
                    SSL_CTRL_SET_TLSEXT_HOSTNAME,
                    TLSEXT_NAMETYPE_host_name,
                    m_origin.host.data());
            }
        } else {
            m_link->plain = std::make_unique<Link::Plain>(m_context);
        }
        asio::async_connect(
            m_link->socket(),
            results,
            guarded([](Exchange& self, error_code error, const tcp::endpoint&) {
                if (error) {
                    self.finish(statusOf(error, "connect"));
                    return;
                }
                error_code ignored;
                self.m_link->socket().set_option(tcp::no_delay(true), ignored);
                if (self.m_link->tls) {
                    self.handshake();
                } else {
                    self.write();
                }
            }));
    }

    /// Whom to believe: read once it could be read.
    absl::Status prepareTls()
    {
        if (m_origin.tls && !m_sslContext) {
            PH_ASSIGN_OR_RETURN(m_sslContext, tlsThatBelieves(m_caFile));
        }
        return absl::OkStatus();
    }

    void handshake()
    {
        m_link->tls->async_handshake(
            asio::ssl::stream_base::client, guarded([](Exchange& self, error_code error) {
                if (error) {
                    self.finish(refusedHandshake(
                        error, self.m_link->tls->native_handle(), self.m_origin.host));
                    return;
                }
                self.write();
            }));
    }

    /// Mostly the request is that of the last turn, byte for byte.
    void prepareRequest()
    {
        if (std::exchange(m_link->isRequestMade, true)) {
            return;
        }
        auto& request = m_link->request;
        request = {};
        request.version(kHttp11);
        request.method(http::verb::get);
        request.target(beast::string_view(m_target.data(), m_target.size()));
        request.set(http::field::host, m_origin.authority());
        request.set(http::field::user_agent, "pilothouse/" PILOTHOUSE_VERSION);
        request.set(http::field::accept_encoding, "gzip");
        for (const auto& [name, value] : m_options.headers) {
            request.set(name, value);
        }
    }

    void write()
    {
        prepareRequest();
        auto handler = guarded([](Exchange& self, error_code error, std::size_t) {
            if (error) {
                self.failed(error, "send the request");
                return;
            }
            self.read();
        });
        if (m_link->tls) {
            http::async_write(*m_link->tls, m_link->request, std::move(handler));
        } else {
            http::async_write(*m_link->plain, m_link->request, std::move(handler));
        }
    }

    void read()
    {
        Link& link = *m_link;
        link.parser.emplace();
        link.parser->body_limit(m_options.bodyLimit);
        link.parser->header_limit(kHeaderLimit);
        link.parser->get().body() = SpareMemory::ofThisThread().takeText();
        // Beast reads as much as the buffer has room for, and only 512 bytes into a new one: a page
        // would come in a hundred pieces.
        if (link.buffer.size() == 0) {
            link.buffer = SpareMemory::ofThisThread().takeBuffer();
        }
        auto handler = guarded([](Exchange& self, error_code error, std::size_t) {
            if (error) {
                self.failed(error, "read the answer");
                return;
            }
            self.answered();
        });
        if (link.tls) {
            http::async_read(*link.tls, link.buffer, *link.parser, std::move(handler));
        } else {
            http::async_read(*link.plain, link.buffer, *link.parser, std::move(handler));
        }
    }

    /// A kept connection may have died unnoticed: one new connection is tried, within the same
    /// deadline.
    void failed(const error_code& error, std::string_view doing)
    {
        const bool hasAnswer = m_link->parser && m_link->parser->is_header_done();
        if (m_isReused && !hasAnswer && isStaleConnection(error)) {
            m_isReused = false;
            disconnect();
            resolve();
            return;
        }
        finish(statusOf(error, doing));
    }

    void answered()
    {
        auto message = m_link->parser->release();
        m_link->parser.reset();
        if (m_link->buffer.size() == 0) {
            SpareMemory::ofThisThread().give(std::move(m_link->buffer));
        }
        const bool keepAlive = message.keep_alive();
        absl::StatusOr<HttpReply> reply = replyOf(std::move(message), m_options.bodyLimit);
        // An unexpected page may be followed by anything: begin anew next time.
        const bool keep = keepAlive && reply.ok();
        finish(std::move(reply), keep);
    }

    void finish(absl::StatusOr<HttpReply> reply, bool keepConnection = false)
    {
        ++m_attempt;
        m_deadline.cancel();
        m_resolver.cancel();
        if (!keepConnection) {
            disconnect();
        }
        const Done onDone = std::exchange(m_onDone, nullptr);
        if (onDone) {
            onDone(reply);
        }
        if (reply.ok()) {
            SpareMemory::ofThisThread().give(std::move(reply->body));
        }
    }

    void disconnect()
    {
        if (m_link) {
            error_code ignored;
            m_link->socket().close(ignored);
            m_link.reset();
        }
    }

    asio::io_context& m_context;
    HttpUrl m_origin;
    std::filesystem::path m_caFile;
    tcp::resolver m_resolver;
    asio::steady_timer m_deadline;
    std::optional<asio::ssl::context> m_sslContext;
    std::shared_ptr<Link> m_link; // shared with the operations under way on it
    std::string m_target;
    HttpGet m_options;
    Done m_onDone;
    std::uint64_t m_attempt = 0;
    bool m_isReused = false;
};

HttpClient::HttpClient(asio::io_context& context, HttpUrl origin, std::filesystem::path caFile)
    : m_exchange(std::make_shared<Exchange>(context, std::move(origin), std::move(caFile)))
{}

HttpClient::~HttpClient()
{
    m_exchange->abandon();
}

void HttpClient::get(const std::string& target, const HttpGet& request, Done onDone)
{
    m_exchange->get(target, request, std::move(onDone));
}

bool HttpClient::isBusy() const
{
    return m_exchange->isBusy();
}

} // namespace pilothouse::platform
