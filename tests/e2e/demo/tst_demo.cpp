// SPDX-License-Identifier: Apache-2.0
// The demo as `./dev run --headless` starts it: server, two colours behind HAProxy, load.
#include "tests/support/Programs.h"
#include "tests/support/TestServer.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

#include <csignal>
#include <unistd.h>

using namespace pilothouse::test;

namespace {

/// Gone, or only waiting for somebody to look at how it ended.
bool hasEnded(const QByteArray& pid)
{
    QFile file(QStringLiteral("/proc/%1/stat").arg(QString::fromLatin1(pid)));
    if (!file.open(QIODevice::ReadOnly)) {
        return true;
    }
    const QByteArray stat = file.readAll();
    return stat.mid(stat.lastIndexOf(')') + 2, 1) == "Z";
}

} // namespace

class DemoTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void targetsOfBothColoursAreUp();
    void badGreenShowsInItsErrorRateOnly();
    void greenIsPromotedAndRolledBack();
    void secondDemoOnTheSameWorkspaceIsRefused();
    void killedDemoLeavesNothingBehindAndStartsAgain();
    void aServerOnTheWorkspaceIsSaid();
    void everythingStopsTogether();

private:
    /// Starts it and waits until it says that it runs.
    bool startDemo();
    /// What it said on standard error since its last start.
    QByteArray errors() const;
    ProgramResult ctl(const QStringList& arguments);
    QJsonArray query(const QString& expression);
    /// Value of the sample whose label has the value; NaN when there is none.
    double valueOf(const QString& expression, const QString& colour);
    QList<qint64> processesOfThisWorkspace() const;

    QString m_folder;
    QProcess m_demo;
    QByteArray m_out;
};

void DemoTest::initTestCase()
{
    if (QStandardPaths::findExecutable(
            QStringLiteral("haproxy"),
            {QStringLiteral("/usr/sbin"),
             QStringLiteral("/usr/bin"),
             QStringLiteral("/usr/local/sbin")})
            .isEmpty()) {
        QSKIP("haproxy is not installed, and without it the demo has one colour only");
    }
    m_folder = makeWorkFolder();
    m_demo.setStandardErrorFile(m_folder + QStringLiteral("/demo.err"));
    m_demo.setChildProcessModifier([] { ::setpgid(0, 0); });
    QVERIFY2(startDemo(), errors().constData());
    QVERIFY(m_out.startsWith("ready grpc="));
    // The commands that it names work as they stand.
    QVERIFY(m_out.contains("make-green-bad --data-dir " + m_folder.toUtf8() + "/data on "));
}

bool DemoTest::startDemo()
{
    m_out.clear();
    m_demo.start(
        programPath(QStringLiteral("pilothouse-demo")),
        {QStringLiteral("run"),
         QStringLiteral("--headless"),
         QStringLiteral("--data-dir"),
         m_folder + QStringLiteral("/data")});
    return waitUntil(
               [&] {
                   m_out += m_demo.readAllStandardOutput();
                   return m_out.contains("Ctrl+C stops it") ||
                          m_demo.state() == QProcess::NotRunning;
               },
               90000) &&
           m_demo.state() == QProcess::Running;
}

QByteArray DemoTest::errors() const
{
    QFile file(m_folder + QStringLiteral("/demo.err"));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void DemoTest::cleanupTestCase()
{
    if (m_demo.state() != QProcess::NotRunning) {
        m_demo.terminate();
        m_demo.waitForFinished(30000);
    }
    if (!m_folder.isEmpty()) {
        QDir(m_folder).removeRecursively();
    }
}

ProgramResult DemoTest::ctl(const QStringList& arguments)
{
    return runProgram(
        QStringLiteral("pilothousectl"),
        QStringList{
            QStringLiteral("--server"),
            QStringLiteral("unix:") + m_folder + QStringLiteral("/data/pilothouse.sock"),
            QStringLiteral("--output"),
            QStringLiteral("json")} +
            arguments);
}

QJsonArray DemoTest::query(const QString& expression)
{
    const ProgramResult result =
        ctl({QStringLiteral("metrics"), QStringLiteral("query"), expression});
    const QJsonDocument document = QJsonDocument::fromJson(result.out.toUtf8());
    return document.isArray() ? document.array()
                              : document.object().value(QStringLiteral("result")).toArray();
}

double DemoTest::valueOf(const QString& expression, const QString& colour)
{
    for (const auto& sample : query(expression)) {
        const QJsonObject object = sample.toObject();
        const QJsonObject labels = object.contains(QStringLiteral("metric"))
                                       ? object.value(QStringLiteral("metric")).toObject()
                                       : object.value(QStringLiteral("labels")).toObject();
        if (labels.value(QStringLiteral("colour")).toString() == colour) {
            const QJsonValue value = object.value(QStringLiteral("value"));
            const QJsonValue number = value.isArray() ? value.toArray().at(1) : value;
            return number.isString() ? number.toString().toDouble() : number.toDouble();
        }
    }
    return qQNaN();
}

void DemoTest::targetsOfBothColoursAreUp()
{
    const QString up = QStringLiteral("up{job=\"extraction\"}");
    QTRY_COMPARE_WITH_TIMEOUT(valueOf(up, QStringLiteral("blue")), 1.0, 20000);
    QTRY_COMPARE_WITH_TIMEOUT(valueOf(up, QStringLiteral("green")), 1.0, 20000);
    const QString rate =
        QStringLiteral("sum by (colour) (rate(riptide_requests_total{outcome=\"success\"}[10s]))");
    QTRY_VERIFY_WITH_TIMEOUT(valueOf(rate, QStringLiteral("blue")) > 10, 30000);
    QTRY_VERIFY_WITH_TIMEOUT(valueOf(rate, QStringLiteral("green")) > 1, 30000);
    QTRY_VERIFY_WITH_TIMEOUT(
        !query(QStringLiteral(
                   "haproxy_backend_http_responses_total{proxy=\"blue\",code=\"2xx\"} > 0"))
             .isEmpty(),
        20000);
    // The policy counts both of them.
    QTRY_VERIFY_WITH_TIMEOUT(
        !query(QStringLiteral("pilothouse_scaling_ready_instances{policy=\"extraction\"} == 2"))
             .isEmpty(),
        30000);
}

void DemoTest::badGreenShowsInItsErrorRateOnly()
{
    const QString data = m_folder + QStringLiteral("/data");
    const auto turn = [&](const char* onOrOff) {
        return runProgram(
                   QStringLiteral("pilothouse-demo"),
                   {QStringLiteral("make-green-bad"),
                    QStringLiteral("--data-dir"),
                    data,
                    QLatin1String(onOrOff)})
            .exitCode;
    };
    const QString errors =
        QStringLiteral("sum by (colour) (rate(riptide_requests_total{outcome=\"error\"}[10s]))");
    QCOMPARE(turn("on"), 0);
    QTRY_VERIFY_WITH_TIMEOUT(valueOf(errors, QStringLiteral("green")) > 0.1, 40000);
    QCOMPARE(valueOf(errors, QStringLiteral("blue")), 0.0);
    QCOMPARE(turn("off"), 0);
    QTRY_COMPARE_WITH_TIMEOUT(valueOf(errors, QStringLiteral("green")), 0.0, 40000);
}

void DemoTest::greenIsPromotedAndRolledBack()
{
    const auto rollouts = [&](const QString& command) {
        return ctl(QStringList{QStringLiteral("rollouts")} + command.split(QLatin1Char(' ')));
    };
    const auto step = [&] {
        return QJsonDocument::fromJson(rollouts(QStringLiteral("status extraction")).out.toUtf8())
            .object()[QStringLiteral("rollout")]
            .toObject()[QStringLiteral("step")]
            .toString();
    };
    // As the demo names them; the comparison would take minutes at its load.
    QVERIFY(waitUntil(
        [&] { return rollouts(QStringLiteral("start extraction --revision 2")).exitCode == 0; },
        20000));
    QVERIFY(waitUntil(
        [&] {
            const QString now = step();
            return now == QLatin1String("analysing") || now == QLatin1String("awaiting-promotion");
        },
        20000));
    const ProgramResult promoted =
        rollouts(QStringLiteral("promote extraction --confirm Demo --override tour"));
    QVERIFY2(promoted.exitCode == 0, qPrintable(promoted.err));
    QCOMPARE(step(), QStringLiteral("switched"));
    const QString rate =
        QStringLiteral("sum by (colour) (rate(riptide_requests_total{outcome=\"success\"}[5s]))");
    QTRY_VERIFY_WITH_TIMEOUT(
        valueOf(rate, QStringLiteral("green")) > valueOf(rate, QStringLiteral("blue")), 40000);
    const ProgramResult back = rollouts(QStringLiteral("rollback extraction --confirm Demo"));
    QVERIFY2(back.exitCode == 0, qPrintable(back.err));
    QCOMPARE(step(), QStringLiteral("rolled-back"));
    QTRY_VERIFY_WITH_TIMEOUT(
        valueOf(rate, QStringLiteral("blue")) > valueOf(rate, QStringLiteral("green")), 40000);
}

void DemoTest::secondDemoOnTheSameWorkspaceIsRefused()
{
    const ProgramResult second = runProgram(
        QStringLiteral("pilothouse-demo"),
        {QStringLiteral("run"),
         QStringLiteral("--headless"),
         QStringLiteral("--data-dir"),
         m_folder + QStringLiteral("/data")},
        60000);
    QCOMPARE(second.exitCode, 1);
    QVERIFY2(second.err.contains(QStringLiteral("already")), qPrintable(second.err));
    QCOMPARE(m_demo.state(), QProcess::Running);
    QVERIFY(!query(QStringLiteral("up{job=\"extraction\"} == 1")).isEmpty());
}

QList<qint64> DemoTest::processesOfThisWorkspace() const
{
    QList<qint64> found;
    const QByteArray workspace = m_folder.toUtf8();
    for (const QString& entry : QDir(QStringLiteral("/proc")).entryList(QDir::Dirs)) {
        bool isPid = false;
        const qint64 pid = entry.toLongLong(&isPid);
        QFile commandLine(QStringLiteral("/proc/") + entry + QStringLiteral("/cmdline"));
        if (isPid && commandLine.open(QIODevice::ReadOnly) &&
            commandLine.readAll().contains(workspace)) {
            found << pid;
        }
    }
    return found;
}

void DemoTest::killedDemoLeavesNothingBehindAndStartsAgain()
{
    QFile file(QStringLiteral("/proc/%1/task/%1/children").arg(m_demo.processId()));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QList<QByteArray> children = file.readAll().simplified().split(' ');
    QVERIFY2(children.size() >= 6, file.readAll().constData()); // colours, haproxy, loads, server
    m_demo.kill();
    QVERIFY(m_demo.waitForFinished(10000));
    // At once, while the server of the killed one is stopping.
    QVERIFY2(startDemo(), errors().constData());
    for (const QByteArray& pid : children) {
        QTRY_VERIFY2_WITH_TIMEOUT(hasEnded(pid), pid.constData(), 20000);
    }
    QTRY_VERIFY_WITH_TIMEOUT(
        !query(QStringLiteral("up{job=\"extraction\"} == 1")).isEmpty(), 20000);
}

void DemoTest::aServerOnTheWorkspaceIsSaid()
{
    TestServer::Options options;
    options.folder = m_folder + QStringLiteral("/other");
    QVERIFY(QDir().mkpath(options.folder));
    TestServer server(options);
    QVERIFY2(server.start(), qPrintable(server.log()));
    const ProgramResult result = runProgram(
        QStringLiteral("pilothouse-demo"),
        {QStringLiteral("run"),
         QStringLiteral("--headless"),
         QStringLiteral("--data-dir"),
         server.dataDir()},
        60000);
    QCOMPARE(result.exitCode, 1);
    QVERIFY2(
        result.err.contains(QStringLiteral("a server already runs on ") + server.dataDir()),
        qPrintable(result.err));
    QVERIFY(server.stop());
}

void DemoTest::everythingStopsTogether()
{
    QVERIFY(processesOfThisWorkspace().size() >= 4);
    // Ctrl+C reaches every process of a terminal's foreground.
    QCOMPARE(::kill(-static_cast<pid_t>(m_demo.processId()), SIGINT), 0);
    QVERIFY(m_demo.waitForFinished(30000));
    QCOMPARE(m_demo.exitCode(), 0);
    QTRY_COMPARE_WITH_TIMEOUT(processesOfThisWorkspace(), QList<qint64>(), 15000);
}

QTEST_GUILESS_MAIN(DemoTest)
#include "tst_demo.moc"
