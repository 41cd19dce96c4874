// SPDX-License-Identifier: Apache-2.0
#include "server/services/RegistryMetrics.h"

#include <map>
#include <string>

namespace pilothouse::services {

namespace {

using MetricLabels = std::map<std::string, std::string>;

prometheus::Counter& counter(
    prometheus::Registry& registry,
    const char* name,
    const char* help,
    const MetricLabels& labels = {})
{
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add(labels);
}

prometheus::Gauge& gauge(
    prometheus::Registry& registry,
    const char* name,
    const char* help,
    const MetricLabels& labels = {})
{
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
}

constexpr const char* kChecks = "pilothouse_service_checks_total";
constexpr const char* kChecksHelp = "Health checks of instances by result.";

} // namespace

RegistryMetrics::RegistryMetrics(prometheus::Registry& registry)
    : services(gauge(registry, "pilothouse_services", "Services that have instances.")),
      heartbeats(counter(
          registry, "pilothouse_service_heartbeats_total", "Heartbeats that this server took.")),
      expirations(counter(
          registry,
          "pilothouse_service_expirations_total",
          "Times that an instance became unhealthy because no heartbeat came.")),
      unresolved(counter(
          registry,
          "pilothouse_service_unresolved_total",
          "Resolve calls that no instance could take.")),
      checksPassed(counter(registry, kChecks, kChecksHelp, {{"result", "passed"}})),
      checksFailed(counter(registry, kChecks, kChecksHelp, {{"result", "failed"}})),
      checksUnderWay(gauge(
          registry, "pilothouse_service_checks_under_way", "Health checks that are running.")),
      checkSeconds(prometheus::BuildHistogram()
                       .Name("pilothouse_service_check_seconds")
                       .Help("How long health checks of instances took.")
                       .Register(registry)
                       .Add(
                           {},
                           prometheus::Histogram::BucketBoundaries{
                               0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5}))
{
    for (std::size_t state = 0; state < instances.size(); ++state) {
        instances[state] = &gauge(
            registry,
            "pilothouse_service_instances",
            "Registered instances by state.",
            {{"state", std::string(instanceStateName(static_cast<InstanceState>(state)))}});
    }
    for (const Strategy strategy : kStrategies) {
        resolved[static_cast<std::size_t>(strategy)] = &counter(
            registry,
            "pilothouse_service_resolved_total",
            "Calls that Resolve sent to an instance, by strategy.",
            {{"strategy", std::string(strategyName(strategy))}});
    }
}

} // namespace pilothouse::services
