// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "server/metrics/collectors/Collector.h"
#include "server/metrics/query/QueryEngine.h"
#include "server/metrics/scrape/TargetBoard.h"
#include "server/metrics/targets/TargetSource.h"
#include "server/platform/rpc/Service.h"
#include "server/system/HealthRegistry.h"
#include "shared/base/Clock.h"
#include "shared/metrics/store/Store.h"

#include <absl/status/statusor.h>
#include <prometheus/registry.h>

#include <memory>
#include <string>
#include <vector>

namespace pilothouse::metrics {

class MetricsStorage;

/// The metrics capability as one piece: collects and scrapes, stores, answers and streams. Reports
/// the health components "metrics-store" and "scrape".
class MetricsModule
{
public:
    /// What it needs from the server; all of it must outlive the module.
    struct Surroundings
    {
        const config::Config& config;
        const Clock& clock;
        prometheus::Registry& registry;
        system::HealthRegistry& health;
        rpc::Guard& guard;
        /// The "instance" label of what the server collects itself: the host's name.
        std::string instance;
    };

    /// Restores the store and begins to collect and to scrape.
    static absl::StatusOr<std::unique_ptr<MetricsModule>> start(const Surroundings& surroundings);
    /// Ends every series, waits for evaluations under way, and closes the store. No call of the
    /// service may be under way any more.
    ~MetricsModule();
    MetricsModule(const MetricsModule&) = delete;
    MetricsModule& operator=(const MetricsModule&) = delete;

    /// From now on collected each second. Thread-safe.
    void addCollector(std::unique_ptr<Collector> collector);

    /// Targets that another part of the server found, besides those of the configuration; replaces
    /// those of before. Thread-safe.
    void setDiscovered(std::vector<DiscoveredTargets> discovered);

    rpc::Service& service();
    const QueryEngine& queries() const;
    Store& store();
    MetricsStorage& storage();
    const TargetBoard& targets() const;
    std::vector<system::ExecutorStatus> executors() const;

private:
    struct Parts;
    explicit MetricsModule(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> m_parts;
};

} // namespace pilothouse::metrics
