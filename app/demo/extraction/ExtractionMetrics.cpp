// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/extraction/ExtractionMetrics.h"

#include <prometheus/text_serializer.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <unistd.h>

namespace pilothouse::demo {

namespace {

/// Weight of one extraction in the moving average of the quality score.
constexpr double kQualityWeight = 0.02;

const prometheus::Histogram::BucketBoundaries kBuckets{
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10};

const char* errorName(ExtractionMetrics::Error error)
{
    switch (error) {
    case ExtractionMetrics::Error::Timeout:
        return "timeout";
    case ExtractionMetrics::Error::Network:
        return "network";
    case ExtractionMetrics::Error::Parse:
        return "parse";
    }
    return "parse";
}

double residentBytes()
{
    std::ifstream file("/proc/self/statm");
    double pages = 0;
    double resident = 0;
    file >> pages >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double cpuSeconds()
{
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

auto& gauge(prometheus::Registry& registry, const char* name, const char* help)
{
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

auto& counter(prometheus::Registry& registry, const char* name, const char* help)
{
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

} // namespace

ExtractionMetrics::ExtractionMetrics(const std::string& version)
    : m_durations(prometheus::BuildHistogram()
                      .Name("riptide_extraction_duration_seconds")
                      .Help("Time to fetch and extract one page, by route")
                      .Register(m_registry)),
      m_requests(prometheus::BuildCounter()
                     .Name("riptide_requests_total")
                     .Help("Pages asked for, by outcome")
                     .Register(m_registry)),
      m_errors(prometheus::BuildCounter()
                   .Name("riptide_errors_total")
                   .Help("Pages that could not be extracted, by cause")
                   .Register(m_registry)),
      m_breakerTrips(counter(
          m_registry, "riptide_circuit_breaker_trips_total", "Times the fetch breaker opened")),
      m_uptime(counter(m_registry, "riptide_uptime_seconds_total", "Seconds since the start")),
      m_words(counter(m_registry, "riptide_extracted_words_total", "Words extracted")),
      m_pool(prometheus::BuildGauge()
                 .Name("riptide_pool_instances")
                 .Help("Extraction slots, by state")
                 .Register(m_registry)),
      m_requestsPerSecond(
          gauge(m_registry, "riptide_requests_per_second", "Pages a second since the last scrape")),
      m_memory(gauge(m_registry, "riptide_memory_usage_bytes", "Resident memory")),
      m_cpu(
          gauge(m_registry, "riptide_cpu_usage_ratio", "Share of one core since the last scrape")),
      m_quality(gauge(
          m_registry, "riptide_content_quality_score_avg", "Moving average of the quality score")),
      m_cacheHits(gauge(m_registry, "riptide_cache_hit_ratio", "Hits among recent cache look-ups")),
      m_health(gauge(m_registry, "riptide_health_score_ratio", "1 = everything succeeds")),
      m_started(std::chrono::steady_clock::now()),
      m_lastScrape(m_started)
{
    prometheus::BuildGauge()
        .Name("riptide_build_info")
        .Help("Version of this instance")
        .Register(m_registry)
        .Add({{"version", version}})
        .Set(1);
    // Every series exists from the start, so that a rate is 0 and not absent before the first
    // event.
    for (const auto route : {Route::Cached, Route::FastTrack, Route::Standard, Route::Intensive}) {
        m_durations.Add({{"route", std::string(routeName(route))}}, kBuckets);
    }
    for (const auto error : {Error::Timeout, Error::Network, Error::Parse}) {
        m_errors.Add({{"type", errorName(error)}});
    }
    m_requests.Add({{"outcome", "success"}});
    m_requests.Add({{"outcome", "error"}});
}

void ExtractionMetrics::recordSuccess(Route route, double seconds, const Extraction& extraction)
{
    m_durations.Add({{"route", std::string(routeName(route))}}, kBuckets).Observe(seconds);
    m_requests.Add({{"outcome", "success"}}).Increment();
    m_words.Increment(extraction.words);
    m_requestTotal += 1;
    m_averageQuality +=
        (m_averageQuality == 0 ? 1 : kQualityWeight) * (extraction.quality - m_averageQuality);
}

void ExtractionMetrics::recordError(Error error, double seconds)
{
    // An error took its time too; leaving it out would make a failing version look fast.
    m_durations.Add({{"route", "standard"}}, kBuckets).Observe(seconds);
    m_requests.Add({{"outcome", "error"}}).Increment();
    m_errors.Add({{"type", errorName(error)}}).Increment();
    m_requestTotal += 1;
    m_errorTotal += 1;
}

void ExtractionMetrics::updateRates(const Reading& reading)
{
    const auto now = std::chrono::steady_clock::now();
    const double elapsed = std::chrono::duration<double>(now - m_lastScrape).count();
    if (elapsed < 0.5) {
        return; // two scrapers at once: keep the last full interval's figures
    }
    const double cpu = cpuSeconds();
    const double requests = m_requestTotal - m_lastRequestTotal;
    const double errors = m_errorTotal - m_lastErrorTotal;
    m_cpu.Set((cpu - m_lastCpu) / elapsed);
    m_requestsPerSecond.Set(requests / elapsed);
    m_health.Set(requests > 0 ? 1 - errors / requests : 1);
    m_uptime.Increment(elapsed);
    m_breakerTrips.Increment(
        std::max(0.0, static_cast<double>(reading.breakerTrips) - m_breakerTrips.Value()));
    m_lastScrape = now;
    m_lastCpu = cpu;
    m_lastRequestTotal = m_requestTotal;
    m_lastErrorTotal = m_errorTotal;
}

std::string ExtractionMetrics::expose(const Reading& reading)
{
    updateRates(reading);
    m_memory.Set(residentBytes());
    m_quality.Set(m_averageQuality);
    m_cacheHits.Set(reading.cacheHitRatio);
    m_pool.Add({{"state", "active"}}).Set(reading.activeInstances);
    m_pool.Add({{"state", "idle"}}).Set(reading.poolSize - reading.activeInstances);
    return prometheus::TextSerializer().Serialize(m_registry.Collect());
}

} // namespace pilothouse::demo
