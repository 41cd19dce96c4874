// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/AccessParts.h"
#include "server/Application.h"
#include "server/ControlDatabase.h"
#include "server/Endpoints.h"
#include "server/IoThread.h"
#include "server/audit/AuditModule.h"
#include "server/jobs/JobsModule.h"
#include "server/leader/LeaderElection.h"
#include "server/metrics/MetricsModule.h"
#include "server/metrics/api/PrometheusApi.h"
#include "server/platform/executor/Executor.h"
#include "server/platform/http/HttpServer.h"
#include "server/platform/process/DataDirectory.h"
#include "server/platform/redis/Redis.h"
#include "server/platform/rpc/PageTokens.h"
#include "server/platform/rpc/RpcServer.h"
#include "server/platform/telemetry/Instruments.h"
#include "server/rollouts/RolloutsModule.h"
#include "server/scaling/ScalingModule.h"
#include "server/services/ServicesModule.h"
#include "server/system/HealthChecks.h"
#include "server/system/HealthRegistry.h"
#include "server/system/SystemService.h"

#include <atomic>
#include <memory>
#include <string>

namespace pilothouse {

/// Of the components of the health, the one that is looked at as soon as a call fails.
inline constexpr const char* kControlDatabase = "control-database";

/// In order of dependence: what stands further down may use what stands above, and goes first.
struct Application::Parts
{
    Parts(const config::Config& settings, std::unique_ptr<platform::DataDirectory> directory);

    const config::Config config;
    const Clock& clock = systemClock();
    const absl::Time startTime = clock.now();
    const std::string host;
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

} // namespace pilothouse
