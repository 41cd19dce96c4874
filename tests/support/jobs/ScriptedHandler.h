// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/jobs/JobHandler.h"
#include "server/platform/postgres/Database.h"

#include <atomic>
#include <functional>
#include <map>
#include <mutex>

namespace pilothouse::test {

/// A kind of job that does what its parameters say, and records each effect in the table
/// test_effects while it holds the task.
///   shape: "1" (one task), "chain:3", "fan:10" (n beside each other, then one)
///   act: "work", "fail" (worth retrying), "refuse" (not), "throw", "hang" (deaf), "wait" (until
///        stopped), "fail-once"; `on`: the task that acts so, the others work
///   millis: how long work takes
class ScriptedHandler final : public jobs::JobHandler
{
public:
    struct Options
    {
        std::string name = "test.script";
        int concurrency = 0;
        absl::Duration timeout = absl::Minutes(5);
        absl::Duration grace = absl::Seconds(1);
        int maxAttempts = 3;
    };

    ScriptedHandler(postgres::Database& database, Options options);

    const jobs::Kind& kind() const override { return m_kind; }
    absl::StatusOr<jobs::JobPlan> plan(const jobs::Parameters& parameters) const override;
    absl::Status run(jobs::TaskContext& context) override;
    absl::Duration grace() const override { return m_options.grace; }

    /// Lets handlers go that hang.
    void release() { m_isReleased.store(true); }
    int running() const { return m_running.load(); }
    int mostAtOnce() const { return m_most.load(); }

    static absl::Status createTable(postgres::Database& database);

private:
    absl::Status act(jobs::TaskContext& context, const std::string& what);
    absl::Status record(jobs::TaskContext& context);

    postgres::Database& m_database;
    const Options m_options;
    const jobs::Kind m_kind;
    std::atomic<bool> m_isReleased{false};
    std::atomic<int> m_running{0};
    std::atomic<int> m_most{0};
};

} // namespace pilothouse::test
