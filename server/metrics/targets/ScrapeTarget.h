// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "server/metrics/targets/TargetFile.h"
#include "server/platform/http_client/HttpUrl.h"
#include "shared/metrics/Labels.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace pilothouse::metrics {

/// What a page may hold before the whole scrape counts as failed.
struct PageLimits
{
    std::int64_t bodyBytes = 0;
    std::int64_t samples = 0;
    std::int64_t labels = 0;
    std::int64_t labelValueBytes = 0;

    bool operator==(const PageLimits&) const = default;
};

/// A page to be scraped, fully resolved.
struct ScrapeTarget
{
    std::string job;
    platform::HttpUrl url;
    /// With "job" and "instance".
    Labels labels;
    absl::Duration interval;
    absl::Duration timeout;
    PageLimits limits;
    /// For https; empty = the system's authorities.
    std::filesystem::path caFile;
    /// Sent as bearer token unless empty.
    std::string token;

    /// Tells targets apart: address and labels. Two with the same key would write the same series.
    std::string key() const;

    bool operator==(const ScrapeTarget&) const = default;
};

/// A job's address with labels on top of the job's own, by Prometheus' rules: __scheme__,
/// __metrics_path__ and __param_NAME override, other labels beginning with "__" are dropped,
/// "instance" is the address unless given.
absl::StatusOr<ScrapeTarget> resolveTarget(
    const config::ScrapeJob& job,
    const std::string& address,
    const std::map<std::string, std::string>& labels);

/// When in its interval a target is scraped: stable over restarts, and targets are spread evenly
/// over turns of 50 ms.
absl::Duration scrapeOffset(const std::string& key, absl::Duration interval);

/// How long to wait from `now` to the next scrape of a target with this offset; never zero.
absl::Duration waitForScrape(absl::Time now, absl::Duration interval, absl::Duration offset);

} // namespace pilothouse::metrics
