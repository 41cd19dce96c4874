// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"
#include "server/config/Config.h"
#include "server/leader/LeaderElection.h"
#include "server/metrics/query/QueryEngine.h"
#include "server/plans/PlanGate.h"
#include "server/platform/executor/Executor.h"
#include "server/platform/rpc/PageTokens.h"
#include "server/platform/rpc/Service.h"
#include "server/rollouts/Driver.h"
#include "server/system/HealthRegistry.h"
#include "shared/base/Clock.h"

#include <prometheus/registry.h>

#include <functional>
#include <memory>
#include <string>

namespace pilothouse::scaling {

/// The scaling capability as one piece. Reports the health component "scaling" when there is a
/// policy.
class ScalingModule
{
public:
    /// What it needs from the server; all of it must outlive the module.
    struct Surroundings
    {
        const config::Scaling& config;
        const Clock& clock;
        postgres::Database& database;
        const audit::AuditLog& audit;
        plans::PlanGate& gate;
        const leader::LeaderElection& leader;
        const metrics::QueryEngine& queries;
        platform::Executor& db;
        system::HealthRegistry& health;
        prometheus::Registry& registry;
        rpc::Guard& guard;
        const rpc::PageTokens& pages;
        /// What carries an application's traffic; null for one that there is not.
        std::function<rollouts::Driver*(const std::string& application)> drivers;
    };

    explicit ScalingModule(const Surroundings& surroundings);
    /// No call of the service may be under way any more.
    ~ScalingModule();
    ScalingModule(const ScalingModule&) = delete;
    ScalingModule& operator=(const ScalingModule&) = delete;

    rpc::Service& service();

private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

} // namespace pilothouse::scaling
