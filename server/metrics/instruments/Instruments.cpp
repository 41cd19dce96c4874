// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/instruments/Instruments.h"

#include <map>
#include <string>

namespace pilothouse::metrics {

namespace {

using InstrumentLabels = std::map<std::string, std::string>;

prometheus::Counter& counter(
    prometheus::Registry& registry,
    const char* name,
    const char* help,
    const InstrumentLabels& labels = {})
{
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add(labels);
}

prometheus::Gauge& gauge(prometheus::Registry& registry, const char* name, const char* help)
{
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

constexpr const char* kScrapes = "pilothouse_scrapes_total";
constexpr const char* kScrapesHelp = "Scrapes of targets by result.";

} // namespace

Instruments::Instruments(prometheus::Registry& registry)
    : scrapesSucceeded(counter(registry, kScrapes, kScrapesHelp, {{"result", "success"}})),
      scrapesFailed(counter(registry, kScrapes, kScrapesHelp, {{"result", "failure"}})),
      scrapesSkipped(counter(registry, kScrapes, kScrapesHelp, {{"result", "skipped"}})),
      samplesAppended(counter(
          registry,
          "pilothouse_scraped_samples_total",
          "Samples that scrapes brought into the store.")),
      targets(gauge(registry, "pilothouse_scrape_targets", "Scrape targets.")),
      targetsUp(gauge(registry, "pilothouse_scrape_targets_up", "Scrape targets that are up.")),
      liveQueries(gauge(registry, "pilothouse_live_queries", "Standing queries.")),
      liveWatchers(
          gauge(registry, "pilothouse_live_watchers", "Watchers of standing queries and series.")),
      liveEvaluations(counter(
          registry, "pilothouse_live_evaluations_total", "Evaluations of standing queries.")),
      liveEvaluationErrors(counter(
          registry,
          "pilothouse_live_evaluation_errors_total",
          "Evaluations of standing queries that failed.")),
      liveEvaluationSeconds(counter(
          registry,
          "pilothouse_live_evaluation_seconds_total",
          "Seconds spent evaluating standing queries.")),
      liveEvaluationsDelayed(counter(
          registry,
          "pilothouse_live_evaluations_delayed_total",
          "Evaluations put off because the executor was full.")),
      liveConflations(counter(
          registry,
          "pilothouse_live_conflations_total",
          "Evaluations that reached a slow watcher folded into a later one.")),
      liveHistoryPoints(gauge(
          registry,
          "pilothouse_live_history_points",
          "Points held for the windows of standing queries."))
{}

} // namespace pilothouse::metrics
