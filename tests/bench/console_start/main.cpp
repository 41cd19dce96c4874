// SPDX-License-Identifier: Apache-2.0
// From exec to the first live chart painted, with a server that runs already: starts itself again
// and again as the console (its own wiring, offscreen unless QT_QPA_PLATFORM says otherwise) and
// prints the middle and the 95th percentile of wall and CPU time.
#include "app/console/Console.h"
#include "tests/bench/support/Report.h"
#include "tests/bench/support/Statistics.h"
#include "tests/bench/support/Usage.h"
#include "tests/support/Programs.h"
#include "tests/support/TestServer.h"
#include "ui/charts/TimeSeriesChart.h"

#include <QApplication>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <unistd.h>
#include <vector>

using namespace pilothouse;

namespace {

constexpr int kRuns = 20;
constexpr int kPatienceMs = 30000;
/// Lines need two points; the server samples itself each second.
constexpr int kWarmUpMs = 5000;
/// Of the console's own time; on a busy machine that is its CPU time, wall time then also counts
/// the neighbours.
constexpr bench::Aim kAim = bench::atMost(400);

/// Milliseconds since the kernel made this process.
double sinceExecMs()
{
    QFile stat(QStringLiteral("/proc/self/stat"));
    if (!stat.open(QIODevice::ReadOnly)) {
        return 0;
    }
    const QByteArray text = stat.readAll();
    // After the name in parentheses, field 22 counted from 1 is the start in clock ticks.
    const QList<QByteArray> fields = text.mid(text.lastIndexOf(')') + 2).split(' ');
    const double started = fields.at(19).toDouble() / static_cast<double>(sysconf(_SC_CLK_TCK));
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9 - started) *
           1000;
}

/// Ends the program when a chart with points was painted.
class FirstChart : public QObject
{
public:
    bool eventFilter(QObject* watched, QEvent* event) override
    {
        if (event->type() == QEvent::Paint && !m_isDone && isLiveChart(watched)) {
            m_isDone = true;
            QMetaObject::invokeMethod(
                qApp,
                [] {
                    std::printf("%.1f %.1f\n", sinceExecMs(), bench::ownCpuSeconds() * 1000);
                    std::fflush(stdout);
                    QCoreApplication::exit(0);
                },
                Qt::QueuedConnection);
        }
        return false;
    }

private:
    /// Whether it is a part of a chart that has points.
    static bool isLiveChart(QObject* watched)
    {
        for (QObject* at = watched; at != nullptr; at = at->parent()) {
            if (const auto* chart = qobject_cast<const ui::TimeSeriesChart*>(at)) {
                return std::ranges::any_of(chart->content().lines, [](const ui::ChartLine& line) {
                    return line.times.size() > 1;
                });
            }
        }
        return false;
    }

    bool m_isDone = false;
};

int runConsole(int argc, char** argv, const QString& folder, const QString& address)
{
    QApplication application(argc, argv);
    console::ConsoleOptions options;
    options.profileFolder = folder;
    options.connection = address;
    console::Console console(application, console::Folders::of(options));
    FirstChart first;
    application.installEventFilter(&first);
    console.open(options);
    QTimer::singleShot(kPatienceMs, &application, [] { QCoreApplication::exit(1); });
    return QApplication::exec();
}

int measure(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    test::TestServer server;
    if (!server.start()) {
        std::fprintf(stderr, "the server did not start: %s\n", qPrintable(server.log()));
        return 1;
    }
    QTimer warm;
    warm.setSingleShot(true);
    warm.start(kWarmUpMs);
    test::waitUntil([&] { return !warm.isActive(); }, 2 * kWarmUpMs);
    QTemporaryDir folder;
    std::vector<double> wall;
    std::vector<double> cpu;
    for (int run = 0; run < kRuns; ++run) {
        QProcess console;
        console.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        console.start(
            QCoreApplication::applicationFilePath(),
            {QStringLiteral("--console"), folder.path(), server.socketAddress()});
        if (!console.waitForFinished(kPatienceMs) || console.exitCode() != 0) {
            std::fprintf(stderr, "run %d: no live chart within %d s\n", run, kPatienceMs / 1000);
            return 1;
        }
        const QList<QByteArray> numbers = console.readAllStandardOutput().trimmed().split(' ');
        wall.push_back(numbers.value(0).toDouble());
        cpu.push_back(numbers.value(1).toDouble());
    }
    bench::Report report("console_start");
    report.figure("exec to live chart, CPU, p95", "ms", bench::percentile(cpu, 0.95), kAim);
    report.figure("exec to live chart, wall, p95", "ms", bench::percentile(wall, 0.95), kAim);
    report.fact("exec to live chart, CPU, median", "ms", bench::median(cpu));
    report.fact("exec to live chart, wall, median", "ms", bench::median(wall));
    return report.exitCode();
}

} // namespace

int main(int argc, char** argv)
{
    if (argc == 4 && qstrcmp(argv[1], "--console") == 0) {
        if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
            qputenv("QT_QPA_PLATFORM", "offscreen");
        }
        return runConsole(
            argc, argv, QString::fromLocal8Bit(argv[2]), QString::fromLocal8Bit(argv[3]));
    }
    bench::findOwnPrograms();
    return measure(argc, argv);
}
