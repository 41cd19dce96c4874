// SPDX-License-Identifier: Apache-2.0
#include "tests/support/promql/SampleSeries.h"

#include <cmath>
#include <limits>
#include <random>
#include <string>

namespace pilothouse::test {

namespace {

using metrics::Labels;
using metrics::TimestampMs;

constexpr int kSamples = 240;
constexpr TimestampMs kInterval = 15000;

class Builder
{
public:
    std::vector<SampleSeries> build()
    {
        counters();
        gauges();
        specials();
        histograms();
        twins();
        return std::move(m_series);
    }

private:
    double noise() { return std::uniform_real_distribution<double>(0, 1)(m_random); }

    SampleSeries& add(Labels labels)
    {
        m_series.push_back({std::move(labels), {}});
        return m_series.back();
    }

    static void put(SampleSeries& series, TimestampMs time, double value)
    {
        series.samples.times.push_back(time);
        series.samples.values.push_back(value);
    }

    static TimestampMs at(int index) { return kAwkwardStart + index * kInterval; }

    void counters()
    {
        int number = 0;
        for (const char* job : {"api", "web"}) {
            for (const char* instance : {"0", "1", "2"}) {
                for (const char* code : {"200", "404", "500"}) {
                    auto& series = add(
                        {{"__name__", "http_requests_total"},
                         {"job", job},
                         {"instance", instance},
                         {"code", code}});
                    double value = std::floor(noise() * 50);
                    ++number;
                    for (int index = number % 5 == 0 ? 40 : 0; index < kSamples; ++index) {
                        value += std::floor(noise() * number * 3);
                        if (noise() < 0.01) {
                            value = std::floor(noise() * 3); // restarted
                        }
                        const bool isGap = number % 4 == 0 && index > 100 && index < 140;
                        const TimestampMs jitter =
                            number % 3 == 0 ? static_cast<TimestampMs>(noise() * 3000) : 0;
                        if (!isGap) {
                            put(series, at(index) + jitter, value);
                        }
                    }
                }
            }
        }
    }

    void gauges()
    {
        for (const char* job : {"api", "web", "db"}) {
            for (const char* instance : {"0", "1", "2"}) {
                add({{"__name__", "memory_bytes"}, {"job", job}, {"instance", instance}});
                auto& temperature =
                    add({{"__name__", "temperature"}, {"job", job}, {"instance", instance}});
                double value = 1e6 * (1 + noise());
                for (int index = 0; index < kSamples; ++index) {
                    value += (noise() - 0.5) * 1e4;
                    put(m_series[m_series.size() - 2], at(index), std::round(value));
                    put(temperature, at(index) + 7, 40 * noise() - 15);
                }
            }
            add({{"__name__", "build_info"}, {"job", job}, {"version", std::string("v1.") + job}});
            auto& limit = add({{"__name__", "memory_limit_bytes"}, {"job", job}});
            for (int index = 0; index < kSamples; ++index) {
                put(m_series[m_series.size() - 2], at(index), 1);
                put(limit, at(index), 4e6);
            }
        }
    }

    void specials()
    {
        const double nan = std::numeric_limits<double>::quiet_NaN();
        const double infinity = std::numeric_limits<double>::infinity();
        const std::vector<double> cycle = {1, nan, -1, infinity, 0, -infinity, -0.0, 1e300, 2.5};
        for (int variant = 0; variant < 3; ++variant) {
            auto& series = add({{"__name__", "odd_values"}, {"kind", std::to_string(variant)}});
            for (int index = 0; index < kSamples; ++index) {
                const auto place = static_cast<std::size_t>(index / (variant + 1));
                put(series, at(index), cycle[place % cycle.size()]);
            }
        }
        auto& stale = add({{"__name__", "comes_and_goes"}, {"kind", "stale"}});
        for (int index = 0; index < kSamples; ++index) {
            if (index % 30 == 10) {
                put(stale, at(index), metrics::staleMarker());
            } else if (index % 30 < 10) {
                put(stale, at(index), index);
            }
        }
        auto& rare = add({{"__name__", "comes_and_goes"}, {"kind", "rare"}});
        for (int index = 0; index < kSamples; index += 37) {
            put(rare, at(index), index * 0.1);
        }
        add({{"__name__", "constant"}, {"kind", "seven"}});
        auto& text = add({{"__name__", "states"}, {"path", "/a/b.c"}, {"empty_like", "-"}});
        for (int index = 0; index < kSamples; ++index) {
            put(m_series[m_series.size() - 2], at(index), 7);
            put(text, at(index), index % 7);
        }
    }

    void histograms()
    {
        for (const char* instance : {"0", "1"}) {
            const std::size_t first = m_series.size();
            const std::vector<std::pair<const char*, double>> bounds = {
                {"0.05", 3}, {"0.1", 7}, {"0.5", 20}, {"1", 28}, {"2.5", 30}, {"+Inf", 31}};
            for (const auto& [bound, weight] : bounds) {
                add(
                    {{"__name__", "latency_seconds_bucket"},
                     {"instance", instance},
                     {"le", bound}});
            }
            for (int index = 0; index < kSamples; ++index) {
                for (std::size_t bucket = 0; bucket < bounds.size(); ++bucket) {
                    const double lag = noise() < 0.05 ? 3 : 0; // a bucket read too early
                    put(m_series[first + bucket],
                        at(index),
                        std::max(0.0, index * bounds[bucket].second - lag));
                }
            }
        }
        for (const char* bound : {"1", "2"}) { // no +Inf
            auto& series = add({{"__name__", "broken_bucket"}, {"le", bound}});
            put(series, at(0), 5);
            put(series, at(20), 9);
        }
    }

    void twins()
    {
        for (const char* name : {"twin_a", "twin_b"}) {
            for (const char* id : {"1", "2"}) {
                auto& series = add({{"__name__", name}, {"id", id}, {"__name", "x"}});
                // twin_a lives in the first half, twin_b in the second, with id 2 in both.
                for (int index = 0; index < kSamples; ++index) {
                    const bool isFirstHalf = index < kSamples / 2 - 25;
                    if (id[0] == '2' || isFirstHalf == (name[5] == 'a')) {
                        put(series, at(index), index + (name[5] == 'a' ? 0.5 : 0));
                    }
                }
            }
        }
    }

    std::mt19937 m_random{7}; // NOLINT: the same series at every call
    std::vector<SampleSeries> m_series;
};

} // namespace

std::vector<SampleSeries> awkwardSeries()
{
    return Builder().build();
}

void fill(metrics::promql::RecordedSource& source, const std::vector<SampleSeries>& series)
{
    for (const auto& one : series) {
        source.append(one.labels, one.samples);
    }
}

} // namespace pilothouse::test
