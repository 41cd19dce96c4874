// SPDX-License-Identifier: Apache-2.0
// GetHealth of pilothoused, with TLS, a token, permission, rate limit and metrics, beside a bare
// gRPC callback server that gives the same answer under the same certificate.  bench_rpc_echo
// [SECONDS]
#include "tests/bench/rpc_echo/BareServer.h"
#include "tests/bench/rpc_echo/ClosedLoop.h"
#include "tests/bench/support/Report.h"
#include "tests/bench/support/Statistics.h"
#include "tests/bench/support/Usage.h"
#include "tests/support/api/ApiClient.h"

#include <fmt/format.h>

#include <QCoreApplication>
#include <QFile>
#include <QProcess>

#include <algorithm>
#include <cstdio>

using namespace pilothouse;

namespace {

constexpr int kRounds = 5;

struct Series
{
    const char* name;
    bench::ClosedLoop loop;
    pid_t pid;
    std::vector<double> rates;
    std::vector<double> cpuMicros;

    bool round(std::chrono::milliseconds time)
    {
        const double before = bench::cpuSeconds(pid);
        const auto outcome = loop.run(time);
        if (outcome.calls == 0 || outcome.failures > 0) {
            fmt::print(
                stderr, "{}: {} calls, {} failures\n", name, outcome.calls, outcome.failures);
            return false;
        }
        rates.push_back(outcome.callsPerSecond);
        cpuMicros.push_back(
            (bench::cpuSeconds(pid) - before) * 1e6 / static_cast<double>(outcome.calls));
        return true;
    }
};

std::string contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string();
}

int fail(const std::string& reason)
{
    fmt::print(stderr, "bench_rpc_echo: {}\n", reason);
    return 1;
}

int measure(std::chrono::milliseconds time)
{
    test::TestServer server(test::TestServer::Options{
        QStringLiteral("[grpc]\noperator_rate = 10000000\n"), {}, {}, 120000});
    if (!server.start() || !test::makeAdministrator(server)) {
        return fail("the server did not start: " + server.log().toStdString());
    }
    test::ApiClient client(test::tlsChannel(server));
    const std::string token = client.signIn("admin", test::kPassword).value.token();
    const auto answer = client.health(token);
    const QString tls = server.dataDir() + QStringLiteral("/tls/");
    const QString answerFile = server.folder() + QStringLiteral("/answer");
    QFile file(answerFile);
    if (!answer.status.ok() || !file.open(QIODevice::WriteOnly)) {
        return fail("no answer to copy: " + answer.status.ToString());
    }
    file.write(QByteArray::fromStdString(answer.value.SerializeAsString()));
    file.close();

    QProcess bare;
    bare.start(
        QCoreApplication::applicationFilePath(),
        {QStringLiteral("--bare"),
         tls + QStringLiteral("server.pem"),
         tls + QStringLiteral("server.key"),
         answerFile});
    if (!bare.waitForReadyRead(20000)) {
        return fail("the bare server did not start");
    }
    const std::string bareAddress = bare.readLine().trimmed().mid(6).toStdString();
    const std::string ca = contentOf(tls + QStringLiteral("ca.pem"));

    Series ours{
        "pilothoused",
        {server.grpcAddress().toStdString(), ca, token},
        static_cast<pid_t>(server.pid()),
        {},
        {}};
    Series theirs{"bare", {bareAddress, ca, {}}, static_cast<pid_t>(bare.processId()), {}, {}};
    // Turn by turn, so that both meet the same neighbours on the machine; the first turn only warms
    // up.
    for (int round = 0; round <= kRounds; ++round) {
        if (!ours.round(time) || !theirs.round(time)) {
            return fail("calls failed");
        }
        if (round == 0) {
            for (Series* series : {&ours, &theirs}) {
                series->rates.clear();
                series->cpuMicros.clear();
            }
        }
    }
    // Shares of what the bare server can do: its CPU a call divided by ours, our calls by its.
    bench::Report report("rpc_echo");
    report.ratio(
        "health: share of bare, by server CPU",
        "us/call",
        {"bare", bench::median(theirs.cpuMicros)},
        {"pilothoused", bench::median(ours.cpuMicros)},
        bench::atLeast(0.8));
    report.ratio(
        "health: share of bare, by rate",
        "calls/s",
        {"pilothoused", bench::median(ours.rates)},
        {"bare", bench::median(theirs.rates)},
        bench::atLeast(0.8));
    bare.closeWriteChannel();
    bare.waitForFinished(5000);
    return report.exitCode();
}

} // namespace

int main(int argc, char** argv)
{
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.value(1) == QLatin1String("--bare")) {
        return bench::runBareServer(
            arguments.value(2).toStdString(),
            arguments.value(3).toStdString(),
            arguments.value(4).toStdString());
    }
    bench::findOwnPrograms();
    const int seconds = std::max(1, arguments.value(1, QStringLiteral("2")).toInt());
    return measure(std::chrono::seconds(seconds));
}
