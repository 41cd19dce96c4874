// SPDX-License-Identifier: Apache-2.0
// CPU time per query: the engine over the server's store, beside a real Prometheus with the same
// samples in the same run. The end of each query moves, so that nothing can be remembered.
#include "server/metrics/api/ResultJson.h"
#include "shared/metrics/promql/PreparedQuery.h"
#include "shared/metrics/store/Store.h"
#include "tests/bench/support/Report.h"
#include "tests/bench/support/Usage.h"
#include "tests/integration/promql/AnswerComparison.h"
#include "tests/support/promql/PrometheusPeer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace pilothouse;
using namespace pilothouse::metrics;

constexpr TimestampMs kStart = 1700000000000;
constexpr int kTargets = 200;
constexpr int kSeconds = 150;
constexpr int kRuns = 5;
constexpr bench::Aim kHeavyAim = bench::atMost(0.08);

struct Question
{
    const char* name = nullptr;
    const char* expression = nullptr;
    /// 0 = instant.
    int rangeSeconds = 0;
    int stepSeconds = 0;
    /// Reads so much that the project has an aim for it.
    bool isHeavy = true;
};

constexpr Question kQuestions[] = {
    {"q02 sum(rate[1m]) 40k", "sum(rate(http_requests_total[1m]))", 0, 0},
    {"q03 histogram_quantile 1k",
     "histogram_quantile(0.99, sum by (le) (rate(latency_seconds_bucket[1m])))",
     0,
     0,
     /*isHeavy=*/false},
    {"q05 ratio of two regex selectors",
     "sum by (service) (rate(http_requests_total{code=~\"5..\"}[1m])) / sum by (service) "
     "(rate(http_requests_total{code=~\"2..|3..\"}[1m]))",
     0,
     0},
    {"q06 count by (__name__) 53k", "count by (__name__) ({__name__=~\".+\"})", 0, 0},
    {"q08 range rate by code 40k", "sum by (code) (rate(http_requests_total[1m]))", 80, 5},
    {"q10 range max_over_time 12k", "max by (instance) (max_over_time(queue_depth[1m]))", 80, 5},
    {"q12 quantile(avg_over_time[2m])", "quantile(0.9, avg_over_time(queue_depth[2m]))", 0, 0},
};

std::vector<Labels> labelsOfTarget(int target)
{
    const std::string instance = fmt::format("10.0.0.{}:9100", target);
    const std::string service = fmt::format("service-{}", target % 10);
    std::vector<Labels> list;
    for (const char* code : {"200", "201", "304", "404", "500", "503", "429", "302"}) {
        for (int path = 0; path < 25; ++path) {
            list.push_back(
                {{"__name__", "http_requests_total"},
                 {"job", "bench"},
                 {"instance", instance},
                 {"service", service},
                 {"code", code},
                 {"path", fmt::format("/api/v1/resource/{}", path)}});
        }
    }
    for (int queue = 0; queue < 60; ++queue) {
        list.push_back(
            {{"__name__", "queue_depth"},
             {"job", "bench"},
             {"instance", instance},
             {"service", service},
             {"queue", std::to_string(queue)}});
    }
    for (const char* bound : {"0.1", "0.5", "1", "5", "+Inf"}) {
        list.push_back(
            {{"__name__", "latency_seconds_bucket"},
             {"job", "bench"},
             {"instance", instance},
             {"service", service},
             {"le", bound}});
    }
    return list;
}

/// The same samples into our store and, as long as they are needed, into a list for the peer.
void load(Store& store, std::vector<test::SampleSeries>& peerSeries)
{
    std::mt19937 random(1); // NOLINT: the same load at every run
    for (int target = 0; target < kTargets; ++target) {
        const auto labels = labelsOfTarget(target);
        const auto group = store.group(fmt::format("target-{}", target));
        std::vector<SlotValue> row;
        const std::size_t first = peerSeries.size();
        for (const Labels& one : labels) {
            row.push_back({group->slot(one).value(), 0});
            peerSeries.push_back({one, {}});
        }
        for (int second = 0; second < kSeconds; ++second) {
            const TimestampMs time = kStart + TimestampMs{second} * 1000 + TimestampMs{target} * 5;
            for (std::size_t index = 0; index < row.size(); ++index) {
                const auto dice = static_cast<double>(random() % 100);
                const bool isGauge = index >= 200 && index < 260;
                const double bucket = index >= 260 ? static_cast<double>(index - 259) : 1;
                row[index].value =
                    isGauge ? dice : row[index].value + std::floor(dice / 20) * bucket;
                auto& samples = peerSeries[first + index].samples;
                samples.times.push_back(time);
                samples.values.push_back(row[index].value);
            }
            group->append(time, row);
        }
    }
}

promql::QueryRange rangeOf(const Question& question, int run)
{
    const TimestampMs end = kStart + TimestampMs{kSeconds - 10 + run} * 1000 + 999;
    const TimestampMs range = question.rangeSeconds;
    const TimestampMs step = std::max(1, question.stepSeconds);
    return {end - range * 1000, end, step * 1000};
}

using Ask = std::function<absl::StatusOr<QueryResult>(const promql::QueryRange&)>;

/// CPU per query with its JSON, and the last answer.
std::pair<double, QueryResult> measure(const Question& question, const Ask& ask)
{
    QueryResult last;
    const double before = bench::ownCpuSeconds();
    for (int run = 0; run < kRuns; ++run) {
        auto result = ask(rangeOf(question, run));
        if (!result.ok()) {
            fmt::print(stderr, "{}: {}\n", question.name, std::string(result.status().message()));
            std::exit(1);
        }
        last = *std::move(result);
        static_cast<void>(resultJson(last, 0));
    }
    return {(bench::ownCpuSeconds() - before) * 1000 / kRuns, std::move(last)};
}

std::pair<double, QJsonObject> measurePeer(
    const Question& question, const test::PrometheusPeer& peer, test::HttpProbe& http)
{
    const auto seconds = [](TimestampMs time) {
        return QString::number(static_cast<double>(time) / 1000, 'f', 3);
    };
    QJsonObject last;
    const auto pid = static_cast<pid_t>(peer.pid());
    const double before = bench::cpuSeconds(pid);
    for (int run = 0; run < kRuns; ++run) {
        const auto range = rangeOf(question, run);
        test::HttpParameters parameters{
            {QStringLiteral("query"), QString::fromLatin1(question.expression)}};
        if (question.rangeSeconds == 0) {
            parameters += {QStringLiteral("time"), seconds(range.end)};
        } else {
            parameters += {QStringLiteral("start"), seconds(range.start)};
            parameters += {QStringLiteral("end"), seconds(range.end)};
            parameters += {QStringLiteral("step"), seconds(range.stepMs)};
        }
        const QString path = question.rangeSeconds == 0 ? QStringLiteral("/api/v1/query")
                                                        : QStringLiteral("/api/v1/query_range");
        last = http.get(peer.url() + path, parameters).json()[QLatin1String("data")].toObject();
    }
    return {(bench::cpuSeconds(pid) - before) * 1000 / kRuns, last};
}

int run()
{
    Store store({}, systemClock());
    std::vector<test::SampleSeries> peerSeries;
    load(store, peerSeries);
    if (test::PrometheusPeer::program().isEmpty()) {
        fmt::print(stderr, "prometheus is not installed: nothing to compare with\n");
        return 1;
    }
    test::PrometheusPeer peer;
    if (!peer.start() || !peer.write(peerSeries)) {
        fmt::print(stderr, "prometheus did not take the samples\n{}", peer.log().toStdString());
        return 1;
    }
    peerSeries.clear();
    peerSeries.shrink_to_fit();

    promql::EngineOptions options;
    options.compat = promql::Compat::Prometheus2;
    const promql::Engine engine(options);
    test::HttpProbe http;
    bench::Report report("promql");
    bool isSame = true;
    for (const Question& question : kQuestions) {
        const auto expr = engine.parse(question.expression);
        promql::PreparedQuery prepared(engine, *expr, store);
        const bool isInstant = question.rangeSeconds == 0;
        const auto [once, ours] = measure(question, [&](const promql::QueryRange& range) {
            return isInstant ? engine.instant(**expr, store, range.end)
                             : engine.range(**expr, store, range);
        });
        const auto ask = [&](const promql::QueryRange& range) {
            return isInstant ? prepared.instant(range.end) : prepared.range(range);
        };
        static_cast<void>(ask(rangeOf(question, 0)));
        const double standing = measure(question, ask).first;
        const auto [theirs, answer] = measurePeer(question, peer, http);
        const QString difference = test::compareAnswers(ours, answer, test::Order::Ignored);
        if (!difference.isEmpty()) {
            fmt::print(stderr, "{}: {}\n", question.name, difference.toStdString());
            isSame = false;
        }
        const bench::Report::Side one{"one-off", once};
        const bench::Report::Side peers{"prometheus", theirs};
        if (question.isHeavy) {
            report.ratio(question.name, "ms CPU", one, peers, kHeavyAim);
        } else {
            report.fact(question.name, "ms CPU", one, peers);
        }
        report.fact("  the same, standing", "ms CPU", {"ours", standing}, peers);
    }
    return isSame ? report.exitCode() : 1;
}

} // namespace

int main()
{
    return run();
}
