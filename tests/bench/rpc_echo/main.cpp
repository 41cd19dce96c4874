// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/rpc_echo/BareServer.h"
#include "tests/bench/rpc_echo/ClosedLoop.h"
#include "tests/support/api/ApiClient.h"

#include <fmt/format.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QFile>
#include <QProcess>

#include <algorithm>
#include <cstdio>

using namespace pilothouse;

namespace {

constexpr int kRounds = 5;

/// Processor seconds that a process has used.
double cpuSeconds(qint64 pid)
{
    QFile file(QStringLiteral("/proc/%1/stat").arg(pid));
    if (!file.open(QIODevice::ReadOnly)) {
        return 0;
    }
    const QByteArray text = file.readAll();
    const auto fields = text.mid(text.lastIndexOf(')') + 2).split(' ');
    return (fields.value(11).toDouble() + fields.value(12).toDouble()) /
           static_cast<double>(sysconf(_SC_CLK_TCK));
}

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    return values.at(values.size() / 2);
}

struct Series
{
    const char* name;
    bench::ClosedLoop loop;
    qint64 pid;
    std::vector<double> rates;
    std::vector<double> cpuMicros;

    bool round(std::chrono::milliseconds time)
    {
        const double before = cpuSeconds(pid);
        const auto outcome = loop.run(time);
        if (outcome.calls == 0 || outcome.failures > 0) {
            fmt::print(
                stderr, "{}: {} calls, {} failures\n", name, outcome.calls, outcome.failures);
            return false;
        }
        rates.push_back(outcome.callsPerSecond);
        cpuMicros.push_back((cpuSeconds(pid) - before) * 1e6 / static_cast<double>(outcome.calls));
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
        "pilothoused", {server.grpcAddress().toStdString(), ca, token}, server.pid(), {}, {}};
    Series theirs{"bare", {bareAddress, ca, {}}, bare.processId(), {}, {}};
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
    for (const Series* series : {&ours, &theirs}) {
        fmt::print(
            "{:<12} {:>8.0f} calls/s  {:>6.1f} us of server CPU a call\n",
            series->name,
            median(series->rates),
            median(series->cpuMicros));
    }
    fmt::print("calls/s ratio {:.2f} (aim 0.80)\n", median(ours.rates) / median(theirs.rates));
    fmt::print("CPU ratio     {:.2f}\n", median(theirs.cpuMicros) / median(ours.cpuMicros));
    bare.closeWriteChannel();
    bare.waitForFinished(5000);
    return 0;
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
    if (qEnvironmentVariableIsEmpty("PILOTHOUSE_BIN_DIR")) {
        qputenv(
            "PILOTHOUSE_BIN_DIR",
            (QCoreApplication::applicationDirPath() + QStringLiteral("/../bin")).toUtf8());
    }
    const int seconds = std::max(1, arguments.value(1, QStringLiteral("2")).toInt());
    return measure(std::chrono::seconds(seconds));
}
