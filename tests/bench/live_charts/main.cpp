// SPDX-License-Identifier: Apache-2.0
// 200 live series at 1 Hz through the real widgets: the metrics page with 200 series in its list
// and eight charts of six lines, fed once a second. Prints the longest event of the GUI thread
// (CPU) and the process's share of a core. Run it with QT_QPA_PLATFORM=offscreen.
#include "tests/bench/support/Report.h"
#include "tests/bench/support/Usage.h"
#include "tests/support/ui/PageFixture.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/metrics/MetricsPage.h"

#include <QTimer>

#include <cmath>
#include <cstdio>
#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kSeries = 200;
constexpr int kCharts = 8;
constexpr int kLines = 6;
constexpr int kWarmUpSeconds = 3;
constexpr int kMeasuredSeconds = 20;

/// Feeds the fakes as the server would.
class Load
{
public:
    Load(PageFixture& world, ui::MetricsPage& page) : m_world(world)
    {
        page.setShown(true);
        for (int chart = 0; chart < kCharts; ++chart) {
            page.openObject(QStringLiteral("load_%1").arg(chart));
        }
        metrics::LiveSeriesUpdate list{true, {}, kSeries};
        for (int at = 0; at < kSeries; ++at) {
            list.series.push_back(PageFixture::wave(
                {{"__name__", "metric_" + std::to_string(at)}}, 450, 10, 2, m_now));
        }
        world.metrics().seriesStream.push(list);
        push(/*snapshot=*/true);
    }

    void tick()
    {
        m_now += 1000;
        metrics::LiveSeriesUpdate list{false, {}, kSeries};
        for (int at = 0; at < kSeries; ++at) {
            list.series.push_back(
                {{{"__name__", "metric_" + std::to_string(at)}}, {m_now}, {value(at)}});
        }
        m_world.metrics().seriesStream.push(list);
        push(/*snapshot=*/false);
    }

private:
    double value(int series) const
    {
        return 10 + 2 * std::sin(static_cast<double>(m_now) / 9000.0 + series);
    }
    void push(bool snapshot)
    {
        for (int chart = 0; chart < kCharts; ++chart) {
            metrics::LiveQueryUpdate update{snapshot, {}, absl::FromUnixMillis(m_now), 0, {}};
            for (int line = 0; line < kLines; ++line) {
                const metrics::Labels labels{{"line", std::to_string(line)}};
                update.series.push_back(
                    snapshot ? PageFixture::wave(labels, 1800, 10 + line, 2, m_now)
                             : metrics::SeriesPoints{labels, {m_now}, {value(line)}});
            }
            const std::string expression = "load_" + std::to_string(chart);
            m_world.metrics().queryStream.push(
                update, [&](const auto& request) { return request.expression == expression; });
        }
    }

    PageFixture& m_world;
    std::int64_t m_now = StandingClock::kStartMs;
};

} // namespace

int main(int argc, char** argv)
{
    GuardedApplication application(argc, argv);
    PageFixture world;
    ui::MetricsPage page(world.context());
    page.resize(1236, 2000);
    page.show();
    Load load(world, page);
    int second = 0;
    double cpuBefore = 0;
    QTimer timer;
    QObject::connect(&timer, &QTimer::timeout, &application, [&] {
        load.tick();
        if (++second == kWarmUpSeconds) {
            application.restart();
            cpuBefore = bench::ownCpuSeconds();
        } else if (second == kWarmUpSeconds + kMeasuredSeconds) {
            application.quit();
        }
    });
    timer.start(1000);
    QApplication::exec();
    const double share = (bench::ownCpuSeconds() - cpuBefore) / kMeasuredSeconds * 100;
    bench::Report report("live_charts");
    report.figure(
        "longest event of the GUI thread", "ms CPU", application.worstMs(), bench::atMost(8));
    report.figure("process", "% core", share, bench::atMost(10));
    report.fact("resident memory", "MB", bench::residentMegabytes(getpid()));
    std::printf("the longest event went to %s\n", qPrintable(application.worstEvent()));
    return report.exitCode();
}
