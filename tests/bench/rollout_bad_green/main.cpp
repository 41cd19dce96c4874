// SPDX-License-Identifier: Apache-2.0
// A version that goes bad while it has the traffic, under 2 000 requests a second: from the moment
// when it begins to fail to the first answer of the old side, and how many requests failed. With
// the old side's past as the measure, and with a share of the requests held back on it.
// `bench_rollout_bad_green 50` for more trials of each kind than 10.
#include "tests/bench/support/Report.h"
#include "tests/bench/support/Statistics.h"
#include "tests/bench/support/Usage.h"
#include "tests/integration/rollouts/RolloutProbe.h"
#include "tests/support/Programs.h"
#include "tests/support/TestServer.h"
#include "tests/support/rollouts/LoadClients.h"

#include <QCoreApplication>
#include <QDir>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kClients = 8;
constexpr auto kPause = std::chrono::microseconds(3500);
constexpr int kPatienceMs = 60000;
/// What the side before the promotion is known by.
constexpr std::int64_t kRequestsBefore = 3000;
/// After the promotion, all is well for so long.
constexpr auto kCalm = std::chrono::milliseconds(500);

[[noreturn]] void fail(const std::string& why)
{
    std::fprintf(stderr, "bench_rollout_bad_green: %s\n", why.c_str());
    std::exit(1);
}

void await(const char* what, const std::function<bool()>& condition)
{
    if (!waitUntil(condition, kPatienceMs)) {
        fail(std::string("waited in vain for ") + what);
    }
}

struct Result
{
    std::vector<double> times;
    std::vector<double> failed;
};

void trial(
    HaproxyWorld& haproxy,
    RolloutProbe& probe,
    LoadClients& load,
    int errorsPerMille,
    Result& result)
{
    if (const auto started = probe.start(); !started.status.ok()) {
        fail(std::string(started.status.message()));
    }
    await("what was before", [&] {
        const auto rollout = probe.shop().rollout();
        return rollout.step() == v1::ROLLOUT_STEP_AWAITING_PROMOTION ||
               (rollout.evidence_size() > 0 &&
                rollout.evidence(0).stable_requests() > kRequestsBefore);
    });
    if (const auto promoted = probe.promote("a benchmark"); !promoted.status.ok()) {
        fail("not promoted: " + std::string(promoted.status.message()));
    }
    std::this_thread::sleep_for(kCalm);
    const auto before = load.counts();
    haproxy.green().setErrorsPerMille(errorsPerMille);
    const auto began = LoadClients::Clock::now();
    // Held back requests reach the old side all the time: what counts is when the map says so.
    await("the way back", [&] { return haproxy.active() == QLatin1String("blue"); });
    const auto back = LoadClients::Clock::now();
    result.times.push_back(std::chrono::duration<double, std::milli>(back - began).count());
    await("the end", [&] { return probe.step() == v1::ROLLOUT_STEP_ROLLED_BACK; });
    result.failed.push_back(static_cast<double>(load.counts().failed - before.failed));
    haproxy.green().setErrorsPerMille(0);
}

Result run(const std::string& config, int errorsPerMille, int trials, double& rate)
{
    const QString folder = makeWorkFolder();
    Result result;
    {
        HaproxyWorld haproxy(folder);
        if (!haproxy.start()) {
            fail("haproxy does not start");
        }
        TestServer::Options options;
        options.config = haproxy.config(QString::fromStdString(config));
        TestServer server(options);
        if (!server.start()) {
            fail(server.log().toStdString());
        }
        RolloutProbe probe(socketChannel(server));
        await("the application", [&] { return probe.shop().active() == v1::ROLLOUT_COLOUR_BLUE; });
        LoadClients load(haproxy.livePort(), kClients, kPause);
        const auto began = LoadClients::Clock::now();
        for (int at = 0; at < trials; ++at) {
            trial(haproxy, probe, load, errorsPerMille, result);
        }
        const std::chrono::duration<double> time = LoadClients::Clock::now() - began;
        rate = static_cast<double>(load.counts().requests) / time.count();
    }
    QDir(folder).removeRecursively();
    return result;
}

/// With neither server nor console: how many requests each death of green costs.
std::vector<double> lostToDeaths(int trials)
{
    const QString folder = makeWorkFolder();
    std::vector<double> lost;
    {
        HaproxyWorld haproxy(folder);
        if (!haproxy.start()) {
            fail("haproxy does not start");
        }
        haproxy.runtime("set map " + haproxy.mapFile().toUtf8() + " active green");
        LoadClients load(haproxy.livePort(), kClients, kPause);
        const auto answersOf = [&](const char* side) { return load.counts().bySide[side]; };
        for (int at = 0; at < trials; ++at) {
            auto seen = answersOf("green");
            await("green", [&] { return answersOf("green") > seen + kClients; });
            const auto before = load.counts().failed;
            seen = answersOf("blue");
            haproxy.stopGreen();
            await("blue", [&] { return answersOf("blue") > seen + std::int64_t{10} * kClients; });
            lost.push_back(static_cast<double>(load.counts().failed - before));
            haproxy.startGreen();
        }
    }
    QDir(folder).removeRecursively();
    return lost;
}

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    bench::findOwnPrograms();
    const int trials = argc > 1 ? std::atoi(argv[1]) : 10;
    if (!HaproxyWorld::isInstalled()) {
        fail("haproxy is not installed");
    }
    const std::string before = "automatic_rollback = true\n";
    const std::string fewErrors = before + "margin_basis_points = 10\n";
    const std::string heldBack = before + "split_key = \"split\"\nhold_back = 5\n";
    using bench::percentile;
    bench::Report report("rollout_bad_green");
    double rate = 0;
    const Result all = run(before, 1000, trials, rate);
    report.fact("requests a second", "", rate);
    report.fact("all fail: back after, p50", "ms", percentile(all.times, 0.5));
    report.figure(
        "all fail: back after, p99", "ms", percentile(all.times, 0.99), bench::atMost(100));
    report.fact("all fail: requests failed, p50", "", percentile(all.failed, 0.5));
    const Result few = run(fewErrors, 50, trials, rate);
    report.fact("5 % fail, margin 0.1 points: back after, p50", "ms", percentile(few.times, 0.5));
    report.figure(
        "5 % fail, margin 0.1 points: back after, p95",
        "ms",
        percentile(few.times, 0.95),
        bench::atMost(150));
    report.fact(
        "5 % fail, margin 0.1 points: requests failed, p50", "", percentile(few.failed, 0.5));
    const Result some = run(before, 50, trials, rate);
    report.fact("5 % fail: back after, p95", "ms", percentile(some.times, 0.95));
    const Result control = run(heldBack, 1000, trials, rate);
    report.fact("5 % held back, all fail: back after, p95", "ms", percentile(control.times, 0.95));
    const Result slow = run(heldBack, 50, trials, rate);
    report.fact("5 % held back, 5 % fail: back after, p95", "ms", percentile(slow.times, 0.95));
    const std::vector<double> lost = lostToDeaths(trials);
    report.figure(
        "nobody there, green killed: requests lost, mean",
        "",
        std::accumulate(lost.begin(), lost.end(), 0.0) / static_cast<double>(lost.size()),
        bench::atMost(1));
    report.fact("nobody there, green killed: requests lost, most", "", percentile(lost, 1));
    return report.exitCode();
}
