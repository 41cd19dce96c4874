// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/MetricsModule.h"

#include "server/metrics/MetricsService.h"
#include "server/metrics/StoreGauges.h"
#include "server/metrics/collectors/HostCollector.h"
#include "server/metrics/collectors/ProcessCollector.h"
#include "server/metrics/collectors/RegistryCollector.h"
#include "server/metrics/instruments/Instruments.h"
#include "server/metrics/live/LiveQueries.h"
#include "server/metrics/live/LiveSeries.h"
#include "server/metrics/live/PromqlExpression.h"
#include "server/metrics/scrape/CollectorLoop.h"
#include "server/metrics/scrape/ScrapeThread.h"
#include "server/metrics/scrape/Scraper.h"
#include "server/metrics/storage/MetricsStorage.h"
#include "server/metrics/targets/TargetSource.h"
#include "shared/base/StatusHelpers.h"
#include "shared/metrics/promql/Parser.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

namespace pilothouse::metrics {

namespace {

constexpr int kQueryThreads = 2;
constexpr int kQueryQueue = 512;
constexpr int kCollectThreads = 2;
constexpr int kCollectQueue = 64;
/// Standing queries look this often whether one of them is due.
constexpr absl::Duration kLiveTick = absl::Milliseconds(50);
constexpr absl::Duration kSecond = absl::Seconds(1);
/// How many targets a health message names.
constexpr std::size_t kNamedTargets = 3;

StoreOptions storeOptions(const config::Metrics& metrics)
{
    return {
        .retention = metrics.retention,
        .maxPointsPerSeries = metrics.maxPointsPerSeries,
        .maxSeries = metrics.maxSeries};
}

promql::EngineOptions engineOptions(const config::Metrics& metrics)
{
    promql::EngineOptions options;
    options.timeout = metrics.queryTimeout;
    options.maxSamples = metrics.maxQuerySamples;
    return options;
}

} // namespace

/// In order of dependence: what stands further down may use what stands above, and goes first.
struct MetricsModule::Parts
{
    explicit Parts(const Surroundings& outside);

    const config::Metrics& config;
    const Clock& clock;
    prometheus::Registry& registry;
    system::HealthRegistry& health;
    const std::string instance;
    Instruments instruments;
    Store store;
    MetricsStorage storage;
    StoreGauges storeGauges;
    TargetBoard board;
    ProcessCollector process;
    std::stop_source stopping;
    /// Ended by end(), before the parts below that their tasks use.
    std::unique_ptr<platform::Executor> queryExecutor =
        std::make_unique<platform::Executor>("queries", kQueryThreads, kQueryQueue);
    std::unique_ptr<platform::Executor> collectExecutor =
        std::make_unique<platform::Executor>("collect", kCollectThreads, kCollectQueue);
    QueryEngine queries;
    LiveQueries liveQueries;
    LiveSeries liveSeries;
    MetricsService service;
    TargetSource targetSource;
    ScrapeThread thread;
    Scraper scraper;
    std::vector<std::unique_ptr<CollectorLoop>> collectors;
    std::atomic<bool> isRefreshing = false;
    std::mutex discoveredMutex;
    /// Until the next refresh takes it.
    std::optional<std::vector<DiscoveredTargets>> discovered;

    absl::Status begin();
    void end();
    void add(std::unique_ptr<Collector> collector);
    void collect();
    void refreshTargets();
    void reportHealth(const std::vector<std::string>& problems);
    void reportScrapes(const std::vector<std::string>& problems);
    void reportStore();
};

MetricsModule::Parts::Parts(const Surroundings& outside)
    : config(outside.config.metrics),
      clock(outside.clock),
      registry(outside.registry),
      health(outside.health),
      instance(outside.instance),
      instruments(registry),
      store(storeOptions(config), clock),
      storage(outside.config.dataDir / "metrics", store, clock),
      storeGauges(registry),
      board(instruments),
      process("/proc", getpid()),
      queries(store, *queryExecutor, clock, engineOptions(config)),
      liveQueries(
          promqlExpressions(queries, stopping.get_token()), *queryExecutor, clock, instruments),
      liveSeries(
          store,
          [](const std::string& text) { return promql::parseSelector(text); },
          *queryExecutor,
          clock,
          instruments),
      service(
          outside.guard,
          {.queries = queries,
           .store = store,
           .board = board,
           .liveQueries = liveQueries,
           .liveSeries = liveSeries,
           .executor = *queryExecutor,
           .clock = clock}),
      targetSource(config.scrape),
      scraper(thread.context(), store, clock, board)
{}

void MetricsModule::Parts::add(std::unique_ptr<Collector> collector)
{
    collectors.push_back(std::make_unique<CollectorLoop>(
        std::move(collector),
        instance,
        config.collectInterval,
        store,
        clock,
        *collectExecutor,
        board));
}

absl::Status MetricsModule::Parts::begin()
{
    PH_RETURN_IF_ERROR(storage.open());
    add(std::make_unique<HostCollector>());
    add(std::make_unique<ProcessCollector>("/proc", getpid()));
    add(std::make_unique<RegistryCollector>(registry, process));
    thread.every(kLiveTick, [this] { liveQueries.tick(); });
    thread.every(config.collectInterval, [this] { collect(); });
    thread.every(kSecond, [this] {
        liveSeries.tick();
        refreshTargets();
    });
    // The first look at once, so that charts move within the first second.
    thread.post([this] {
        collect();
        refreshTargets();
    });
    thread.start();
    return absl::OkStatus();
}

void MetricsModule::Parts::end()
{
    stopping.request_stop();
    thread.stop([this] {
        scraper.endAll();
        for (const auto& collector : collectors) {
            collector->end();
        }
    });
    collectExecutor.reset();
    queryExecutor.reset();
    storage.close();
}

void MetricsModule::Parts::collect()
{
    const absl::Time now = clock.now();
    for (const auto& collector : collectors) {
        collector->tick(now);
    }
}

/// Looks at the files on the executor, because file systems block, and hands what changed to the
/// thread.
void MetricsModule::Parts::refreshTargets()
{
    if (isRefreshing.exchange(true)) {
        return;
    }
    const absl::Status submitted = collectExecutor->submit([this] {
        {
            const std::lock_guard lock(discoveredMutex);
            if (auto found = std::exchange(discovered, std::nullopt)) {
                targetSource.setDiscovered(*std::move(found));
            }
        }
        if (targetSource.refresh()) {
            thread.post([this, targets = targetSource.targets()] { scraper.setTargets(targets); });
        }
        reportHealth(targetSource.problems());
        isRefreshing = false;
    });
    if (!submitted.ok()) {
        isRefreshing = false;
    }
}

void MetricsModule::Parts::reportHealth(const std::vector<std::string>& problems)
{
    reportScrapes(problems);
    reportStore();
}

void MetricsModule::Parts::reportScrapes(const std::vector<std::string>& problems)
{
    const std::vector<Target> targets = board.targets();
    std::size_t up = 0;
    absl::Duration slowest;
    std::string down;
    std::size_t named = 0;
    for (const Target& target : targets) {
        slowest = std::max(slowest, target.lastScrapeDuration);
        up += target.health == TargetHealth::Up ? 1 : 0;
        if (target.health == TargetHealth::Down && named++ < kNamedTargets) {
            down += fmt::format("; {}: {}", target.url, target.lastError);
        }
    }
    std::string message;
    if (!down.empty()) {
        message = fmt::format("{} of {} targets up{}", up, targets.size(), down);
    }
    for (const std::string& problem : problems) {
        message += (message.empty() ? "" : "; ") + problem;
    }
    health.report(
        "scrape",
        message.empty() ? system::HealthState::Healthy : system::HealthState::Degraded,
        slowest,
        message);
}

void MetricsModule::Parts::reportStore()
{
    const absl::Duration begin = clock.monotonic();
    const StoreStatus status = store.status();
    storeGauges.show(status);
    std::string message = storage.problem();
    if (status.series >= status.seriesLimit) {
        message += fmt::format(
            "{}the limit of {} series is reached and new ones are refused ({} so far); find labels "
            "with many values and drop them at the target",
            message.empty() ? "" : "; ",
            status.seriesLimit,
            status.seriesRejected);
    }
    health.report(
        "metrics-store",
        message.empty() ? system::HealthState::Healthy : system::HealthState::Degraded,
        clock.monotonic() - begin,
        message);
}

absl::StatusOr<std::unique_ptr<MetricsModule>> MetricsModule::start(
    const Surroundings& surroundings)
{
    auto parts = std::make_unique<Parts>(surroundings);
    PH_RETURN_IF_ERROR(parts->begin());
    return std::unique_ptr<MetricsModule>(new MetricsModule(std::move(parts)));
}

MetricsModule::MetricsModule(std::unique_ptr<Parts> parts) : m_parts(std::move(parts)) {}

MetricsModule::~MetricsModule()
{
    m_parts->end();
}

void MetricsModule::addCollector(std::unique_ptr<Collector> collector)
{
    auto shared = std::make_shared<std::unique_ptr<Collector>>(std::move(collector));
    m_parts->thread.post([this, shared] { m_parts->add(std::move(*shared)); });
}

void MetricsModule::setDiscovered(std::vector<DiscoveredTargets> discovered)
{
    const std::lock_guard lock(m_parts->discoveredMutex);
    m_parts->discovered = std::move(discovered);
}

rpc::Service& MetricsModule::service()
{
    return m_parts->service;
}

const QueryEngine& MetricsModule::queries() const
{
    return m_parts->queries;
}

Store& MetricsModule::store()
{
    return m_parts->store;
}

MetricsStorage& MetricsModule::storage()
{
    return m_parts->storage;
}

const TargetBoard& MetricsModule::targets() const
{
    return m_parts->board;
}

std::vector<system::ExecutorStatus> MetricsModule::executors() const
{
    return {m_parts->queryExecutor->status(), m_parts->collectExecutor->status()};
}

} // namespace pilothouse::metrics
