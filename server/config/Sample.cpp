// SPDX-License-Identifier: Apache-2.0
#include "server/config/Keys.h"

#include <sstream>

namespace pilothouse::config {

namespace {

constexpr const char* kHead =
    "# Pilothouse server configuration (pilothoused run --config FILE).\n"
    "# Every key stands here with its default; a key that is left out has the same value.\n"
    "# Durations: \"250ms\", \"5s\", \"10m\", \"24h\", \"7d\". Sizes: \"32MiB\" or a number of "
    "bytes.\n"
    "# Relative paths start at this file's folder. Check an edited file with\n"
    "# `pilothoused check-config FILE`.\n";

constexpr const char* kRolloutHead =
    "# Applications that are rolled out: repeat the table for each. Remove the # to use it.\n";

constexpr const char* kAnalysisHead =
    "# Conditions on metrics for rollouts: repeat the table for each. Remove the # to use it.\n"
    "# Their words are those of Argo Rollouts' AnalysisTemplate.\n";

constexpr const char* kWindowHead =
    "# Times in which promotions are allowed or denied: repeat the table for each. Remove the # to "
    "use it.\n"
    "# Rolling back is always allowed; a promotion out of time needs an override with a reason.\n";

constexpr const char* kScalingPolicyHead =
    "# Autoscaling: how many instances a service should have; repeat the table for each. Remove "
    "the # to use it.\n"
    "# Words and defaults are those of Kubernetes' HorizontalPodAutoscaler.\n";

constexpr const char* kScalingMetricHead =
    "# What a policy goes by: repeat the table for each metric; the one that asks for most "
    "counts. Remove the # to use it.\n";

constexpr const char* kScrapeHead =
    "# Scrape jobs: repeat the table for each. Remove the # to use it.\n";

void writeDoc(std::ostream& out, const std::string& doc)
{
    std::istringstream lines(doc);
    for (std::string line; std::getline(lines, line);) {
        out << "# " << line << '\n';
    }
}

ScrapeJob exampleJob()
{
    ScrapeJob job;
    job.job = "checkout";
    job.targets = {"127.0.0.1:9100"};
    return job;
}

RolloutApplication exampleApplication()
{
    RolloutApplication application;
    application.name = "checkout";
    application.haproxySocket = "/run/haproxy/admin.sock";
    application.mapFile = "/etc/haproxy/maps/checkout.map";
    return application;
}

AnalysisMetric exampleAnalysis()
{
    AnalysisMetric metric;
    metric.name = "success-rate";
    metric.query = "sum(rate(http_requests_total{colour='$candidate',code!~'5..'}[1m])) / "
                   "sum(rate(http_requests_total{colour='$candidate'}[1m]))";
    metric.successCondition = "result >= 0.95";
    return metric;
}

ChangeWindow exampleWindow()
{
    ChangeWindow window;
    window.schedule = "0 9 * * 1-4";
    return window;
}

ScalingPolicy exampleScalingPolicy()
{
    ScalingPolicy policy;
    policy.name = "checkout";
    policy.readyQuery = "sum(up{job='checkout'})";
    return policy;
}

ScalingMetric exampleScalingMetric()
{
    ScalingMetric metric;
    metric.policy = "checkout";
    metric.name = "requests";
    metric.expression = "avg(rate(http_requests_total{job='checkout'}[1m]))";
    metric.target = 150;
    metric.unit = "requests/s";
    return metric;
}

/// A table that is repeated, with its keys, all of it commented out.
template <typename Target>
void writeTable(
    std::ostream& out,
    const char* head,
    const char* table,
    const std::vector<Key<Target>>& keys,
    const Target& example)
{
    out << '\n' << head << "# [[" << table << "]]\n";
    for (const auto& key : keys) {
        std::ostringstream doc;
        writeDoc(doc, key.doc);
        std::istringstream lines(doc.str());
        for (std::string line; std::getline(lines, line);) {
            out << '#' << line << '\n';
        }
        out << "# " << key.name << " = " << key.show(example) << '\n';
    }
}

} // namespace

std::string sampleConfig()
{
    std::ostringstream out;
    out << kHead;
    const Config defaults;
    std::string table;
    for (const auto& key : configKeys()) {
        const std::size_t dot = key.name.rfind('.');
        const std::string keyTable = dot == std::string::npos ? "" : key.name.substr(0, dot);
        out << '\n';
        if (keyTable != table) {
            out << '[' << keyTable << "]\n";
            table = keyTable;
        }
        writeDoc(out, key.doc);
        out << (dot == std::string::npos ? key.name : key.name.substr(dot + 1)) << " = "
            << key.show(defaults) << '\n';
    }
    writeTable(out, kRolloutHead, kRolloutTable, rolloutKeys(), exampleApplication());
    writeTable(out, kAnalysisHead, kAnalysisTable, analysisKeys(), exampleAnalysis());
    writeTable(out, kWindowHead, kWindowTable, windowKeys(), exampleWindow());
    writeTable(
        out, kScalingPolicyHead, kScalingPolicyTable, scalingPolicyKeys(), exampleScalingPolicy());
    writeTable(
        out, kScalingMetricHead, kScalingMetricTable, scalingMetricKeys(), exampleScalingMetric());
    writeTable(out, kScrapeHead, kScrapeTable, scrapeKeys(), exampleJob());
    return out.str();
}

} // namespace pilothouse::config
