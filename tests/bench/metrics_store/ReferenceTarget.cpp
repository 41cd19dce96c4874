// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/metrics_store/ReferenceTarget.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <iterator>

namespace pilothouse::bench {

namespace {

constexpr int kCounters = 200;
constexpr int kHistograms = 10; // of 12 series each
constexpr int kIntegerGauges = 60;
constexpr int kNoisyGauges = 60;
constexpr int kConstants = 60;
constexpr std::array<const char*, 10> kBounds{
    "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "+Inf"};
constexpr int kHistogramLines = int(kBounds.size()) + 2;

} // namespace

ReferenceTarget::ReferenceTarget(int index)
    : m_index(index),
      m_instance(fmt::format("10.0.{}.{}:9100", index / 250, index % 250)),
      m_state(0x9e3779b97f4a7c15ULL * (static_cast<std::uint64_t>(index) + 1))
{
    const std::array<const char*, 5> codes{"200", "201", "404", "500", "503"};
    for (int line = 0; line < kCounters; ++line) {
        addLine(
            fmt::format(
                "http_requests_total{{code=\"{}\",method=\"GET\",path=\"/api/v1/resource/{}\"}} ",
                codes[std::size_t(line) % codes.size()],
                line / 5),
            double(random() % 100000));
    }
    for (int histogram = 0; histogram < kHistograms; ++histogram) {
        for (const char* bound : kBounds) {
            addLine(
                fmt::format(
                    "rpc_duration_seconds_bucket{{service=\"svc-{}\",method=\"Call\",le=\"{}\"}} ",
                    histogram,
                    bound),
                0);
        }
        addLine(
            fmt::format(
                "rpc_duration_seconds_sum{{service=\"svc-{}\",method=\"Call\"}} ", histogram),
            0);
        addLine(
            fmt::format(
                "rpc_duration_seconds_count{{service=\"svc-{}\",method=\"Call\"}} ", histogram),
            0);
    }
    for (int line = 0; line < kIntegerGauges; ++line) {
        addLine(
            fmt::format(
                "worker_queue_depth{{queue=\"queue-{}\",priority=\"normal\",shard=\"{}\"}} ",
                line,
                line % 4),
            double(random() % 200));
    }
    for (int line = 0; line < kNoisyGauges; ++line) {
        addLine(
            fmt::format(
                "node_load_average_ratio{{cpu=\"cpu{}\",mode=\"busy\",host=\"node-a\"}} ", line),
            0.5);
    }
    for (int line = 0; line < kConstants; ++line) {
        addLine(
            fmt::format(
                "build_configuration_limit_bytes{{component=\"component-{}\",tier=\"gold\"}} ",
                line),
            double(random() % 1000) * 1048576);
    }
}

std::uint64_t ReferenceTarget::random()
{
    m_state ^= m_state << 13;
    m_state ^= m_state >> 7;
    m_state ^= m_state << 17;
    return m_state;
}

void ReferenceTarget::advance()
{
    std::size_t at = 0;
    for (int line = 0; line < kCounters; ++line) {
        m_lines[at++].value += double(random() % 50);
    }
    for (int histogram = 0; histogram < kHistograms; ++histogram) {
        const std::size_t first = at;
        for (int calls = int(random() % 20); calls > 0; --calls) {
            const auto bucket = std::size_t(random() % kBounds.size());
            for (std::size_t above = bucket; above < kBounds.size(); ++above) {
                m_lines[first + above].value += 1;
            }
            m_lines[first + kBounds.size()].value += double(random() % 1000000) * 1e-6;
            m_lines[first + kBounds.size() + 1].value += 1;
        }
        at += std::size_t(kHistogramLines);
    }
    for (int line = 0; line < kIntegerGauges; ++line) {
        m_lines[at].value = std::fmod(m_lines[at].value + double(random() % 7), 500);
        ++at;
    }
    for (int line = 0; line < kNoisyGauges; ++line) {
        m_lines[at++].value = double(random() % 10000) / 10000;
    }
    if (random() % 60 == 0) {
        m_lines[at + std::size_t(random() % kConstants)].value += 1048576;
    }
}

const std::string& ReferenceTarget::body()
{
    advance();
    m_body.clear();
    m_body += "# HELP http_requests_total Requests by path and code.\n"
              "# TYPE http_requests_total counter\n";
    for (const Line& line : m_lines) {
        m_body += line.prefix;
        fmt::format_to(std::back_inserter(m_body), "{}\n", line.value);
    }
    return m_body;
}

} // namespace pilothouse::bench
