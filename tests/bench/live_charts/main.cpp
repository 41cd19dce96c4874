// SPDX-License-Identifier: Apache-2.0
// 200 live series at 1 Hz through the real widgets: the Metrics page with 200 series in its list
// and as the lines of its charts, fed once a second; beside it as many series in plain QtCharts.
// The longest event of the GUI thread (CPU) and the process's share of a core. Run it with
// QT_QPA_PLATFORM=offscreen.
#include "tests/bench/live_charts/NaiveCharts.h"
#include "tests/bench/support/Report.h"
#include "tests/bench/support/Usage.h"
#include "tests/support/ui/PageFixture.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/metrics/MetricsPage.h"

#include <QTimer>

#include <cmath>
#include <cstdio>
#include <functional>
#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kSeries = 200;
constexpr int kCharts = 20;
constexpr int kLines = kSeries / kCharts;
/// Of each series, one a second.
constexpr int kPoints = 450;
constexpr int kWarmUpSeconds = 3;
constexpr int kMeasuredSeconds = 20;
constexpr int kPeerSeconds = 6;

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
                {{"__name__", "metric_" + std::to_string(at)}}, kPoints, 10, 2, m_now));
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
                    snapshot ? PageFixture::wave(labels, kPoints, 10 + line, 2, m_now)
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

struct Cost
{
    double worstMs = 0;
    QString worstEvent;
    double corePercent = 0;
};

/// Whether the tick only hands data over, as the client's thread does it, or is the work itself.
enum class Tick { Feeds, Works };

/// Ticks once a second, and measures when it has warmed up.
Cost measure(
    GuardedApplication& application, int seconds, Tick kind, const std::function<void()>& tick)
{
    int second = 0;
    double cpuBefore = 0;
    QTimer timer;
    QObject::connect(&timer, &QTimer::timeout, &application, [&] {
        if (++second == kWarmUpSeconds) {
            application.restart();
            cpuBefore = bench::ownCpuSeconds();
        } else if (second == kWarmUpSeconds + seconds) {
            application.quit();
            return;
        }
        tick();
    });
    timer.start(1000);
    application.exempt(kind == Tick::Feeds ? &timer : nullptr);
    QApplication::exec();
    application.exempt(nullptr);
    const double share = (bench::ownCpuSeconds() - cpuBefore) / seconds * 100;
    return {application.worstMs(), application.worstEvent(), share};
}

Cost measureOurs(GuardedApplication& application)
{
    PageFixture world;
    ui::MetricsPage page(world.context());
    page.resize(1236, 4000);
    page.show();
    Load load(world, page);
    return measure(application, kMeasuredSeconds, Tick::Feeds, [&] { load.tick(); });
}

Cost measurePeer(GuardedApplication& application)
{
    std::int64_t now = StandingClock::kStartMs;
    bench::NaiveCharts charts(kCharts, kLines, kPoints, now);
    charts.resize(1236, 4000);
    charts.show();
    return measure(application, kPeerSeconds, Tick::Works, [&] { charts.tick(now += 1000); });
}

} // namespace

int main(int argc, char** argv)
{
    GuardedApplication application(argc, argv);
    const Cost ours = measureOurs(application);
    const double memory = bench::residentMegabytes(getpid());
    const Cost peer = measurePeer(application);
    bench::Report report("live_charts");
    report.figure("longest event, CPU", "ms", ours.worstMs, bench::atMost(8));
    report.figure("process", "% core", ours.corePercent, bench::atMost(10));
    report.fact("longest event, CPU", "ms", {"console", ours.worstMs}, {"QtCharts", peer.worstMs});
    report.fact("process", "% core", {"console", ours.corePercent}, {"QtCharts", peer.corePercent});
    report.fact("resident memory of the console", "MB", memory);
    std::printf("the longest event: %s\n", qPrintable(ours.worstEvent));
    return report.exitCode();
}
