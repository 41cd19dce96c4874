// SPDX-License-Identifier: Apache-2.0
#include "server/platform/http/HttpServer.h"

#include "server/platform/http/HttpSession.h"
#include "shared/base/StatusHelpers.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <list>

namespace pilothouse::platform {

namespace {

using Tcp = boost::asio::ip::tcp;

constexpr std::size_t kMaxConnections = 256;
constexpr auto kPauseAfterError = std::chrono::milliseconds(100);

} // namespace

struct HttpServer::State : std::enable_shared_from_this<State>
{
    State(boost::asio::io_context& context, HttpServerOptions settings, const Router& router)
        : io(context),
          acceptor(context),
          pause(context),
          options(std::move(settings)),
          site(std::make_shared<HttpSite>(router, options.guard))
    {}

    absl::Status open()
    {
        const std::string where = fmt::format("{}:{}", options.host, options.port);
        boost::system::error_code error;
        Tcp::resolver resolver(io);
        const auto found = resolver.resolve(
            options.host, std::to_string(options.port), Tcp::resolver::passive, error);
        if (!error) {
            const Tcp::endpoint endpoint = *found.begin();
            acceptor.open(endpoint.protocol(), error);
            acceptor.set_option(Tcp::acceptor::reuse_address(true));
            acceptor.bind(endpoint, error);
        }
        if (!error) {
            acceptor.listen(static_cast<int>(kMaxConnections), error);
        }
        if (error) {
            return withHint(
                absl::FailedPreconditionError(
                    fmt::format("cannot listen on {}: {}", where, error.message())),
                "Stop the program that uses it, or set http.listen or --http-listen.");
        }
        const int port = acceptor.local_endpoint().port();
        address = options.host.find(':') == std::string::npos
                      ? fmt::format("{}:{}", options.host, port)
                      : fmt::format("[{}]:{}", options.host, port);
        return openTls();
    }

    absl::Status openTls()
    {
        if (options.certificate.empty()) {
            return absl::OkStatus();
        }
        namespace ssl = boost::asio::ssl;
        tls.emplace(ssl::context::tls_server);
        boost::system::error_code error;
        tls->set_options(ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1, error);
        tls->use_certificate_chain_file(options.certificate.string(), error);
        if (!error) {
            tls->use_private_key_file(options.key.string(), ssl::context::pem, error);
        }
        return error ? absl::FailedPreconditionError(fmt::format(
                           "cannot use the certificate {}: {}",
                           options.certificate.string(),
                           error.message()))
                     : absl::OkStatus();
    }

    void accept()
    {
        acceptor.async_accept(
            [self = shared_from_this()](boost::system::error_code error, Tcp::socket socket) {
                if (error == boost::asio::error::operation_aborted || !self->acceptor.is_open()) {
                    return;
                }
                if (error) {
                    spdlog::warn("accepting HTTP on {} failed: {}", self->address, error.message());
                    self->pause.expires_after(kPauseAfterError);
                    self->pause.async_wait([self](boost::system::error_code) { self->accept(); });
                    return;
                }
                // Over the bound the connection is closed at once: a probe tries again, a flood
                // gains nothing.
                if (self->sessions.size() < kMaxConnections) {
                    self->begin(std::move(socket));
                }
                self->accept();
            });
    }

    void begin(Tcp::socket socket)
    {
        beast::tcp_stream stream(std::move(socket));
        if (tls) {
            run<beast::ssl_stream<beast::tcp_stream>>({std::move(stream), *tls});
        } else {
            run<beast::tcp_stream>(std::move(stream));
        }
    }

    template <typename Stream>
    void run(Stream stream)
    {
        const auto place = sessions.emplace(sessions.end());
        auto session = std::make_shared<HttpSession<Stream>>(
            std::move(stream), site, [self = shared_from_this(), place] {
                // The last owner may be a handler on another thread.
                boost::asio::post(self->io, [self, place] { self->sessions.erase(place); });
            });
        *place = [weak = std::weak_ptr(session)] {
            if (const auto live = weak.lock()) {
                live->close();
            }
        };
        session->start();
    }

    void stop()
    {
        site->stopping.store(true);
        boost::system::error_code ignored;
        acceptor.close(ignored);
        pause.cancel();
        for (const auto& close : sessions) {
            close();
        }
    }

    boost::asio::io_context& io;
    Tcp::acceptor acceptor;
    boost::asio::steady_timer pause;
    const HttpServerOptions options;
    const std::shared_ptr<HttpSite> site;
    std::optional<boost::asio::ssl::context> tls;
    std::string address;
    /// How to close each live connection; touched on the I/O thread only.
    std::list<std::function<void()>> sessions;
};

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::start(
    boost::asio::io_context& io, HttpServerOptions options, const Router& router)
{
    auto state = std::make_shared<State>(io, std::move(options), router);
    PH_RETURN_IF_ERROR(state->open());
    boost::asio::post(io, [state] { state->accept(); });
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

HttpServer::HttpServer(std::shared_ptr<State> state) : m_state(std::move(state)) {}

HttpServer::~HttpServer()
{
    boost::asio::post(m_state->io, [state = m_state] { state->stop(); });
}

const std::string& HttpServer::address() const
{
    return m_state->address;
}

} // namespace pilothouse::platform
