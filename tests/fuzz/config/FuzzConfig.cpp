// SPDX-License-Identifier: Apache-2.0
#include "server/config/Config.h"

#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto config = pilothouse::config::parseConfig(text, "fuzz.toml");
    // Whatever was accepted keeps the promises that the rest of the server relies on.
    if (config.ok()) {
        const auto& pool = config->database.pool;
        if (pool.minimum > pool.maximum || pool.maximum < 1 || config->executors.dbThreads < 1) {
            std::abort();
        }
        for (const auto& job : config->metrics.scrape) {
            if (job.timeout > job.interval || job.job.empty()) {
                std::abort();
            }
        }
    } else if (config.status().message().empty()) {
        std::abort();
    }
    return 0;
}
