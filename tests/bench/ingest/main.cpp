// SPDX-License-Identifier: Apache-2.0
// The real pilothoused beside Debian's prometheus, both scraping the reference load (200 targets of
// 500 series every second) from the same generator at the same time; then what our server itself
// must keep to (requirement A8).  bench_ingest [SECONDS] [TARGETS]
#include "tests/bench/ingest/TargetServer.h"
#include "tests/bench/support/Report.h"
#include "tests/bench/support/Usage.h"
#include "tests/support/Programs.h"
#include "tests/support/TestServer.h"
#include "tests/support/promql/PrometheusPeer.h"

#include <fmt/format.h>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QJsonArray>
#include <QProcess>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <numeric>
#include <sys/prctl.h>

using namespace pilothouse;

namespace {

constexpr int kDefaultSeconds = 70;
constexpr int kDefaultTargets = 200;
/// Target N is 127.0.1.N.
constexpr int kMostTargets = 254;
constexpr int kSeriesPerTarget = 500;
/// Start, first scrapes, index.
constexpr int kWarmUpSeconds = 20;
constexpr int kMs = 1000;

void pause(int seconds)
{
    QElapsedTimer timer;
    timer.start();
    const int wanted = seconds * kMs;
    test::waitUntil([&] { return timer.elapsed() >= wanted; }, 2 * wanted);
}

int fail(const QString& reason)
{
    std::fprintf(stderr, "bench_ingest: %s\n", qPrintable(reason));
    return 1;
}

QString targetList(int targets, int port)
{
    QStringList list;
    for (int target = 1; target <= targets; ++target) {
        list << QStringLiteral("\"127.0.1.%1:%2\"").arg(target).arg(port);
    }
    return list.join(QLatin1String(", "));
}

/// How many samples of the load one scrape of everything brought, as the server itself says.
double samplesOfOneRound(test::HttpProbe& http, const QString& url)
{
    const auto answer = http.get(
                                url + QStringLiteral("/api/v1/query"),
                                {{QStringLiteral("query"),
                                  QStringLiteral("sum(scrape_samples_scraped{job=\"bench\"})")}})
                            .json();
    const auto series = answer[QLatin1String("data")][QLatin1String("result")].toArray();
    return series.at(0)[QLatin1String("value")].toArray().at(1).toString().toDouble();
}

struct Usage
{
    double ours = 0;
    double oursWithChildren = 0;
    double theirs = 0;

    Usage operator-(const Usage& before) const
    {
        return {
            ours - before.ours, oursWithChildren - before.oursWithChildren, theirs - before.theirs};
    }
};

template <typename Measure>
Usage usageOf(pid_t ours, pid_t theirs, Measure measure)
{
    const auto tree = bench::processTree(ours);
    const double sum = std::accumulate(tree.begin(), tree.end(), 0.0, [&](double total, pid_t pid) {
        return total + measure(pid);
    });
    return {measure(ours), sum, measure(theirs)};
}

/// Stops the server and starts it on the data it has, while nobody else needs the processor.
int restart(bench::Report& report, test::TestServer& server)
{
    QElapsedTimer timer;
    timer.start();
    if (!server.stop()) {
        return fail(QStringLiteral("the server did not stop: ") + server.log());
    }
    report.figure(
        "graceful stop", "s", static_cast<double>(timer.elapsed()) / kMs, bench::atMost(10));
    timer.restart();
    if (!server.start()) {
        return fail(QStringLiteral("the server did not start again: ") + server.log());
    }
    report.figure(
        "start on these data", "s", static_cast<double>(timer.elapsed()) / kMs, bench::atMost(2));
    report.fact("CPU of that start", "s", bench::cpuSeconds(static_cast<pid_t>(server.pid())));
    return report.exitCode();
}

int compare(int seconds, int targets, int port)
{
    test::TestServer server(test::TestServer::Options{
        QStringLiteral("[[metrics.scrape]]\njob = \"bench\"\ninterval = \"1s\"\ntargets = [%1]\n")
            .arg(targetList(targets, port)),
        {},
        {},
        120000});
    if (!server.start()) {
        return fail(QStringLiteral("the server did not start: ") + server.log());
    }
    bench::Report report("ingest");
    {
        test::PrometheusPeer prometheus;
        const QString config = QStringLiteral(
            "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
            "scrape_configs:\n  - job_name: bench\n    static_configs: [{targets: [%1]}]\n");
        if (!prometheus.start(config.arg(targetList(targets, port)).toUtf8())) {
            return fail(QStringLiteral("prometheus did not start: ") + prometheus.log());
        }
        const auto ours = static_cast<pid_t>(server.pid());
        const auto theirs = static_cast<pid_t>(prometheus.pid());
        pause(kWarmUpSeconds);
        const Usage before = usageOf(ours, theirs, bench::cpuSeconds);
        QElapsedTimer timer;
        timer.start();
        pause(seconds);
        const Usage cpu = usageOf(ours, theirs, bench::cpuSeconds) - before;
        const double passed = static_cast<double>(timer.elapsed()) / kMs;
        const Usage memory = usageOf(ours, theirs, bench::residentMegabytes);
        const Usage shares = usageOf(ours, theirs, bench::proportionalMegabytes);
        test::HttpProbe http;
        const double whole = targets * kSeriesPerTarget;
        const double ourShare = samplesOfOneRound(http, server.httpUrl()) / whole;
        const double theirShare = samplesOfOneRound(http, prometheus.url()) / whole;
        if (ourShare == 0 || theirShare == 0) {
            return fail(
                QStringLiteral("one of them did not scrape: ") + server.log() + prometheus.log());
        }
        const double perMillion = 1e6 / (passed * whole);
        report.ratio(
            "CPU",
            "s/M",
            {"pilothoused", cpu.ours * perMillion},
            {"prometheus", cpu.theirs * perMillion},
            bench::atMost(0.4));
        report.ratio(
            "resident memory",
            "MB",
            {"pilothoused", memory.ours},
            {"prometheus", memory.theirs},
            bench::atMost(0.4));
        report.figure("targets scraped", "of all", ourShare, bench::atLeast(1));
        report.fact("targets scraped by prometheus", "of all", theirShare);
        // With the private PostgreSQL and Redis.
        report.figure(
            "CPU of all our processes",
            "% core",
            cpu.oursWithChildren / passed * 100,
            bench::atMost(50));
        report.figure(
            "memory of all our processes", "MB", shares.oursWithChildren, bench::atMost(512));
    }
    return restart(report, server);
}

int measure(int seconds, int targets)
{
    if (test::PrometheusPeer::program().isEmpty()) {
        return fail(QStringLiteral("prometheus is not installed: nothing to compare with"));
    }
    QProcess generator;
    generator.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    generator.start(
        QCoreApplication::applicationFilePath(),
        {QStringLiteral("--generator"), QString::number(targets)});
    if (!generator.waitForReadyRead(20000)) {
        return fail(QStringLiteral("the generator did not start"));
    }
    const int result = compare(seconds, targets, generator.readLine().trimmed().toInt());
    generator.kill();
    generator.waitForFinished();
    return result;
}

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.value(1) == QLatin1String("--generator")) {
        prctl(PR_SET_PDEATHSIG, SIGTERM); // not longer than the benchmark
        bench::TargetServer server(arguments.value(2).toInt());
        fmt::print("{}\n", server.port());
        std::fflush(stdout);
        server.serve();
    }
    bench::findOwnPrograms();
    const int seconds = arguments.value(1, QString::number(kDefaultSeconds)).toInt();
    const int targets = arguments.value(2, QString::number(kDefaultTargets)).toInt();
    return measure(std::max(1, seconds), std::clamp(targets, 1, kMostTargets));
}
