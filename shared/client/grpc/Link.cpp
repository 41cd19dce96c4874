// SPDX-License-Identifier: Apache-2.0
#include "shared/client/grpc/Link.h"

#include "shared/api_status/StatusCodec.h"
#include "shared/base/StatusHelpers.h"
#include "shared/system/Health.h"

#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::client {

namespace {

// gRPC's words when no connection could be made; the cause follows after the last one of kCauses.
constexpr std::string_view kNotConnected = "failed to connect to all addresses";
constexpr std::string_view kNotResolved = "DNS resolution failed";

struct Cause
{
    std::string_view part;
    std::string_view message;
    std::string_view hint;
};

constexpr Cause kCauses[] = {
    {"Connection refused",
     "connection refused",
     "Check that pilothoused runs there and listens on this port."},
    {"No such file", "the socket does not exist", "Check the path and that pilothoused runs."},
    {"Permission denied",
     "permission denied on the socket",
     "Run as the server's user, or connect by host and port."},
    {"No route to host", "no route to host", "Check the network and the host's address."},
    {"Network is unreachable", "network unreachable", "Check this machine's network."},
    {"timed out", "it does not answer", "Check the host, the port and firewalls between."},
    {"timeout", "it does not answer", "Check the host, the port and firewalls between."},
    {"handshake failed",
     "it does not speak TLS as a Pilothouse server does",
     "Check that the port is the server's gRPC port."},
    {"handshake", "it does not speak TLS", "Check that the port is the server's gRPC port."},
    // With TLS 1.3 a server judges the client's certificate when the client is done already.
    {"Socket closed",
     "it closes the connection at once",
     "If the server asks for a client certificate, show a valid one that its authority signed; "
     "else check that the port is its gRPC port."},
};

absl::Status unreachable(const std::string& server, const std::string& text)
{
    for (const auto& cause : kCauses) {
        if (text.find(cause.part) != std::string::npos) {
            return withHint(
                absl::UnavailableError(fmt::format("cannot reach {}: {}", server, cause.message)),
                cause.hint);
        }
    }
    return withHint(
        absl::UnavailableError(fmt::format("cannot reach {}: {}", server, text)),
        "Check the address and that the server runs.");
}

absl::Status notConnected(const std::string& server)
{
    return absl::UnavailableError(fmt::format("not connected to {}", server));
}

} // namespace

absl::Status translate(const grpc::Status& status, const std::string& serverName)
{
    const std::string& text = status.error_message();
    if (status.error_code() == grpc::UNAVAILABLE) {
        if (text.starts_with(kNotResolved)) {
            return withHint(
                absl::UnavailableError(fmt::format("host of {} not found", serverName)),
                "Check the host name.");
        }
        if (text.starts_with(kNotConnected)) {
            return unreachable(serverName, text);
        }
        if (status.error_details().empty() && (text.find("Socket closed") != std::string::npos ||
                                               text.find("reset by peer") != std::string::npos ||
                                               text.find("Broken pipe") != std::string::npos ||
                                               text.find("GOAWAY") != std::string::npos)) {
            return absl::UnavailableError(fmt::format("connection to {} lost", serverName));
        }
    }
    if (status.error_code() == grpc::DEADLINE_EXCEEDED && status.error_details().empty()) {
        return withHint(
            absl::DeadlineExceededError(fmt::format("{} did not answer in time", serverName)),
            "Try again; check the server's health and load.");
    }
    if (status.error_code() == grpc::UNIMPLEMENTED) {
        return withHint(
            absl::UnimplementedError(fmt::format("{} cannot do this", serverName)),
            "Update the server to the version of this program.");
    }
    absl::Status result = api::fromGrpcStatus(status);
    if (!result.ok() && result.message().empty()) {
        return absl::Status(
            result.code(),
            fmt::format("{} answered {}", serverName, absl::StatusCodeToString(result.code())));
    }
    return result;
}

Link::Link(std::shared_ptr<EventLoop> loop, std::string name, absl::Duration callTimeout)
    : m_loop(std::move(loop)),
      m_name(std::move(name)),
      m_callTimeout(callTimeout),
      m_closedBecause(notConnected(m_name))
{}

void Link::setChannel(const std::shared_ptr<grpc::Channel>& channel)
{
    cancelCalls();
    std::erase_if(m_dropped, [](const auto& stubs) { return stubs.use_count() == 1; });
    if (m_stubs) {
        m_dropped.push_back(std::move(m_stubs));
    }
    m_stubs.reset();
    ++m_generation;
    if (channel) {
        m_stubs = std::make_shared<Stubs>(Stubs{
            channel,
            v1::SystemService::NewStub(channel),
            v1::AccessService::NewStub(channel),
            v1::AccessAdminService::NewStub(channel),
            v1::PlanService::NewStub(channel),
            v1::MetricsService::NewStub(channel),
            v1::JobsService::NewStub(channel),
            v1::AuditService::NewStub(channel),
            v1::RolloutsService::NewStub(channel),
            v1::RegistryService::NewStub(channel),
            v1::ScalingService::NewStub(channel)});
    }
}

void Link::releaseChannels()
{
    m_stubs.reset();
    m_dropped.clear();
}

void Link::setGate(Gate gate, absl::Status why)
{
    m_gate = gate;
    m_closedBecause = why.ok() ? notConnected(m_name) : std::move(why);
    if (gate == Gate::Waiting) {
        return;
    }
    const auto waiters = std::exchange(m_waiters, {});
    for (const auto& weak : waiters) {
        if (const auto waiter = weak.lock()) {
            gate == Gate::Open ? waiter->linkOpened() : waiter->linkRefused(m_closedBecause);
        }
    }
}

void Link::wait(std::weak_ptr<LinkWaiter> waiter)
{
    std::erase_if(m_waiters, [](const auto& weak) { return weak.expired(); });
    m_waiters.push_back(std::move(waiter));
}

void Link::prepare(grpc::ClientContext& context, absl::Duration timeout) const
{
    if (timeout < absl::InfiniteDuration()) {
        context.set_deadline(
            std::chrono::system_clock::now() + absl::ToChronoMilliseconds(timeout));
    }
    if (!m_token.empty()) {
        context.AddMetadata("authorization", "Bearer " + m_token);
    }
    context.AddMetadata(
        "pilothouse-client",
        fmt::format("{} api/{}.{}", PILOTHOUSE_VERSION, system::kApiMajor, system::kApiMinor));
}

void Link::reportUnauthenticated(std::uint64_t generation, const absl::Status& why)
{
    if (generation == m_generation && onUnauthenticated) {
        onUnauthenticated(why);
    }
}

void Link::track(const std::shared_ptr<grpc::ClientContext>& context)
{
    std::erase_if(m_contexts, [](const auto& weak) { return weak.expired(); });
    m_contexts.push_back(context);
}

void Link::cancelCalls()
{
    for (const auto& weak : std::exchange(m_contexts, {})) {
        if (const auto context = weak.lock()) {
            context->TryCancel();
        }
    }
}

void Link::began()
{
    const std::lock_guard lock(m_countMutex);
    ++m_count;
}

void Link::ended()
{
    const std::lock_guard lock(m_countMutex);
    --m_count;
    m_idle.notify_all();
}

bool Link::waitForCalls(absl::Duration deadline)
{
    std::unique_lock lock(m_countMutex);
    return m_idle.wait_for(
        lock, absl::ToChronoMilliseconds(deadline), [this] { return m_count == 0; });
}

} // namespace pilothouse::client
