// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/JobsModule.h"

#include "server/jobs/HistoryHandler.h"
#include "server/jobs/JobEngine.h"
#include "server/jobs/JobFeed.h"
#include "server/jobs/JobListener.h"
#include "server/jobs/JobsService.h"
#include "server/jobs/LeaderDuties.h"
#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>
#include <spdlog/spdlog.h>

namespace pilothouse::jobs {

namespace {

constexpr absl::Duration kProvideLimit = absl::Seconds(5);

JobKinds kindsOf(postgres::Database& database, std::vector<std::shared_ptr<JobHandler>> handlers)
{
    JobKinds kinds;
    kinds.add(std::make_shared<HistoryHandler>(database));
    for (auto& handler : handlers) {
        kinds.add(std::move(handler));
    }
    return kinds;
}

JobEngine::Options optionsOf(const JobsModule::Surroundings& around)
{
    JobEngine::Options options;
    options.serverId = around.serverId;
    options.host = around.host;
    options.lease = around.config.jobs.lease;
    options.threads = around.config.executors.jobsThreads;
    options.prefetch = around.config.executors.jobsQueue;
    return options;
}

} // namespace

/// In order of dependence: what stands further down uses what stands above, and goes first.
struct JobsModule::Parts
{
    Parts(const Surroundings& around, std::vector<std::shared_ptr<JobHandler>> handlers)
        : kinds(kindsOf(around.database, std::move(handlers))),
          queries(around.database),
          records(around.database),
          feed(queries, records, around.clock),
          engine(
              {around.database,
               kinds,
               records,
               around.executor,
               around.health,
               around.clock,
               [this] { feed.wake(); }},
              optionsOf(around)),
          jobs(around.database, kinds, around.audit, engine, [this] { feed.wake(); }),
          schedules(around.database, kinds, around.audit, around.clock),
          listener(
              around.database,
              {[this] {
                   engine.wakeForWork();
                   feed.wake();
               },
               [this] {
                   engine.wakeForStops();
                   feed.wake();
               }}),
          duties(around.leader, around.database, jobs),
          service(
              around.guard,
              {kinds, jobs, queries, records, schedules, feed, around.pages, around.db})
    {}

    const JobKinds kinds;
    JobQueries queries;
    JobRecords records;
    JobFeed feed;
    JobEngine engine;
    Jobs jobs;
    Schedules schedules;
    JobListener listener;
    LeaderDuties duties;
    JobsService service;
};

std::unique_ptr<JobsModule> JobsModule::start(
    const Surroundings& surroundings, std::vector<std::shared_ptr<JobHandler>> handlers)
{
    auto parts = std::make_unique<Parts>(surroundings, std::move(handlers));
    const absl::Status provided =
        parts->schedules.provide(HistoryHandler::schedule(), absl::Now() + kProvideLimit);
    if (!provided.ok()) {
        spdlog::warn("the schedule of jobs.retention was not made: {}", describe(provided));
    }
    return std::unique_ptr<JobsModule>(new JobsModule(std::move(parts)));
}

JobsModule::JobsModule(std::unique_ptr<Parts> parts) : m_parts(std::move(parts)) {}

JobsModule::~JobsModule() = default;

rpc::Service& JobsModule::service()
{
    return m_parts->service;
}

Jobs& JobsModule::jobs()
{
    return m_parts->jobs;
}

int JobsModule::stop(absl::Duration limit)
{
    return m_parts->engine.stop(limit);
}

} // namespace pilothouse::jobs
