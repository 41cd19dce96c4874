// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/extraction/ContentGate.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <chrono>
#include <string>

namespace pilothouse::demo {

/// The service's riptide_* metrics, in Prometheus' text format. One thread.
class ExtractionMetrics
{
public:
    enum class Error { Timeout, Network, Parse };

    /// What is read rather than counted, at the moment of a scrape.
    struct Reading
    {
        int activeInstances = 0;
        int poolSize = 0;
        double cacheHitRatio = 0;
        std::uint64_t breakerTrips = 0;
    };

    explicit ExtractionMetrics(const std::string& version);

    void recordSuccess(Route route, double seconds, const Extraction& extraction);
    void recordError(Error error, double seconds);
    std::string expose(const Reading& reading);

private:
    void updateRates(const Reading& reading);

    prometheus::Registry m_registry;
    prometheus::Family<prometheus::Histogram>& m_durations;
    prometheus::Family<prometheus::Counter>& m_requests;
    prometheus::Family<prometheus::Counter>& m_errors;
    prometheus::Counter& m_breakerTrips;
    prometheus::Counter& m_uptime;
    prometheus::Counter& m_words;
    prometheus::Family<prometheus::Gauge>& m_pool;
    prometheus::Gauge& m_requestsPerSecond;
    prometheus::Gauge& m_memory;
    prometheus::Gauge& m_cpu;
    prometheus::Gauge& m_quality;
    prometheus::Gauge& m_cacheHits;
    prometheus::Gauge& m_health;

    std::chrono::steady_clock::time_point m_started;
    std::chrono::steady_clock::time_point m_lastScrape;
    double m_lastCpu = 0;
    double m_requestTotal = 0;
    double m_errorTotal = 0;
    double m_lastRequestTotal = 0;
    double m_lastErrorTotal = 0;
    double m_averageQuality = 0;
};

} // namespace pilothouse::demo
