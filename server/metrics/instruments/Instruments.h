// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

namespace pilothouse::metrics {

/// What the metrics capability measures about itself. Thread-safe; lives as long as its registry.
struct Instruments
{
    explicit Instruments(prometheus::Registry& registry);

    prometheus::Counter& scrapesSucceeded;
    prometheus::Counter& scrapesFailed;
    /// Scrapes that were not begun because the one before, or too many others, were under way.
    prometheus::Counter& scrapesSkipped;
    prometheus::Counter& samplesAppended;
    prometheus::Gauge& targets;
    prometheus::Gauge& targetsUp;

    prometheus::Gauge& liveQueries;
    prometheus::Gauge& liveWatchers;
    prometheus::Counter& liveEvaluations;
    prometheus::Counter& liveEvaluationErrors;
    prometheus::Counter& liveEvaluationSeconds;
    /// Evaluations that were put off because the executor was full.
    prometheus::Counter& liveEvaluationsDelayed;
    /// Evaluations that reached a watcher folded into a later one.
    prometheus::Counter& liveConflations;
    prometheus::Gauge& liveHistoryPoints;
};

} // namespace pilothouse::metrics
