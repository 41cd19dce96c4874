// SPDX-License-Identifier: Apache-2.0
#include "server/Application.h"

#include "server/ApplicationParts.h"
#include "server/leader/LeaderHealth.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
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
/// Each takes 19 MiB and a core for 10 ms; the queue is a second of them.
constexpr int kHashingThreads = 2;
constexpr int kHashingQueue = 100;

std::string hostName()
{
    std::array<char, 256> name{};
    return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

} // namespace

Application::Parts::Parts(
    const config::Config& settings, std::unique_ptr<platform::DataDirectory> directory)
    : config(settings),
      host(hostName()),
      displayName(settings.server.displayName.empty() ? host : settings.server.displayName),
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
