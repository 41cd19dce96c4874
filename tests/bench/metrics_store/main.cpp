// SPDX-License-Identifier: Apache-2.0
// What the store costs under the reference load (200 targets of 500 series), without a network:
// each figure on a line of its own, CPU time where the machine is shared.
//   bench_metrics_store [TARGETS] [SECONDS] [FOLDER]
#include "server/metrics/storage/MetricsStorage.h"
#include "shared/metrics/exposition/ScrapeParser.h"
#include "shared/metrics/store/Store.h"
#include "tests/bench/metrics_store/ReferenceTarget.h"
#include "tests/bench/support/Report.h"
#include "tests/bench/support/Usage.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::metrics;

namespace {

double residentBytes()
{
    return bench::residentMegabytes(getpid()) * 1e6;
}

/// The project's own aims: a quarter of what Prometheus needs for a series after four minutes, and
/// a third of its bytes for a sample.
constexpr double kMostBytesPerSeries = 1000;
constexpr double kMostBytesPerSample = 0.9;

struct Target
{
    explicit Target(int index) : reference(index) {}

    bench::ReferenceTarget reference;
    std::shared_ptr<ScrapeGroup> group; // shared with the store
    ScrapeParser parser;
    Labels labels;
};

class Bench
{
public:
    Bench(int targets, int seconds, std::string folder)
        : m_seconds(seconds), m_folder(std::move(folder)), m_store({}, systemClock())
    {
        for (int target = 0; target < targets; ++target) {
            m_targets.push_back(std::make_unique<Target>(target));
        }
    }

    int exitCode() const { return m_report.exitCode(); }

    void run()
    {
        const double before = residentBytes();
        const double cpuBefore = bench::ownCpuSeconds();
        MetricsStorage storage(m_folder, m_store, systemClock());
        if (const auto status = storage.open(); !status.ok()) {
            fmt::print(stderr, "{}\n", status.ToString());
            std::exit(1);
        }
        for (const auto& target : m_targets) {
            target->group = m_store.group("job " + target->reference.instance());
        }
        for (int second = 0; second < m_seconds; ++second) {
            scrapeAll(second);
        }
        // The generator is not the store's: its time is taken out.
        const double ours = bench::ownCpuSeconds() - cpuBefore - m_generateCpu;
        const StoreStatus status = m_store.status();
        const auto samples = double(m_samples);
        m_report.fact("series", "", double(status.series));
        m_report.fact("samples", "M", samples / 1e6);
        m_report.fact(
            "first scrape, CPU a sample", "ns", m_firstCpu * 1e9 / double(m_firstSamples));
        m_report.fact("parse, CPU a sample", "ns", m_parseCpu * 1e9 / samples);
        m_report.fact("append (pack, seal, log), CPU a sample", "ns", m_appendCpu * 1e9 / samples);
        m_report.fact("all threads, CPU", "s/M", ours * 1e6 / (samples + double(m_firstSamples)));
        const double resident = residentBytes();
        m_report.figure(
            "memory a series",
            "B",
            (resident - before) / double(status.series),
            bench::atMost(kMostBytesPerSeries));
        storage.close();
        std::int64_t bytes = 0;
        for (const auto& entry : std::filesystem::directory_iterator(m_folder)) {
            if (entry.path().filename().string().starts_with("log-")) {
                bytes += std::int64_t(entry.file_size());
            }
        }
        m_report.figure(
            "sealed blocks, bytes a sample",
            "B",
            sealedBytesPerSample(),
            bench::atMost(kMostBytesPerSample));
        m_report.fact("log left when closed", "MB", double(bytes) / 1e6);
    }

    void restart()
    {
        Store store({}, systemClock());
        MetricsStorage storage(m_folder, store, systemClock());
        const double before = bench::ownCpuSeconds();
        if (!storage.open().ok()) {
            std::exit(1);
        }
        const double cpu = bench::ownCpuSeconds() - before;
        const RecoveryReport& report = storage.recovery();
        m_report.fact("restart, wall", "ms", absl::ToDoubleMilliseconds(report.duration));
        m_report.fact("restart, CPU", "ms", cpu * 1e3);
        readAll(store);
    }

private:
    void scrapeAll(int second)
    {
        for (const auto& target : m_targets) {
            double at = bench::threadCpuSeconds();
            const std::string& body = target->reference.body();
            m_generateCpu += bench::threadCpuSeconds() - at;
            at = bench::threadCpuSeconds();
            const auto scrape = target->parser.parse(
                body,
                ExpositionFormat::PrometheusText,
                target->group->generation(),
                [&](const Labels& labels) {
                    Labels complete = labels;
                    complete.set("job", "bench");
                    complete.set("instance", target->reference.instance());
                    return target->group->slot(complete).value_or(kRetrySlot);
                });
            if (!scrape.ok()) {
                fmt::print(stderr, "{}\n", scrape.status().ToString());
                std::exit(1);
            }
            const double parsed = bench::threadCpuSeconds();
            // Scrapes jitter by some milliseconds.
            const TimestampMs time =
                m_start + TimestampMs{second} * 1000 + (second * 7 + target->reference.index()) % 5;
            const AppendResult result = target->group->append(time, scrape->values);
            if (second == 0) {
                m_firstCpu += bench::threadCpuSeconds() - at;
                m_firstSamples += std::int64_t(result.appended);
                continue;
            }
            m_parseCpu += parsed - at;
            m_appendCpu += bench::threadCpuSeconds() - parsed;
            m_samples += std::int64_t(result.appended);
        }
    }

    double sealedBytesPerSample() const
    {
        double bytes = 0;
        double samples = 0;
        for (const auto& file : segmentFiles(m_folder)) {
            const auto opened = Segment::open(file.path);
            if (!opened.ok()) {
                continue;
            }
            for (const auto& block : opened->blocks) {
                bytes += double(block->bytes().size());
                samples += double(block->extent().samples);
            }
        }
        return samples > 0 ? bytes / samples : 0;
    }

    void readAll(const Store& store)
    {
        const std::vector<LabelMatcher> matchers{{MatchType::Equal, "job", "bench"}};
        double at = bench::ownCpuSeconds();
        const auto selected = store.select(matchers, 0, TimestampMs(1) << 50);
        m_report.fact("select all, first, CPU", "ms", (bench::ownCpuSeconds() - at) * 1e3);
        at = bench::ownCpuSeconds();
        (void)store.select(matchers, 0, TimestampMs(1) << 50);
        m_report.fact("select all, again, CPU", "ms", (bench::ownCpuSeconds() - at) * 1e3);
        std::vector<SeriesId> ids;
        for (const SelectedSeries& series : *selected) {
            ids.push_back(series.id);
        }
        std::int64_t samples = 0;
        at = bench::ownCpuSeconds();
        store.readMany(
            ids, 0, TimestampMs(1) << 50, [&](std::size_t, const SampleColumns& columns) {
                samples += std::int64_t(columns.size());
            });
        const double cpu = bench::ownCpuSeconds() - at;
        m_report.fact("read all, CPU a sample", "ns", cpu * 1e9 / double(samples));
    }

    bench::Report m_report{"metrics_store"};
    const int m_seconds;
    const std::string m_folder;
    Store m_store;
    std::vector<std::unique_ptr<Target>> m_targets;
    const TimestampMs m_start = absl::ToUnixMillis(absl::Now());
    double m_generateCpu = 0;
    double m_firstCpu = 0;
    double m_parseCpu = 0;
    double m_appendCpu = 0;
    std::int64_t m_firstSamples = 0;
    std::int64_t m_samples = 0;
};

} // namespace

int main(int argc, char** argv)
{
    const int targets = argc > 1 ? std::atoi(argv[1]) : 200;
    const int seconds = argc > 2 ? std::atoi(argv[2]) : 241;
    const std::string folder =
        argc > 3
            ? argv[3]
            : (std::filesystem::temp_directory_path() / fmt::format("metrics-bench-{}", ::getpid()))
                  .string();
    int result = 0;
    {
        Bench bench(targets, seconds, folder);
        bench.run();
        bench.restart();
        result = bench.exitCode();
    }
    if (argc <= 3) {
        std::filesystem::remove_all(folder);
    }
    return result;
}
