// SPDX-License-Identifier: Apache-2.0
// Rollbacks through the product's own gRPC from a version that is killed, frozen or failing, and
// with a database that is killed or frozen: the time from the call until it has returned and a
// request that began after it was answered by the old side. Then the release of an old side: the
// time from its last answer, to a request that it had when the traffic went, to the end of its
// process. `bench_rollout_rollback 50` for more rounds.
#include "tests/bench/support/Report.h"
#include "tests/bench/support/Statistics.h"
#include "tests/bench/support/Usage.h"
#include "tests/integration/rollouts/RolloutProbe.h"
#include "tests/support/Programs.h"
#include "tests/support/TestServer.h"
#include "tests/support/rollouts/HaproxyWorld.h"
#include "tests/support/rollouts/OwnHaproxy.h"

#include <QCoreApplication>
#include <QDir>
#include <QProcess>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPatienceMs = 60000;
constexpr bench::Aim kRollback = bench::atMost(25);
constexpr bench::Aim kWithoutDatabase = bench::atMost(50);
constexpr bench::Aim kRelease = bench::atMost(100);

[[noreturn]] void fail(const std::string& why)
{
    std::fprintf(stderr, "bench_rollout_rollback: %s\n", why.c_str());
    std::exit(1);
}

double milliseconds(Clock::duration time)
{
    return std::chrono::duration<double, std::milli>(time).count();
}

QString sideServer()
{
    return qEnvironmentVariable("PILOTHOUSE_BIN_DIR") + QStringLiteral("/../tests/side_server");
}

void await(RolloutProbe& probe, v1::RolloutStep step)
{
    if (!waitUntil([&] { return probe.step() == step; }, kPatienceMs)) {
        fail("the rollout does not come to " + v1::RolloutStep_Name(step));
    }
}

void promoted(RolloutProbe& probe)
{
    // After a database that was killed it takes some tries.
    absl::Status started;
    if (!waitUntil([&] { return (started = probe.start().status).ok(); }, kPatienceMs)) {
        fail("not started: " + std::string(started.message()));
    }
    await(probe, v1::ROLLOUT_STEP_AWAITING_PROMOTION);
    if (const auto done = probe.promote(); !done.status.ok()) {
        fail("not promoted: " + std::string(done.status.message()));
    }
}

/// Green as a process that can be killed and frozen; and what happens to it, or to the database.
class Scene
{
public:
    Scene(HaproxyWorld& haproxy, const TestServer& server) : m_haproxy(haproxy), m_server(server) {}

    void failing() { m_haproxy.green().setErrorsPerMille(1000); }
    void killed() { signalGreen(SIGKILL); }
    void frozen() { signalGreen(SIGSTOP); }
    void withoutDatabase() { signalAll(postgresProcesses(m_server), SIGKILL); }
    void withFrozenDatabase()
    {
        m_frozen = postgresProcesses(m_server);
        signalAll(m_frozen, SIGSTOP);
    }

    void asProcess()
    {
        const int port = m_haproxy.green().port();
        m_haproxy.stopGreen();
        m_green = std::make_unique<QProcess>();
        m_green->start(sideServer(), {QStringLiteral("green"), QString::number(port)});
        if (!m_green->waitForStarted()) {
            fail("green does not start");
        }
    }
    void inOrder()
    {
        signalAll(m_frozen, SIGCONT);
        m_frozen.clear();
        if (m_green) {
            m_green->kill();
            m_green->waitForFinished();
            m_green.reset();
            m_haproxy.startGreen();
        } else {
            m_haproxy.green().setErrorsPerMille(0);
        }
    }

private:
    void signalGreen(int number) { ::kill(static_cast<pid_t>(m_green->processId()), number); }

    HaproxyWorld& m_haproxy;
    const TestServer& m_server;
    std::unique_ptr<QProcess> m_green;
    QList<qint64> m_frozen;
};

double rollBack(RolloutProbe& probe, HaproxyWorld& haproxy, const std::function<void()>& trouble)
{
    promoted(probe);
    if (trouble) {
        trouble();
    }
    const auto began = Clock::now();
    if (const auto back = probe.rollBackAtOnce(); !back.status.ok()) {
        fail("not rolled back: " + std::string(back.status.message()));
    }
    if (!answerOn(haproxy.livePort()).startsWith(QLatin1String("blue"))) {
        fail("blue does not answer after the rollback");
    }
    return milliseconds(Clock::now() - began);
}

void rollbacks(bench::Report& report, int rounds)
{
    const QString folder = makeWorkFolder();
    HaproxyWorld haproxy(folder);
    if (!haproxy.start()) {
        fail("haproxy does not start");
    }
    TestServer::Options options;
    options.config = haproxy.config(QStringLiteral("compare = false\n"));
    TestServer server(options);
    if (!server.start()) {
        fail(server.log().toStdString());
    }
    RolloutProbe probe(socketChannel(server));
    if (!waitUntil([&] { return probe.shop().active() == v1::ROLLOUT_COLOUR_BLUE; }, kPatienceMs)) {
        fail("the application is not seen");
    }
    Scene scene(haproxy, server);
    struct Row
    {
        const char* name = "";
        bool isProcess = false;
        void (Scene::*trouble)() = nullptr;
        std::optional<bench::Aim> aim;
    };
    const Row rows[] = {
        {"in order", false, nullptr, kRollback},
        {"green fails", false, &Scene::failing, kRollback},
        {"green is killed", true, &Scene::killed, kRollback},
        {"green is frozen", true, &Scene::frozen, kRollback},
        {"the database is killed", false, &Scene::withoutDatabase, kWithoutDatabase},
        {"the database is frozen", false, &Scene::withFrozenDatabase, std::nullopt},
    };
    for (const Row& row : rows) {
        std::vector<double> times;
        for (int at = 0; at < rounds; ++at) {
            if (row.isProcess) {
                scene.asProcess();
            }
            times.push_back(rollBack(probe, haproxy, [&] {
                if (row.trouble != nullptr) {
                    (scene.*row.trouble)();
                }
            }));
            scene.inOrder();
            await(probe, v1::ROLLOUT_STEP_ROLLED_BACK);
        }
        const double p99 = bench::percentile(times, 0.99);
        const std::string name = std::string("rolled back, ") + row.name + ", p99";
        if (row.aim) {
            report.figure(name, "ms", p99, *row.aim);
        } else {
            report.fact(name, "ms", p99);
        }
    }
    server.stop();
    QDir(folder).removeRecursively();
}

/// Of the side with the traffic: the only one that runs.
pid_t onlyProcess(const TestServer& server)
{
    QList<pid_t> pids;
    if (!waitUntil(
            [&] {
                pids = OwnHaproxy::processes(server.dataDir());
                return pids.size() == 1;
            },
            kPatienceMs)) {
        fail("not one process runs");
    }
    return pids.front();
}

/// Not one that has ended and waits for its parent to see it.
bool isAlive(pid_t pid)
{
    std::ifstream words("/proc/" + std::to_string(pid) + "/cmdline");
    return words.peek() != std::ifstream::traits_type::eof();
}

double release(RolloutProbe& probe, const OwnHaproxy& shop, const TestServer& server, int& lost)
{
    const pid_t old = onlyProcess(server);
    if (const auto started = probe.start(); !started.status.ok()) {
        fail("not started: " + std::string(started.status.message()));
    }
    await(probe, v1::ROLLOUT_STEP_AWAITING_PROMOTION);
    // Slower than the side is kept warm: begun before the promotion, answered after.
    std::atomic<bool> isAnswered{false};
    Clock::time_point answeredAt;
    std::thread slow([&] {
        isAnswered = !answerOn(shop.livePort(), "/slow/2500", kPatienceMs).isEmpty();
        answeredAt = Clock::now();
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(200)); // it is on its way
    const bool isPromoted = probe.promote().status.ok();
    while (isPromoted && isAlive(old)) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    const auto releasedAt = Clock::now();
    slow.join();
    if (!isPromoted) {
        fail("not promoted");
    }
    lost += isAnswered ? 0 : 1;
    await(probe, v1::ROLLOUT_STEP_DONE);
    return milliseconds(releasedAt - answeredAt);
}

void releases(bench::Report& report, int rounds)
{
    const OwnHaproxy shop(sideServer());
    TestServer::Options options;
    options.config =
        shop.config(QStringLiteral("compare = false\ninstances = 1\nkeep_warm = \"1s\"\n"));
    TestServer server(options);
    if (!server.start()) {
        fail(server.log().toStdString());
    }
    std::vector<double> times;
    int lost = 0;
    {
        RolloutProbe probe(socketChannel(server));
        if (!waitUntil([&] { return !answerOn(shop.livePort()).isEmpty(); }, kPatienceMs)) {
            fail("the application does not answer");
        }
        for (int at = 0; at < rounds; ++at) {
            times.push_back(release(probe, shop, server, lost));
        }
    }
    server.stop();
    OwnHaproxy::killAll(server.dataDir());
    report.figure(
        "released after its last answer, p50", "ms", bench::percentile(times, 0.5), kRelease);
    report.figure(
        "released after its last answer, p99", "ms", bench::percentile(times, 0.99), kRelease);
    report.figure("requests lost by it", "", lost, bench::atMost(0));
}

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    bench::findOwnPrograms();
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 10;
    if (!HaproxyWorld::isInstalled()) {
        fail("haproxy is not installed");
    }
    bench::Report report("rollout_rollback");
    report.fact("rounds of each", "", rounds);
    rollbacks(report, rounds);
    releases(report, rounds);
    return report.exitCode();
}
