// SPDX-License-Identifier: Apache-2.0
#include "server/platform/rpc/RpcServer.h"

#include "server/platform/rpc/ReflectionService.h"
#include "server/platform/rpc/UnixAcceptor.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace pilothouse::rpc {

namespace {

constexpr int kMaxMessageBytes = 8 << 20;
constexpr int kMaxMetadataBytes = 16 << 10;
constexpr int kMaxStreamsPerConnection = 1000;
constexpr std::size_t kMemoryQuota = 256U << 20U;
constexpr unsigned kCertificateRefreshSeconds = 60;
/// Dead peers are found within these; clients may ping twice as often as their default of 60 s.
constexpr int kKeepaliveMs = 60000;
constexpr int kKeepaliveTimeoutMs = 20000;
constexpr int kClientPingMs = 30000;
constexpr int kHandshakeMs = 20000;

std::string joined(const std::string& host, int port)
{
    return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                               : fmt::format("[{}]:{}", host, port);
}

std::shared_ptr<grpc::ServerCredentials> tlsCredentials(const RpcServerOptions& options)
{
    namespace tls = grpc::experimental;
    const bool mutual = !options.clientCa.empty();
    auto provider = std::make_shared<tls::FileWatcherCertificateProvider>(
        options.key.string(),
        options.certificate.string(),
        options.clientCa.string(),
        kCertificateRefreshSeconds);
    tls::TlsServerCredentialsOptions credentials(std::move(provider));
    credentials.watch_identity_key_cert_pairs();
    if (mutual) {
        credentials.watch_root_certs();
        credentials.set_cert_request_type(
            GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    } else {
        credentials.set_cert_request_type(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
    }
    return tls::TlsServerCredentials(credentials);
}

/// Why the endpoint cannot be listened on. gRPC only says that it failed, so it is tried here
/// first.
absl::Status tryEndpoint(const std::string& host, int port)
{
    const std::string where = joined(host, port);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE;
    addrinfo* found = nullptr;
    if (const int code = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
        code != 0) {
        return withHint(
            absl::InvalidArgumentError(
                fmt::format("cannot listen on {}: {}", where, gai_strerror(code))),
            "Correct grpc.listen.");
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
    const int descriptor = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const bool bound = bind(descriptor, found->ai_addr, found->ai_addrlen) == 0;
    const int reason = errno;
    close(descriptor);
    if (bound) {
        return absl::OkStatus();
    }
    return withHint(
        absl::FailedPreconditionError(
            fmt::format("cannot listen on {}: {}", where, std::strerror(reason))),
        "Stop the program that uses it, or set grpc.listen or --grpc-listen.");
}

void setArguments(grpc::ServerBuilder& builder)
{
    grpc::ResourceQuota quota("pilothouse");
    quota.Resize(kMemoryQuota);
    builder.SetResourceQuota(quota);
    builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
    builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, kMaxStreamsPerConnection);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
    builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    builder.AddChannelArgument(
        GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kClientPingMs);
    builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, kHandshakeMs);
    // A second server on the same port must fail instead of taking every other connection.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

} // namespace

struct RpcServer::State
{
    ReflectionService reflection;
    std::string address;
    /// Shared with the accept loop, which may have one last connection in its hands when this goes.
    std::shared_ptr<grpc::experimental::ExternalConnectionAcceptor> connections;
    std::unique_ptr<grpc::Server> server;
    std::unique_ptr<UnixAcceptor> acceptor;
};

absl::Status RpcServer::check(const RpcServerOptions& options)
{
    PH_RETURN_IF_ERROR(UnixAcceptor::checkPath(options.socket));
    return tryEndpoint(options.host, options.port);
}

absl::StatusOr<std::unique_ptr<RpcServer>> RpcServer::start(
    const RpcServerOptions& options,
    const std::vector<Service*>& services,
    boost::asio::io_context& io)
{
    PH_RETURN_IF_ERROR(check(options));
    grpc::EnableDefaultHealthCheckService(true);
    auto state = std::make_unique<State>();
    grpc::ServerBuilder builder;
    setArguments(builder);
    int port = 0;
    builder.AddListeningPort(joined(options.host, options.port), tlsCredentials(options), &port);
    state->connections = builder.experimental().AddExternalConnectionAcceptor(
        grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD,
        grpc::InsecureServerCredentials());
    std::vector<std::string> names{
        "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"};
    for (Service* service : services) {
        names.push_back(service->name());
        if (const auto missing = service->missingMethods(); !missing.empty()) {
            return absl::InternalError(fmt::format("nothing answers {}", missing.front()));
        }
        builder.RegisterService(service);
    }
    state->reflection.setServices(std::move(names));
    builder.RegisterService(&state->reflection);
    state->server = builder.BuildAndStart();
    if (state->server == nullptr || port == 0) {
        return absl::FailedPreconditionError(
            fmt::format("cannot serve gRPC on {}", joined(options.host, options.port)));
    }
    state->address = joined(options.host, port);
    auto acceptor = UnixAcceptor::listen(
        io, options.socket, [connections = state->connections](int descriptor) {
            grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
            connection.fd = descriptor;
            connections->HandleNewConnection(&connection);
        });
    if (!acceptor.ok()) {
        state->server->Shutdown(std::chrono::system_clock::now());
        return acceptor.status();
    }
    state->acceptor = *std::move(acceptor);
    return std::unique_ptr<RpcServer>(new RpcServer(std::move(state)));
}

RpcServer::RpcServer(std::unique_ptr<State> state) : m_state(std::move(state)) {}

RpcServer::~RpcServer() = default;

const std::string& RpcServer::address() const
{
    return m_state->address;
}

void RpcServer::setServing(bool serving)
{
    m_state->server->GetHealthCheckService()->SetServingStatus(serving);
}

void RpcServer::stop(absl::Duration grace)
{
    m_state->server->GetHealthCheckService()->Shutdown();
    m_state->acceptor.reset();
    m_state->server->Shutdown(std::chrono::system_clock::now() + absl::ToChronoMilliseconds(grace));
}

} // namespace pilothouse::rpc
