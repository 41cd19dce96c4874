// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"
#include "server/jobs/JobEngine.h"
#include "server/jobs/JobListener.h"
#include "server/jobs/Jobs.h"
#include "server/jobs/LeaderDuties.h"
#include "server/jobs/Schedules.h"
#include "server/leader/LeaderElection.h"
#include "tests/support/jobs/ScriptedHandler.h"

#include <prometheus/registry.h>

#include <memory>
#include <string>
#include <vector>

namespace pilothouse::test {

/// One "server" as far as jobs are concerned, on a database that others may share.
class EngineHost
{
public:
    struct Options
    {
        std::string url;
        std::string serverId = "server-a";
        absl::Duration lease = absl::Seconds(2);
        absl::Duration leaderLease = absl::Seconds(2);
        int threads = 4;
        int prefetch = 64;
        std::vector<ScriptedHandler::Options> kinds = {ScriptedHandler::Options()};
    };

    /// The database has its schema already.
    static absl::StatusOr<std::unique_ptr<EngineHost>> start(const Options& options);
    ~EngineHost();

    postgres::Database& database() { return *m_database; }
    jobs::Jobs& jobs() { return m_parts->jobs; }
    jobs::JobQueries& queries() { return m_parts->queries; }
    jobs::JobRecords& records() { return m_parts->records; }
    jobs::Schedules& schedules() { return m_parts->schedules; }
    jobs::JobEngine& engine() { return m_parts->engine; }
    leader::LeaderElection& election() { return m_parts->election; }
    platform::Executor& executor() { return m_parts->executor; }
    ScriptedHandler& handler(std::size_t index = 0) { return *m_handlers[index]; }
    /// Handlers that hang are let go first.
    void stop();

    /// Makes a job of the first kind; 0 when that failed.
    std::int64_t create(const jobs::Parameters& parameters, int priority = 0);
    std::string state(std::int64_t job);

private:
    struct Parts
    {
        Parts(EngineHost& host, const Options& options);
        system::HealthRegistry health;
        audit::AuditLog audit;
        platform::Executor executor;
        jobs::JobQueries queries;
        jobs::JobRecords records;
        jobs::JobEngine engine;
        jobs::Jobs jobs;
        jobs::Schedules schedules;
        jobs::JobListener listener;
        leader::LeaderElection election;
        jobs::LeaderDuties duties;
    };

    prometheus::Registry m_registry;
    std::unique_ptr<postgres::Database> m_database;
    std::vector<std::shared_ptr<ScriptedHandler>> m_handlers;
    jobs::JobKinds m_kinds;
    std::unique_ptr<Parts> m_parts;
};

} // namespace pilothouse::test
