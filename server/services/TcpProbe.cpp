// SPDX-License-Identifier: Apache-2.0
#include "server/services/Probe.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <memory>
#include <utility>

namespace pilothouse::services {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

/// One connection attempt; shared with its pending operations.
struct Attempt : std::enable_shared_from_this<Attempt>
{
    Attempt(asio::io_context& io, Probe::Done done)
        : resolver(io), socket(io), deadline(io), onDone(std::move(done))
    {}

    void start(const std::string& host, const std::string& port, absl::Duration timeout)
    {
        deadline.expires_after(absl::ToChronoNanoseconds(timeout));
        deadline.async_wait([self = shared_from_this(), timeout](error_code error) {
            if (!error) {
                self->finish(absl::DeadlineExceededError(
                    fmt::format("no connection within {}", absl::FormatDuration(timeout))));
            }
        });
        resolver.async_resolve(
            host,
            port,
            [self = shared_from_this(),
             host](error_code error, const tcp::resolver::results_type& results) {
                if (error) {
                    self->finish(absl::UnavailableError(
                        fmt::format("cannot resolve {}: {}", host, error.message())));
                } else if (self->onDone != nullptr) {
                    self->connect(results);
                }
            });
    }

    void connect(const tcp::resolver::results_type& results)
    {
        asio::async_connect(
            socket, results, [self = shared_from_this()](error_code error, const tcp::endpoint&) {
                self->finish(
                    error
                        ? absl::UnavailableError(fmt::format("cannot connect: {}", error.message()))
                        : absl::OkStatus());
            });
    }

    void finish(const absl::Status& status)
    {
        const Probe::Done done = std::exchange(onDone, nullptr);
        abandon();
        if (done) {
            done(status);
        }
    }

    void abandon()
    {
        onDone = nullptr;
        resolver.cancel();
        deadline.cancel();
        error_code ignored;
        socket.close(ignored);
    }

    tcp::resolver resolver;
    tcp::socket socket;
    asio::steady_timer deadline;
    Probe::Done onDone;
};

class TcpProbe final : public Probe
{
public:
    TcpProbe(const ProbeContext& context, const InstanceSpec& spec)
        : m_io(context.io), m_timeout(spec.check.timeout)
    {
        const std::string& address = spec.address;
        const auto colon = address.rfind(':');
        m_host = address.substr(0, colon);
        m_port = address.substr(colon + 1);
        if (m_host.starts_with('[')) {
            m_host = m_host.substr(1, m_host.size() - 2);
        }
    }
    ~TcpProbe() override
    {
        if (m_attempt) {
            m_attempt->abandon();
        }
    }
    TcpProbe(const TcpProbe&) = delete;
    TcpProbe& operator=(const TcpProbe&) = delete;

    void run(Done onDone) override
    {
        m_attempt = std::make_shared<Attempt>(m_io, std::move(onDone));
        m_attempt->start(m_host, m_port, m_timeout);
    }

private:
    asio::io_context& m_io;
    const absl::Duration m_timeout;
    std::string m_host;
    std::string m_port;
    std::shared_ptr<Attempt> m_attempt; // shared with its pending operations
};

} // namespace

std::unique_ptr<Probe> makeTcpProbe(const ProbeContext& context, const InstanceSpec& spec)
{
    return std::make_unique<TcpProbe>(context, spec);
}

} // namespace pilothouse::services
