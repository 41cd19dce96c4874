// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"
#include "server/config/Config.h"
#include "server/leader/LeaderElection.h"
#include "server/metrics/MetricsModule.h"
#include "server/plans/PlanGate.h"
#include "server/platform/executor/Executor.h"
#include "server/platform/http/Router.h"
#include "server/platform/postgres/Database.h"
#include "server/platform/rpc/Caller.h"
#include "server/platform/rpc/PageTokens.h"
#include "server/platform/rpc/Service.h"
#include "server/system/HealthRegistry.h"
#include "shared/base/Clock.h"

#include <boost/asio/io_context.hpp>
#include <prometheus/registry.h>

#include <memory>
#include <string>

namespace pilothouse::services {

/// The services capability as one piece: the registry, its checks, its answers over gRPC and HTTP.
/// Its instances that show metrics become scrape targets. Reports the health component "services".
class ServicesModule
{
public:
    /// What it needs from the server; all of it must outlive the module.
    struct Surroundings
    {
        const config::Services& config;
        const Clock& clock;
        boost::asio::io_context& io;
        postgres::Database& database;
        const audit::AuditLog& audit;
        plans::PlanGate& gate;
        const leader::LeaderElection& leader;
        metrics::MetricsModule& metrics;
        system::HealthRegistry& health;
        prometheus::Registry& registry;
        rpc::Guard& guard;
        rpc::Authenticator& authenticator;
        const rpc::MethodTable& methods;
        const rpc::PageTokens& pages;
        platform::Executor& db;
        std::string serverId;
    };

    /// Reads the registry and begins to check. Blocks.
    static absl::StatusOr<std::unique_ptr<ServicesModule>> start(const Surroundings& surroundings);
    /// After stop().
    ~ServicesModule();
    ServicesModule(const ServicesModule&) = delete;
    ServicesModule& operator=(const ServicesModule&) = delete;

    rpc::Service& service();
    void addTo(platform::Router& router);
    /// Ends the checks, while the io thread still runs; the db executor must be idle or gone
    /// before the module goes.
    void stop();

private:
    struct Parts;
    explicit ServicesModule(std::shared_ptr<Parts> parts);
    std::shared_ptr<Parts> m_parts;
};

} // namespace pilothouse::services
