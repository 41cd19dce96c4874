// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"
#include "server/config/Config.h"
#include "server/leader/LeaderElection.h"
#include "server/metrics/query/QueryEngine.h"
#include "server/plans/PlanSettings.h"
#include "server/platform/executor/Executor.h"
#include "server/platform/postgres/Database.h"
#include "server/platform/rpc/PageTokens.h"
#include "server/platform/rpc/Service.h"
#include "server/rollouts/Driver.h"
#include "server/system/HealthRegistry.h"
#include "shared/base/Clock.h"

#include <absl/status/statusor.h>
#include <prometheus/registry.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace pilothouse::rollouts {

/// The rollouts capability as one piece. Reports the health component "rollouts" when there is an
/// application.
class RolloutsModule
{
public:
    /// What it needs from the server; all of it must outlive the module.
    struct Surroundings
    {
        const config::Config& config;
        const Clock& clock;
        postgres::Database& database;
        const audit::AuditLog& audit;
        const leader::LeaderElection& leader;
        const metrics::QueryEngine& queries;
        platform::Executor& db;
        system::HealthRegistry& health;
        prometheus::Registry& registry;
        rpc::Guard& guard;
        const rpc::PageTokens& pages;
        plans::PlanSettings plans;
        std::filesystem::path dataDir;
    };
    /// Connections of its own, for promotions and for rollbacks.
    struct Lanes
    {
        std::unique_ptr<postgres::Database> promotions;
        std::unique_ptr<postgres::Database> rollbacks;
    };

    static absl::StatusOr<std::unique_ptr<RolloutsModule>> start(
        const Surroundings& surroundings, Lanes lanes);
    /// No call of the service may be under way any more.
    ~RolloutsModule();
    RolloutsModule(const RolloutsModule&) = delete;
    RolloutsModule& operator=(const RolloutsModule&) = delete;

    rpc::Service& service();
    /// Of an application; null when there is none. It lives as long as the module.
    Driver* driver(const std::string& application) const;
    /// None without an application.
    std::vector<system::ExecutorStatus> executors() const;
    std::vector<system::PoolStatus> pools() const;

private:
    struct Parts;
    explicit RolloutsModule(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> m_parts;
};

} // namespace pilothouse::rollouts
