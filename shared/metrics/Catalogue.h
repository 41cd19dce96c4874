// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/Labels.h"

#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <vector>

namespace pilothouse::metrics {

/// OpenMetrics' metric types.
enum class MetricType { Unknown, Counter, Gauge, Histogram, Summary, Info, StateSet };

/// A metric family as its exposition declared it.
struct Metric
{
    std::string name;
    MetricType type = MetricType::Unknown;
    std::string unit;
    std::string help;
    int series = 0;
};

enum class TargetHealth { Unknown, Up, Down };

/// A scrape target and its last scrape.
struct Target
{
    std::string job;
    std::string url;
    Labels labels;
    TargetHealth health = TargetHealth::Unknown;
    std::string lastError;
    absl::Time lastScrape = absl::InfinitePast();
    absl::Duration lastScrapeDuration;
    int lastSamples = 0;
    absl::Duration interval;
};

struct StoreStatus
{
    std::int64_t series = 0;
    std::int64_t seriesLimit = 0;
    std::int64_t samples = 0;
    std::int64_t memoryBytes = 0;
    std::int64_t diskBytes = 0;
    double samplesPerSecond = 0;
    std::int64_t seriesRejected = 0;
    /// Samples that were older than, or at the same time as, one that the series already had.
    std::int64_t samplesOutOfOrder = 0;
    std::int64_t samplesDuplicate = 0;
    /// Samples that are not (yet) safe from a crash for longer than the log's usual delay.
    bool durable = true;
    /// What an operator must know, in words; empty when all is well. The cardinality limit and a
    /// log that cannot be written are told here.
    std::vector<std::string> alarms;
    absl::Time oldestSample = absl::InfinitePast();
    absl::Duration retention;
};

} // namespace pilothouse::metrics
