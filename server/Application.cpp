// SPDX-License-Identifier: Apache-2.0
#include "server/Application.h"

#include "server/DataDirectory.h"
#include "server/IoThread.h"
#include "server/Probes.h"
#include "server/config/Values.h"
#include "server/platform/crypto/Certificates.h"
#include "server/platform/executor/Executor.h"
#include "server/platform/http/HttpServer.h"
#include "server/platform/rpc/CallMetrics.h"
#include "server/platform/rpc/RpcServer.h"
#include "server/platform/telemetry/Instruments.h"
#include "server/system/HealthRegistry.h"
#include "server/system/SystemService.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <fstream>

namespace pilothouse {

namespace {

constexpr auto kCallGrace = absl::Seconds(3);

std::string hostName()
{
    std::array<char, 256> name{};
    return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

/// Until operators can sign in, no token is good.
class NoSessions final : public rpc::Authenticator
{
public:
    absl::StatusOr<rpc::CallerPtr> find(std::string_view) override
    {
        return absl::UnauthenticatedError("the session is unknown");
    }
    void look(std::string, std::function<void(absl::StatusOr<rpc::CallerPtr>)> done) override
    {
        done(absl::UnauthenticatedError("the session is unknown"));
    }
};

absl::StatusOr<std::string> readToken(const std::filesystem::path& file)
{
    std::string token;
    if (std::ifstream stream(file); !std::getline(stream, token) || token.empty()) {
        return withHint(
            absl::FailedPreconditionError(fmt::format("{} holds no token", file.string())),
            "Write a long random word into the file of http.token_file.");
    }
    return token;
}

absl::StatusOr<platform::TlsFiles> tlsFiles(
    const config::Grpc& grpc, const DataDirectory& data, const Clock& clock)
{
    if (grpc.certificateFile.empty()) {
        return platform::ensureCertificates(data.tls(), clock);
    }
    PH_RETURN_IF_ERROR(platform::checkCertificate(grpc.certificateFile, grpc.keyFile, clock));
    return platform::TlsFiles{grpc.certificateFile, grpc.keyFile, {}};
}

} // namespace

/// In order of dependence: what stands further down may use what stands above, and goes first.
struct Application::Parts
{
    Parts(const config::Config& settings, DataDirectory directory)
        : config(settings),
          data(std::move(directory)),
          db("db", settings.executors.dbThreads, settings.executors.dbQueue),
          work("io", settings.executors.ioThreads, settings.executors.ioQueue),
          jobs("jobs", settings.executors.jobsThreads, settings.executors.jobsQueue),
          health(clock),
          methods(rpc::contractServices())
    {}

    const config::Config config;
    const Clock& clock = systemClock();
    const absl::Time startTime = clock.now();
    DataDirectory data;
    platform::Instruments instruments;
    IoThread io;
    platform::Executor db;
    platform::Executor work;
    platform::Executor jobs;
    system::HealthRegistry health;
    const rpc::MethodTable methods;
    NoSessions sessions;
    std::unique_ptr<rpc::Guard> guard;
    std::unique_ptr<system::SystemService> system;
    platform::Router router;
    std::unique_ptr<Ticker> ticker;
    platform::TlsFiles tls;
    std::unique_ptr<rpc::RpcServer> rpc;
    std::unique_ptr<platform::HttpServer> http;

    absl::Status makeServices();
    absl::Status serve();
    system::ServerInfo info() const;
    system::Resources resources() const;
};

system::ServerInfo Application::Parts::info() const
{
    system::ServerInfo info;
    info.version = PILOTHOUSE_VERSION;
    info.apiMajor = system::kApiMajor;
    info.apiMinor = system::kApiMinor;
    info.minimumConsoleVersion = PILOTHOUSE_VERSION;
    info.serverId = data.serverId();
    info.displayName = config.server.displayName.empty() ? hostName() : config.server.displayName;
    info.environment = config.server.environment;
    info.startTime = startTime;
    return info;
}

system::Resources Application::Parts::resources() const
{
    system::Resources resources;
    for (const auto* executor : {&db, &work, &jobs}) {
        resources.executors.push_back(executor->status());
    }
    return resources;
}

absl::Status Application::Parts::makeServices()
{
    guard = std::make_unique<rpc::Guard>(
        methods, sessions, rpc::callMetrics(instruments.registry()), clock, rpc::Guard::Limits{});
    system = std::make_unique<system::SystemService>(
        *guard,
        health,
        clock,
        system::SystemService::Ports{[this] { return info(); }, [this] { return resources(); }});
    addProbes(router, health, instruments);
    ticker = std::make_unique<Ticker>(io.context(), absl::Seconds(1), [this] { system->tick(); });
    return absl::OkStatus();
}

absl::Status Application::Parts::serve()
{
    PH_ASSIGN_OR_RETURN(tls, tlsFiles(config.grpc, data, clock));
    PH_ASSIGN_OR_RETURN(const auto grpcEndpoint, config::parseHostPort(config.grpc.listen));
    PH_ASSIGN_OR_RETURN(const auto httpEndpoint, config::parseHostPort(config.http.listen));
    const bool isOpen = !config::isLoopbackHost(httpEndpoint.host);
    if (isOpen && (!config.http.tls || config.http.tokenFile.empty())) {
        return withHint(
            absl::FailedPreconditionError(fmt::format(
                "the HTTP side would be open to the network on {} without TLS and token",
                config.http.listen)),
            "Set http.tls and http.token_file, or listen on 127.0.0.1.");
    }
    platform::HttpServerOptions options{httpEndpoint.host, httpEndpoint.port, {}, {}, {}};
    options.guard.hosts = config.http.allowedHosts;
    options.guard.hosts.push_back(httpEndpoint.host);
    if (!config.http.tokenFile.empty()) {
        PH_ASSIGN_OR_RETURN(options.guard.token, readToken(config.http.tokenFile));
    }
    if (config.http.tls) {
        options.certificate = tls.certificate;
        options.key = tls.key;
    }
    PH_ASSIGN_OR_RETURN(
        http, platform::HttpServer::start(io.context(), std::move(options), router));
    PH_ASSIGN_OR_RETURN(
        rpc,
        rpc::RpcServer::start(
            {grpcEndpoint.host,
             grpcEndpoint.port,
             tls.certificate,
             tls.key,
             config.grpc.clientCaFile,
             data.socket()},
            {system.get()},
            io.context()));
    rpc->setServing(true);
    return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Application>> Application::start(const config::Config& config)
{
    PH_ASSIGN_OR_RETURN(auto data, DataDirectory::open(config.dataDir));
    auto parts = std::make_unique<Parts>(config, std::move(data));
    auto application = std::unique_ptr<Application>(new Application(std::move(parts)));
    PH_RETURN_IF_ERROR(application->m_parts->makeServices());
    PH_RETURN_IF_ERROR(application->m_parts->serve());
    return application;
}

Application::Application(std::unique_ptr<Parts> parts) : m_parts(std::move(parts)) {}

Application::~Application()
{
    if (m_parts->guard != nullptr) {
        m_parts->guard->stop();
    }
    m_parts->http.reset();
    if (m_parts->rpc != nullptr) {
        m_parts->rpc->setServing(false);
        if (m_parts->system != nullptr) {
            m_parts->system->tick(); // streams see at once that the server is stopping
        }
        m_parts->rpc->stop(kCallGrace);
    }
    m_parts->ticker.reset();
    // What was posted for the connections still refers to parts: the thread ends before they go.
    m_parts->io.stop();
}

std::string Application::readyLine() const
{
    return fmt::format(
        "ready grpc={} http={} socket={}",
        m_parts->rpc->address(),
        m_parts->http->address(),
        m_parts->data.socket().string());
}

} // namespace pilothouse
