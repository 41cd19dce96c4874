// SPDX-License-Identifier: Apache-2.0
// What the store costs under the reference load (200 targets of 500 series), without a network:
// each figure on a line of its own, CPU time where the machine is shared.
//   bench_metrics_store [TARGETS] [SECONDS] [FOLDER]
#include "server/metrics/storage/MetricsStorage.h"
#include "shared/metrics/exposition/ScrapeParser.h"
#include "shared/metrics/store/Store.h"
#include "tests/bench/metrics_store/ReferenceTarget.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::metrics;

namespace {

double cpuSeconds(clockid_t clock)
{
    timespec time{};
    clock_gettime(clock, &time);
    return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

double threadCpu()
{
    return cpuSeconds(CLOCK_THREAD_CPUTIME_ID);
}
double processCpu()
{
    return cpuSeconds(CLOCK_PROCESS_CPUTIME_ID);
}

std::int64_t residentBytes()
{
    std::ifstream statm("/proc/self/statm");
    std::int64_t total = 0;
    std::int64_t resident = 0;
    statm >> total >> resident;
    return resident * sysconf(_SC_PAGESIZE);
}

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

    void run()
    {
        const std::int64_t before = residentBytes();
        const double cpuBefore = processCpu();
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
        const double ours = processCpu() - cpuBefore - m_generateCpu;
        const StoreStatus status = m_store.status();
        const auto samples = double(m_samples);
        fmt::print("series                          {}\n", status.series);
        fmt::print("samples                         {:.1f} M\n", samples / 1e6);
        fmt::print(
            "first scrape, ns/sample         {:.0f}\n", m_firstCpu * 1e9 / double(m_firstSamples));
        fmt::print("parse, ns/sample                {:.1f}\n", m_parseCpu * 1e9 / samples);
        fmt::print("append (pack, seal, log), ns    {:.1f}\n", m_appendCpu * 1e9 / samples);
        fmt::print(
            "all threads, CPU s/M samples    {:.3f}\n",
            ours * 1e6 / (samples + double(m_firstSamples)));
        const std::int64_t resident = residentBytes();
        fmt::print(
            "RSS                             {:.1f} MB ({:.0f} B/series; {:.1f} MB before the "
            "first)\n",
            double(resident) / 1e6,
            double(resident - before) / double(status.series),
            double(before) / 1e6);
        storage.close();
        std::int64_t bytes = 0;
        for (const auto& entry : std::filesystem::directory_iterator(m_folder)) {
            if (entry.path().filename().string().starts_with("log-")) {
                bytes += std::int64_t(entry.file_size());
            }
        }
        fmt::print("sealed blocks, B/sample         {:.3f}\n", sealedBytesPerSample());
        fmt::print("log, B/sample in it             {:.2f} MB of log\n", double(bytes) / 1e6);
    }

    void restart()
    {
        Store store({}, systemClock());
        MetricsStorage storage(m_folder, store, systemClock());
        const double before = processCpu();
        if (!storage.open().ok()) {
            std::exit(1);
        }
        const double cpu = processCpu() - before;
        const RecoveryReport& report = storage.recovery();
        fmt::print(
            "restart                         {:.0f} ms ({:.0f} ms CPU): {} series, {} blocks, {} "
            "rows of log\n",
            absl::ToDoubleMilliseconds(report.duration),
            cpu * 1e3,
            report.series,
            report.blocks,
            report.rows);
        readAll(store);
    }

private:
    void scrapeAll(int second)
    {
        for (const auto& target : m_targets) {
            double at = threadCpu();
            const std::string& body = target->reference.body();
            m_generateCpu += threadCpu() - at;
            at = threadCpu();
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
            const double parsed = threadCpu();
            // Scrapes jitter by some milliseconds.
            const TimestampMs time =
                m_start + second * 1000 + (second * 7 + target->reference.index()) % 5;
            const AppendResult result = target->group->append(time, scrape->values);
            if (second == 0) {
                m_firstCpu += threadCpu() - at;
                m_firstSamples += std::int64_t(result.appended);
                continue;
            }
            m_parseCpu += parsed - at;
            m_appendCpu += threadCpu() - parsed;
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

    void readAll(const Store& store) const
    {
        const std::vector<LabelMatcher> matchers{{MatchType::Equal, "job", "bench"}};
        double at = processCpu();
        const auto selected = store.select(matchers, 0, TimestampMs(1) << 50);
        fmt::print("select all, first and again     {:.1f} ms", (processCpu() - at) * 1e3);
        at = processCpu();
        (void)store.select(matchers, 0, TimestampMs(1) << 50);
        fmt::print(", {:.1f} ms\n", (processCpu() - at) * 1e3);
        std::vector<SeriesId> ids;
        for (const SelectedSeries& series : *selected) {
            ids.push_back(series.id);
        }
        std::int64_t samples = 0;
        at = processCpu();
        store.readMany(
            ids, 0, TimestampMs(1) << 50, [&](std::size_t, const SampleColumns& columns) {
                samples += std::int64_t(columns.size());
            });
        const double cpu = processCpu() - at;
        fmt::print(
            "read all                        {:.2f} ns/sample, {} samples\n",
            cpu * 1e9 / double(samples),
            samples);
    }

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
    {
        Bench bench(targets, seconds, folder);
        bench.run();
        bench.restart();
    }
    if (argc <= 3) {
        std::filesystem::remove_all(folder);
    }
    return 0;
}
