// SPDX-License-Identifier: Apache-2.0
#include "server/services/ServicesModule.h"

#include "server/platform/postgres/Revisions.h"
#include "server/services/BeatExchange.h"
#include "server/services/Checker.h"
#include "server/services/RegistryDrafts.h"
#include "server/services/RegistryHttp.h"
#include "server/services/RegistryService.h"
#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <future>

namespace pilothouse::services {

namespace {

/// Checks begin, heartbeats are missed and watchers are told this often.
constexpr auto kTick = std::chrono::milliseconds(50);
constexpr int kTicksInSecond = 20;
constexpr int kTicksOfReaper = 5 * kTicksInSecond;
constexpr absl::Duration kLimit = absl::Seconds(5);
constexpr absl::Duration kLateChecks = absl::Seconds(2);
/// How many instances a health message names.
constexpr std::size_t kNamed = 3;
constexpr std::size_t kEverything = 1UL << 30U;

Checker::Options optionsOf(const config::Services& config)
{
    return {config.concurrentChecks, config.caFile};
}

/// The labels that tell an instance's series apart from those of others.
metrics::TargetGroup groupOf(const InstanceSpec& spec)
{
    metrics::TargetGroup group;
    group.targets = {spec.address};
    group.labels = {{"service", spec.key.service}, {"instance_id", spec.key.id}};
    if (!spec.version.empty()) {
        group.labels["version"] = spec.version;
    }
    if (!spec.colour.empty()) {
        group.labels["colour"] = spec.colour;
    }
    group.labels["__metrics_path__"] = spec.metricsPath;
    return group;
}

} // namespace

/// In order of dependence: what stands further down uses what stands above, and goes first.
struct ServicesModule::Parts : std::enable_shared_from_this<Parts>
{
    explicit Parts(const Surroundings& outside)
        : around(outside),
          strategy(strategyOf(around.config.strategy).value_or(Strategy::PowerOfTwo)),
          metrics(around.registry),
          feed(around.clock),
          registry(around.clock, feed, metrics),
          registrations(
              around.database, around.audit, around.gate, registry, around.config.maxInstances),
          exchange(around.database, registry, around.serverId),
          revisions(around.database),
          checker(around.io, registry, metrics, around.clock, optionsOf(around.config)),
          service(around.guard, {registry, registrations, feed, around.pages, around.db, strategy}),
          http(
              {registry,
               registrations,
               feed,
               around.authenticator,
               around.methods,
               around.audit,
               around.clock,
               around.db,
               strategy}),
          timer(around.io)
    {
        revisions.add(kRevision, [this](std::int64_t revision) {
            return registrations.load(revision, around.clock.now() + kLimit);
        });
    }

    absl::Status sync();
    void arm();
    void tick();
    void second();
    void reap();
    void showTargets();
    void reportHealth();
    void onDb(std::atomic<bool>& isBusy, std::function<void()> work);

    const Surroundings around;
    /// Of Resolve calls that name none.
    const Strategy strategy;
    RegistryMetrics metrics;
    RegistryFeed feed;
    Registry registry;
    Registrations registrations;
    BeatExchange exchange;
    postgres::RevisionPoll revisions;
    Checker checker;
    RegistryService service;
    RegistryHttp http;
    boost::asio::steady_timer timer;

    bool isStopped = false;
    int ticks = 0;
    std::int64_t shownTargets = -1;
    std::atomic<bool> isSyncing{false};
    std::atomic<bool> isReaping{false};
    /// Nanoseconds on the monotonic clock.
    std::atomic<std::int64_t> lastSync{0};
};

absl::Status ServicesModule::Parts::sync()
{
    PH_RETURN_IF_ERROR(revisions.poll(around.clock.now() + kLimit));
    PH_RETURN_IF_ERROR(exchange.run(around.clock.now() + kLimit));
    lastSync.store(absl::ToInt64Nanoseconds(around.clock.monotonic()));
    return absl::OkStatus();
}

void ServicesModule::Parts::arm()
{
    timer.expires_after(kTick);
    timer.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (!error && !self->isStopped) {
            self->tick();
            self->arm();
        }
    });
}

void ServicesModule::Parts::tick()
{
    checker.tick();
    registry.tick();
    ++ticks;
    if (ticks % kTicksInSecond == 0) {
        second();
    }
    if (ticks % kTicksOfReaper == 0) {
        reap();
    }
    feed.flush();
}

void ServicesModule::Parts::second()
{
    registry.measure();
    showTargets();
    reportHealth();
    onDb(isSyncing, [this] {
        if (const absl::Status status = sync(); !status.ok()) {
            spdlog::debug("the registry was not synchronised: {}", describe(status));
        }
    });
}

void ServicesModule::Parts::onDb(std::atomic<bool>& isBusy, std::function<void()> work)
{
    if (isBusy.exchange(true)) {
        return; // the one before is still waiting for the database
    }
    const absl::Status submitted =
        around.db.submit([self = shared_from_this(), &isBusy, work = std::move(work)] {
            work();
            isBusy.store(false);
        });
    if (!submitted.ok()) {
        isBusy.store(false); // a full executor only means that a later turn does it
    }
}

void ServicesModule::Parts::reap()
{
    const auto fence = around.leader.fence();
    if (!fence || registry.unhealthyFor(around.config.removeAfter).empty()) {
        return;
    }
    onDb(isReaping, [this, fence = *fence] {
        const absl::Status status =
            registrations.removeDead(fence, around.config.removeAfter, around.clock.now() + kLimit);
        // Losing the lead and a database that is away are told elsewhere.
        if (!status.ok() && !absl::IsAborted(status) && !absl::IsUnavailable(status)) {
            spdlog::warn("instances that are gone were not removed: {}", describe(status));
        }
    });
}

void ServicesModule::Parts::showTargets()
{
    const std::int64_t generation = registry.generation();
    if (std::exchange(shownTargets, generation) == generation) {
        return;
    }
    std::vector<metrics::DiscoveredTargets> found;
    for (const StoredInstance& stored : registry.stored()) {
        const InstanceSpec& spec = stored.spec;
        if (spec.metricsPath.empty()) {
            continue;
        }
        config::ScrapeJob job;
        job.job = spec.key.service;
        job.interval = around.config.scrapeInterval;
        job.timeout = std::min(job.timeout, job.interval);
        found.push_back({std::move(job), groupOf(spec)});
    }
    around.metrics.setDiscovered(std::move(found));
}

void ServicesModule::Parts::reportHealth()
{
    std::size_t unhealthy = 0;
    std::size_t total = 0;
    std::string named;
    for (const auto& shown : feed.list({}, {}, kEverything)) {
        ++total;
        if (shown->state == InstanceState::Unhealthy && unhealthy++ < kNamed) {
            named += fmt::format("; {}: {}", shown->spec.key.text(), shown->problem);
        }
    }
    std::string message;
    if (unhealthy > 0) {
        message = fmt::format("{} of {} instances unhealthy{}", unhealthy, total, named);
    }
    if (const absl::Duration lag = checker.lag(); lag > kLateChecks) {
        message += fmt::format(
            "{}health checks are {} late: raise services.concurrent_checks or their intervals",
            message.empty() ? "" : "; ",
            absl::FormatDuration(absl::Trunc(lag, absl::Milliseconds(100))));
    }
    const absl::Duration age = around.clock.monotonic() - absl::Nanoseconds(lastSync.load());
    if (age > 2 * kLimit) {
        message += fmt::format(
            "{}the registry could not be read from the database for {}",
            message.empty() ? "" : "; ",
            absl::FormatDuration(absl::Trunc(age, absl::Seconds(1))));
    }
    around.health.report(
        "services",
        message.empty() ? system::HealthState::Healthy : system::HealthState::Degraded,
        absl::ZeroDuration(),
        message);
}

absl::StatusOr<std::unique_ptr<ServicesModule>> ServicesModule::start(
    const Surroundings& surroundings)
{
    auto parts = std::make_shared<Parts>(surroundings);
    PH_RETURN_IF_ERROR(withContext(parts->sync(), "cannot read the registry"));
    boost::asio::post(surroundings.io, [parts] { parts->arm(); });
    return std::unique_ptr<ServicesModule>(new ServicesModule(std::move(parts)));
}

ServicesModule::ServicesModule(std::shared_ptr<Parts> parts) : m_parts(std::move(parts)) {}

ServicesModule::~ServicesModule() = default;

rpc::Service& ServicesModule::service()
{
    return m_parts->service;
}

void ServicesModule::addTo(platform::Router& router)
{
    m_parts->http.addTo(router);
}

void ServicesModule::stop()
{
    std::promise<void> stopped;
    boost::asio::post(m_parts->around.io, [parts = m_parts, &stopped] {
        parts->isStopped = true;
        parts->timer.cancel();
        parts->checker.stop();
        stopped.set_value();
    });
    stopped.get_future().wait();
    // The last heartbeats, so that a server that starts at once knows them.
    m_parts->exchange.run(m_parts->around.clock.now() + absl::Seconds(1)).IgnoreError();
}

} // namespace pilothouse::services
