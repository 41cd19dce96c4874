// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"

#include <absl/status/status.h>
#include <toml++/toml.h>

#include <functional>
#include <string>
#include <vector>

namespace pilothouse::config {

/// One key of the configuration: the single place that knows its name, type, check and
/// documentation. The loader, the error messages and resources/config/pilothouse.toml all derive
/// from it.
template <typename Target>
struct Key
{
    /// Full name with dots: "grpc.listen".
    std::string name;
    /// What it does, for the operator; lines end with \n.
    std::string doc;
    /// Takes the node's value; INVALID_ARGUMENT says what was expected. `folder` is where the
    /// configuration file lies: relative paths start there.
    std::function<absl::Status(const toml::node&, const std::filesystem::path& folder, Target&)>
        read;
    /// The value as TOML.
    std::function<std::string(const Target&)> show;
};

std::vector<Key<Config>> configKeys();
/// Those of them that begin with "services.".
std::vector<Key<Config>> servicesKeys();
/// Those that begin with "scaling.".
std::vector<Key<Config>> scalingKeys();
/// The keys of one [[metrics.scrape]] table.
std::vector<Key<ScrapeJob>> scrapeKeys();
inline constexpr const char* kScrapeTable = "metrics.scrape";
/// The keys of one [[rollouts.applications]] table.
std::vector<Key<RolloutApplication>> rolloutKeys();
inline constexpr const char* kRolloutTable = "rollouts.applications";
/// The keys of one [[rollouts.analyses]] table.
std::vector<Key<AnalysisMetric>> analysisKeys();
inline constexpr const char* kAnalysisTable = "rollouts.analyses";
/// The keys of one [[rollouts.windows]] table.
std::vector<Key<ChangeWindow>> windowKeys();
inline constexpr const char* kWindowTable = "rollouts.windows";
/// The keys of one [[scaling.policies]] table.
std::vector<Key<ScalingPolicy>> scalingPolicyKeys();
inline constexpr const char* kScalingPolicyTable = "scaling.policies";
/// The keys of one [[scaling.metrics]] table.
std::vector<Key<ScalingMetric>> scalingMetricKeys();
inline constexpr const char* kScalingMetricTable = "scaling.metrics";

/// One thing that is wrong, and on which line.
struct Problem
{
    unsigned line = 0;
    std::string key;
    std::string message;
};

/// Where each given key stands in the file, by full name; "metrics.scrape[1].interval" for the
/// second job.
using KeyLines = std::map<std::string, unsigned>;

/// The rules that concern more than one key.
std::vector<Problem> checkConfig(const Config& config, const KeyLines& lines);

} // namespace pilothouse::config
