// SPDX-License-Identifier: Apache-2.0
// Promotions and rollbacks through the product's own gRPC while clients ask the application without
// a pause of more than a millisecond: requests that failed or were answered by the wrong side, and
// the time from the call to the first answer of the other side and to the end of the call, durable
// commits included; beside the bare command
// to HAProxy that switches its map. `bench_rollout_switch 1000` for the long run.
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
#include <fcntl.h>
#include <unistd.h>
#include <vector>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kClients = 4;
constexpr auto kPause = std::chrono::microseconds(1000);
constexpr int kPatienceMs = 60000;
constexpr bench::Aim kPromote = bench::atMost(5);
constexpr bench::Aim kSlowest = bench::atMost(25);

[[noreturn]] void fail(const std::string& why)
{
    std::fprintf(stderr, "bench_rollout_switch: %s\n", why.c_str());
    std::exit(1);
}

double milliseconds(LoadClients::Clock::duration time)
{
    return std::chrono::duration<double, std::milli>(time).count();
}

/// What the driver does at the least: the command, and nothing durable.
double bareSwitch(const HaproxyWorld& haproxy, const char* side)
{
    const auto began = LoadClients::Clock::now();
    haproxy.runtime("set map " + haproxy.mapFile().toUtf8() + " active " + side);
    return milliseconds(LoadClients::Clock::now() - began);
}

/// What the decision's commit waits for at the least: one block written over and synced.
double bareSync(int file)
{
    static const std::string block(8192, 'x');
    const auto began = LoadClients::Clock::now();
    if (::pwrite(file, block.data(), block.size(), 0) < 0 || ::fdatasync(file) != 0) {
        fail("the disk cannot be written");
    }
    return milliseconds(LoadClients::Clock::now() - began);
}

/// Of promotions or of rollbacks.
struct Times
{
    std::vector<double> calls;
    std::vector<double> firstAnswers;

    void add(LoadClients& load, const std::string& side, LoadClients::Clock::time_point began)
    {
        calls.push_back(milliseconds(LoadClients::Clock::now() - began));
        load.expect(side);
        if (!waitUntil(
                [&] { return load.firstAnswer() != LoadClients::Clock::time_point(); },
                kPatienceMs)) {
            fail(side + " does not answer");
        }
        firstAnswers.push_back(milliseconds(load.firstAnswer() - began));
    }
};

void round(RolloutProbe& probe, LoadClients& load, Times& promotions, Times& rollbacks)
{
    if (const auto started = probe.start(); !started.status.ok()) {
        fail(std::string(started.status.message()));
    }
    if (!waitUntil(
            [&] { return probe.step() == v1::ROLLOUT_STEP_AWAITING_PROMOTION; }, kPatienceMs)) {
        fail("the rollout does not wait for its promotion");
    }
    load.expect("");
    v1::PromoteRolloutRequest promote;
    promote.set_application("shop");
    promote.set_validate_only(true);
    const auto plan = call(probe.stub(), &RolloutProbe::Stub::PromoteRollout, promote);
    promote.set_validate_only(false);
    promote.mutable_confirmation()->set_plan_digest(plan.value.plan().digest());
    load.watchFor("green");
    auto began = LoadClients::Clock::now();
    const auto promoted = call(probe.stub(), &RolloutProbe::Stub::PromoteRollout, promote);
    if (!promoted.status.ok()) {
        fail("not promoted: " + std::string(promoted.status.message()));
    }
    promotions.add(load, "green", began);
    load.expect("");
    load.watchFor("blue");
    began = LoadClients::Clock::now();
    if (const auto back = probe.rollBackAtOnce(); !back.status.ok()) {
        fail("not rolled back: " + std::string(back.status.message()));
    }
    rollbacks.add(load, "blue", began);
}

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    bench::findOwnPrograms();
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 100;
    if (!HaproxyWorld::isInstalled()) {
        fail("haproxy is not installed");
    }
    const QString folder = makeWorkFolder();
    Times promotions;
    Times rollbacks;
    std::vector<double> bare;
    std::vector<double> syncs;
    LoadClients::Counts counts;
    {
        HaproxyWorld haproxy(folder);
        if (!haproxy.start()) {
            fail("haproxy does not start");
        }
        for (int at = 0; at < rounds; ++at) {
            bare.push_back(bareSwitch(haproxy, at % 2 == 0 ? "green" : "blue"));
        }
        bareSwitch(haproxy, "blue");
        TestServer::Options options;
        options.config = haproxy.config(QStringLiteral("compare = false\n"));
        TestServer server(options);
        if (!server.start()) {
            fail(server.log().toStdString());
        }
        RolloutProbe probe(socketChannel(server));
        if (!waitUntil(
                [&] { return probe.shop().active() == v1::ROLLOUT_COLOUR_BLUE; }, kPatienceMs)) {
            fail("the application is not seen");
        }
        LoadClients load(haproxy.livePort(), kClients, kPause);
        const int file = ::open((folder.toStdString() + "/sync").c_str(), O_CREAT | O_WRONLY, 0600);
        for (int at = 0; at < rounds; ++at) {
            syncs.push_back(bareSync(file));
            round(probe, load, promotions, rollbacks);
        }
        ::close(file);
        counts = load.counts();
    }
    QDir(folder).removeRecursively();
    bench::Report report("rollout_switch");
    report.fact("promotions and as many rollbacks", "", rounds);
    report.fact("requests meanwhile", "", static_cast<double>(counts.requests));
    report.figure("requests failed", "", static_cast<double>(counts.failed), bench::atMost(0));
    report.figure("requests stale", "", static_cast<double>(counts.stale), bench::atMost(0));
    using bench::percentile;
    report.figure(
        "promote to first answer, p50", "ms", percentile(promotions.firstAnswers, 0.5), kPromote);
    report.figure(
        "promote to first answer, p99", "ms", percentile(promotions.firstAnswers, 0.99), kSlowest);
    report.figure(
        "roll back to first answer, p99", "ms", percentile(rollbacks.firstAnswers, 0.99), kSlowest);
    report.fact("promote, whole call, p50", "ms", percentile(promotions.calls, 0.5));
    report.fact("roll back, whole call, p50", "ms", percentile(rollbacks.calls, 0.5));
    report.fact("bare command to HAProxy, p50", "ms", bench::median(bare));
    report.fact("bare sync of one block, p50", "ms", bench::median(syncs));
    return report.exitCode();
}
