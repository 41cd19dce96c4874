// SPDX-License-Identifier: Apache-2.0
// How the modules of the server are made, each from what it needs of those before it.
#include "server/ApplicationParts.h"
#include "server/Probes.h"
#include "server/ServerId.h"
#include "server/metrics/baseline/BaselineHandler.h"
#include "server/metrics/compaction/CompactionHandler.h"
#include "server/metrics/postgres/PostgresCollector.h"
#include "server/metrics/redis/RedisCollector.h"
#include "server/platform/rpc/CallMetrics.h"
#include "shared/base/StatusHelpers.h"

namespace pilothouse {

namespace {

constexpr double kBurst = 2;
/// Connections for promotions, and for rollbacks, that nothing else uses.
constexpr int kRolloutConnections = 2;

} // namespace

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
            {config, clock, instruments.registry(), health, *guard, host}));
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
        leader::LeaderElection::Options{serverId, host, config.leader.lease});
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
         host},
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

} // namespace pilothouse
