// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"
#include "server/config/Config.h"
#include "server/jobs/JobHandler.h"
#include "server/jobs/Jobs.h"
#include "server/leader/LeaderElection.h"
#include "server/platform/executor/Executor.h"
#include "server/platform/postgres/Database.h"
#include "server/platform/rpc/PageTokens.h"
#include "server/platform/rpc/Service.h"
#include "server/system/HealthRegistry.h"
#include "shared/base/Clock.h"

#include <memory>
#include <string>
#include <vector>

namespace pilothouse::jobs {

/// The jobs capability as one piece: stores, runs, schedules, answers and streams. Reports the
/// health component "jobs".
class JobsModule
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
        platform::Executor& executor;
        platform::Executor& db;
        system::HealthRegistry& health;
        rpc::Guard& guard;
        const rpc::PageTokens& pages;
        std::string serverId;
        std::string host;
    };

    /// Begins to run jobs of these kinds and of its own.
    static std::unique_ptr<JobsModule> start(
        const Surroundings& surroundings, std::vector<std::shared_ptr<JobHandler>> handlers);
    /// No call of the service may be under way any more.
    ~JobsModule();
    JobsModule(const JobsModule&) = delete;
    JobsModule& operator=(const JobsModule&) = delete;

    rpc::Service& service();
    /// For other capabilities: to start jobs and to look after them.
    Jobs& jobs();
    /// Gives what runs back to the queue; answers how many handlers do not stop. While there are
    /// any, nothing that they may use can be destroyed.
    int stop(absl::Duration limit);

private:
    struct Parts;
    explicit JobsModule(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> m_parts;
};

} // namespace pilothouse::jobs
