// SPDX-License-Identifier: Apache-2.0
#include "server/config/KeyKinds.h"

namespace pilothouse::config {

std::vector<Key<Config>> servicesKeys()
{
    return {
        choiceKey<Config>(
            "services.strategy",
            "How Resolve chooses where the call names no strategy: round-robin, "
            "least-connections,\n"
            "weighted-response-time, health-aware or power-of-two.\n",
            {"round-robin",
             "least-connections",
             "weighted-response-time",
             "health-aware",
             "power-of-two"},
            PH_FIELD(services.strategy)),
        numberKey<Config>(
            "services.max_instances",
            "Instances that may be registered at once; more are refused.\n",
            1,
            100000,
            PH_FIELD(services.maxInstances)),
        durationKey<Config>(
            "services.remove_after",
            "An instance that is unhealthy for this time is removed from the registry.\n",
            absl::Seconds(10),
            absl::Hours(24 * 365),
            PH_FIELD(services.removeAfter)),
        numberKey<Config>(
            "services.concurrent_checks",
            "Health checks that run at once.\n",
            1,
            1000,
            PH_FIELD(services.concurrentChecks)),
        pathKey<Config>(
            "services.ca_file",
            "PEM of the CAs that health checks over TLS believe. Empty: the system's.\n",
            PathMustBe::ReadableFile,
            PH_FIELD(services.caFile)),
        durationKey<Config>(
            "services.scrape_interval",
            "Between two scrapes of an instance that shows metrics.\n",
            absl::Milliseconds(100),
            absl::Hours(1),
            PH_FIELD(services.scrapeInterval)),
    };
}

} // namespace pilothouse::config
