// SPDX-License-Identifier: Apache-2.0
#include "server/Application.h"

#include "server/AccessParts.h"
#include "server/ControlDatabase.h"
#include "server/Endpoints.h"
#include "server/IoThread.h"
#include "server/Probes.h"
#include "server/ServerId.h"
#include "server/audit/AuditModule.h"
#include "server/jobs/JobsModule.h"
#include "server/leader/LeaderElection.h"
#include "server/leader/LeaderHealth.h"
#include "server/metrics/MetricsModule.h"
#include "server/metrics/api/PrometheusApi.h"
#include "server/metrics/baseline/BaselineHandler.h"
#include "server/metrics/compaction/CompactionHandler.h"
#include "server/metrics/postgres/PostgresCollector.h"
#include "server/metrics/redis/RedisCollector.h"
#include "server/platform/executor/Executor.h"
#include "server/platform/http/HttpServer.h"
#include "server/platform/process/DataDirectory.h"
#include "server/platform/redis/Redis.h"
#include "server/platform/rpc/CallMetrics.h"
#include "server/platform/rpc/PageTokens.h"
#include "server/platform/rpc/RpcServer.h"
#include "server/platform/telemetry/Instruments.h"
#include "server/rollouts/RolloutsModule.h"
#include "server/scaling/ScalingModule.h"
#include "server/services/ServicesModule.h"
#include "server/system/HealthChecks.h"
#include "server/system/HealthRegistry.h"
#include "server/system/SystemService.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <thread>

namespace pilothouse {

namespace {

constexpr auto kCallGrace = absl::Seconds(3);
constexpr auto kJobGrace = absl::Seconds(4);
constexpr auto kMaintainLimit = absl::Seconds(10);
/// Stopping has ten seconds in all.
constexpr auto kLastMaintainLimit = absl::Seconds(1);
constexpr auto kDatabasePeriod = absl::Seconds(1);
constexpr auto kRedisPeriod = absl::Seconds(2);
constexpr auto kAuditPeriod = absl::Seconds(2);
constexpr auto kLeaderPeriod = absl::Seconds(1);
constexpr auto kDiskPeriod = absl::Seconds(10);
constexpr const char* kControlDatabase = "control-database";
constexpr double kBurst = 2;
/// Connections for promotions, and for rollbacks, that nothing else uses.
constexpr int kRolloutConnections = 2;
/// Each takes 19 MiB and a core for 10 ms; the queue is a second of them.
constexpr int kHashingThreads = 2;
constexpr int kHashingQueue = 100;

std::string hostName()
{
    std::array<char, 256> name{};
    return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

} // namespace

/// In order of dependence: what stands further down may use what stands above, and goes first.
struct Application::Parts
{
    Parts(const config::Config& settings, std::unique_ptr<platform::DataDirectory> directory);

    const config::Config config;
    const Clock& clock = systemClock();
    const absl::Time startTime = clock.now();
    const std::string displayName;
    const std::unique_ptr<platform::DataDirectory> data;
    std::string serverId;
    platform::Instruments instruments;
    IoThread io;
    system::HealthRegistry health;
    system::HealthChecks checks;
    std::unique_ptr<ControlDatabase> control;
    std::unique_ptr<audit::AuditLog> auditLog;
    std::unique_ptr<redis::Redis> redis;

    const rpc::MethodTable methods;
    const rpc::PageTokens pages;
    std::atomic<bool> needsInit{true};
    std::unique_ptr<AccessParts> access;
    std::unique_ptr<rpc::Guard> guard;
    platform::Router router;

    // Work under way refers to what stands above; it ends before any of that goes.
    platform::Executor db;
    platform::Executor work;
    platform::Executor jobThreads;
    platform::Executor hashing;

    std::unique_ptr<audit::AuditModule> audit;
    std::unique_ptr<metrics::MetricsModule> metrics;
    std::unique_ptr<metrics::PrometheusApi> prometheus;
    std::unique_ptr<system::SystemService> system;
    std::unique_ptr<leader::LeaderElection> leader;
    std::unique_ptr<jobs::JobsModule> jobs;
    std::unique_ptr<rollouts::RolloutsModule> rollouts;
    std::unique_ptr<services::ServicesModule> registry;
    std::unique_ptr<scaling::ScalingModule> scaling;
    std::unique_ptr<Ticker> everySecond;
    std::unique_ptr<Ticker> everyHalfMinute;
    std::unique_ptr<Ticker> everyDay;
    Endpoints endpoints;
    std::unique_ptr<rpc::RpcServer> rpc;
    std::unique_ptr<platform::HttpServer> http;

    absl::Status openState();
    absl::Status makeServices();
    absl::Status makeMetrics();
    void makeJobs(JobHandlers extraKinds);
    absl::Status makeRollouts();
    absl::Status makeRegistry();
    void makeScaling();
    void addChecks();
    void startTickers();
    absl::Status serve();
    void stop();
    void stopJobs();
    system::ServerInfo info() const;
    system::Resources resources() const;
};

Application::Parts::Parts(
    const config::Config& settings, std::unique_ptr<platform::DataDirectory> directory)
    : config(settings),
      displayName(settings.server.displayName.empty() ? hostName() : settings.server.displayName),
      data(std::move(directory)),
      health(clock),
      checks(health, clock),
      methods(rpc::contractServices()),
      db("db", settings.executors.dbThreads, settings.executors.dbQueue),
      work("io", settings.executors.ioThreads, settings.executors.ioQueue),
      jobThreads("jobs", settings.executors.jobsThreads, settings.executors.jobsQueue),
      hashing("sign-in", kHashingThreads, kHashingQueue)
{}

system::ServerInfo Application::Parts::info() const
{
    system::ServerInfo info;
    info.version = PILOTHOUSE_VERSION;
    info.apiMajor = system::kApiMajor;
    info.apiMinor = system::kApiMinor;
    info.minimumConsoleVersion = PILOTHOUSE_VERSION;
    info.serverId = serverId;
    info.displayName = displayName;
    info.environment = config.server.environment;
    info.startTime = startTime;
    info.needsInit = needsInit.load();
    return info;
}

system::Resources Application::Parts::resources() const
{
    system::Resources resources;
    resources.pools.push_back(control->database().poolStatus());
    if (redis->absence().empty()) {
        resources.pools.push_back(redis->poolStatus());
    }
    for (const auto* executor : {&db, &work, &jobThreads, &hashing}) {
        resources.executors.push_back(executor->status());
    }
    for (const system::ExecutorStatus& status : audit->executors()) {
        resources.executors.push_back(status);
    }
    for (const system::ExecutorStatus& status : metrics->executors()) {
        resources.executors.push_back(status);
    }
    for (const system::PoolStatus& status : rollouts->pools()) {
        resources.pools.push_back(status);
    }
    for (const system::ExecutorStatus& status : rollouts->executors()) {
        resources.executors.push_back(status);
    }
    const leader::Leader who = leader->leader();
    resources.leader = {who.host, who.serverId, who.fence, who.isThisServer};
    return resources;
}

absl::Status Application::Parts::openState()
{
    PH_ASSIGN_OR_RETURN(serverId, serverIdIn(data->path()));
    PH_ASSIGN_OR_RETURN(endpoints, Endpoints::prepare(config, data->path(), clock));
    PH_ASSIGN_OR_RETURN(
        control, ControlDatabase::open(config, *data, instruments.registry(), [this] {
            checks.checkNow(kControlDatabase);
        }));
    auditLog = std::make_unique<audit::AuditLog>(control->database());
    PH_ASSIGN_OR_RETURN(redis, redis::Redis::open(config.redis, config.database.user, *data));
    return absl::OkStatus();
}

absl::Status Application::Parts::makeServices()
{
    access = std::make_unique<AccessParts>(AccessParts::Ground{
        config, displayName, clock, control->database(), *auditLog, methods, pages, db, hashing});
    PH_RETURN_IF_ERROR(access->load());
    PH_ASSIGN_OR_RETURN(const bool hasOperators, access->accounts().hasOperators());
    needsInit.store(!hasOperators);
    rpc::Guard::Limits limits;
    limits.callsPerSecond = config.grpc.operatorRate;
    limits.burst = kBurst * config.grpc.operatorRate;
    guard = std::make_unique<rpc::Guard>(
        methods, access->sessions(), rpc::callMetrics(instruments.registry()), clock, limits);
    access->makeServices(*guard);
    audit = std::make_unique<audit::AuditModule>(audit::AuditModule::Parts{
        control->database(),
        *auditLog,
        config.audit,
        clock,
        instruments.registry(),
        *guard,
        pages,
        db});
    system = std::make_unique<system::SystemService>(
        *guard,
        health,
        clock,
        system::SystemService::Ports{[this] { return info(); }, [this] { return resources(); }});
    addProbes(router, health, instruments);
    return makeMetrics();
}

absl::Status Application::Parts::makeMetrics()
{
    PH_ASSIGN_OR_RETURN(
        metrics,
        metrics::MetricsModule::start(
            {config, clock, instruments.registry(), health, *guard, hostName()}));
    metrics->addCollector(std::make_unique<metrics::PostgresCollector>(control->database(), clock));
    if (redis->absence().empty()) {
        metrics->addCollector(std::make_unique<metrics::RedisCollector>(*redis, clock));
    }
    prometheus = std::make_unique<metrics::PrometheusApi>(
        metrics->queries(),
        clock,
        metrics::ApiBuildInfo{PILOTHOUSE_VERSION, {}, {}},
        metrics::PrometheusApi::Sources{
            [this] { return metrics->targets().targets(); },
            [this] { return metrics->store().metrics(); }});
    prometheus->addTo(router);
    return absl::OkStatus();
}

void Application::Parts::makeJobs(JobHandlers extraKinds)
{
    leader = std::make_unique<leader::LeaderElection>(
        control->database(),
        clock,
        leader::LeaderElection::Options{serverId, hostName(), config.leader.lease});
    JobHandlers kinds = std::move(extraKinds);
    kinds.push_back(std::make_shared<metrics::BaselineHandler>(
        metrics->queries(), metrics->store(), control->database(), clock));
    kinds.push_back(std::make_shared<metrics::CompactionHandler>(metrics->storage()));
    jobs = jobs::JobsModule::start(
        {config,
         clock,
         control->database(),
         *auditLog,
         *leader,
         jobThreads,
         db,
         health,
         *guard,
         pages,
         serverId,
         hostName()},
        std::move(kinds));
}

absl::Status Application::Parts::makeRollouts()
{
    const int connections = config.rollouts.applications.empty() ? 0 : kRolloutConnections;
    rollouts::RolloutsModule::Lanes lanes;
    PH_ASSIGN_OR_RETURN(
        lanes.promotions, control->openLane("rollouts", connections, instruments.registry()));
    PH_ASSIGN_OR_RETURN(
        lanes.rollbacks, control->openLane("rollback", connections, instruments.registry()));
    PH_ASSIGN_OR_RETURN(
        rollouts,
        rollouts::RolloutsModule::start(
            {config,
             clock,
             control->database(),
             *auditLog,
             *leader,
             metrics->queries(),
             db,
             health,
             instruments.registry(),
             *guard,
             pages,
             access->planSettings(),
             data->path()},
            std::move(lanes)));
    return absl::OkStatus();
}

absl::Status Application::Parts::makeRegistry()
{
    PH_ASSIGN_OR_RETURN(
        registry,
        services::ServicesModule::start(
            {config.services,
             clock,
             io.context(),
             control->database(),
             *auditLog,
             access->gate(),
             *leader,
             *metrics,
             health,
             instruments.registry(),
             *guard,
             access->sessions(),
             methods,
             pages,
             db,
             serverId}));
    registry->addTo(router);
    return absl::OkStatus();
}

void Application::Parts::makeScaling()
{
    scaling = std::make_unique<scaling::ScalingModule>(scaling::ScalingModule::Surroundings{
        config.scaling,
        clock,
        control->database(),
        *auditLog,
        access->gate(),
        *leader,
        metrics->queries(),
        db,
        health,
        instruments.registry(),
        *guard,
        pages,
        [this](const std::string& application) { return rollouts->driver(application); }});
}

void Application::Parts::addChecks()
{
    checks.add(kControlDatabase, kDatabasePeriod, [this] { return control->check(); });
    checks.add("redis", kRedisPeriod, [this] {
        auto found = redis->check();
        // A cache that is away costs time, not answers.
        found.state = std::min(found.state, system::HealthState::Degraded);
        return found;
    });
    checks.add("audit", kAuditPeriod, [this] { return audit->health(); });
    checks.add("leader", kLeaderPeriod, [this] { return leader::healthOf(leader->leader()); });
    checks.add("disk", kDiskPeriod, [folder = data->path().string()] {
        return system::checkDisk(folder);
    });
}

void Application::Parts::startTickers()
{
    everySecond = std::make_unique<Ticker>(io.context(), absl::Seconds(1), [this] {
        checks.tick();
        system->tick();
        access->tick();
        if (needsInit.load()) {
            db.submit([this] {
                  needsInit.store(!access->accounts().hasOperators().value_or(false));
              }).IgnoreError();
        }
    });
    everyHalfMinute = std::make_unique<Ticker>(io.context(), absl::Seconds(30), [this] {
        // A full executor only means that the next half minute does it.
        db.submit([this] { access->maintain(kMaintainLimit); }).IgnoreError();
    });
    everyDay = std::make_unique<Ticker>(io.context(), absl::Hours(24), [this] {
        work.submit([this] {
                if (const auto status = renewCertificates(config, data->path(), clock);
                    !status.ok()) {
                    spdlog::error("the certificate was not renewed: {}", describe(status));
                }
            })
            .IgnoreError();
    });
}

absl::Status Application::Parts::serve()
{
    PH_ASSIGN_OR_RETURN(http, platform::HttpServer::start(io.context(), endpoints.http, router));
    std::vector<rpc::Service*> services{
        system.get(),
        &metrics->service(),
        &audit->service(),
        &jobs->service(),
        &rollouts->service(),
        &registry->service(),
        &scaling->service()};
    std::ranges::copy(access->services(), std::back_inserter(services));
    PH_ASSIGN_OR_RETURN(rpc, rpc::RpcServer::start(endpoints.rpc, services, io.context()));
    startTickers();
    rpc->setServing(true);
    return absl::OkStatus();
}

/// From the outside in: callers first, then what works for them, then where state lies.
void Application::Parts::stop()
{
    if (guard != nullptr) {
        guard->stop();
    }
    everySecond.reset();
    everyHalfMinute.reset();
    everyDay.reset();
    http.reset();
    if (rpc != nullptr) {
        rpc->setServing(false);
        system->tick(); // streams see at once that the server is stopping
        rpc->stop(kCallGrace);
    }
    stopJobs();
    if (registry != nullptr) {
        registry->stop();
    }
    checks.stop();
    if (access != nullptr) {
        access->sessions()
            .maintain(kLastMaintainLimit)
            .IgnoreError(); // the last uses; without the database they are lost
    }
    if (audit != nullptr) {
        audit->stop();
    }
    // What was posted for the connections still refers to parts: the thread ends before they go.
    io.stop();
}

void Application::Parts::stopJobs()
{
    if (jobs == nullptr) {
        return;
    }
    // A handler that does not stop may use anything: nothing can go before it. The process ends
    // anyway when the time for stopping is over, and another server takes its task.
    while (jobs->stop(kJobGrace) > 0) {
        spdlog::error("a job does not stop");
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
    }
}

absl::StatusOr<std::unique_ptr<Application>> Application::start(
    const config::Config& config, JobHandlers extraKinds)
{
    PH_ASSIGN_OR_RETURN(auto data, platform::DataDirectory::open(config.dataDir));
    auto parts = std::make_unique<Parts>(config, std::move(data));
    auto application = std::unique_ptr<Application>(new Application(std::move(parts)));
    Parts& all = *application->m_parts;
    PH_RETURN_IF_ERROR(all.openState());
    PH_RETURN_IF_ERROR(all.makeServices());
    all.makeJobs(std::move(extraKinds));
    PH_RETURN_IF_ERROR(all.makeRollouts());
    PH_RETURN_IF_ERROR(all.makeRegistry());
    all.makeScaling();
    all.addChecks();
    PH_RETURN_IF_ERROR(all.serve());
    return application;
}

Application::Application(std::unique_ptr<Parts> parts) : m_parts(std::move(parts)) {}

Application::~Application()
{
    m_parts->stop();
}

std::string Application::readyLine() const
{
    return fmt::format(
        "ready grpc={} http={} socket={}",
        m_parts->rpc->address(),
        m_parts->http->address(),
        m_parts->endpoints.rpc.socket.string());
}

} // namespace pilothouse
