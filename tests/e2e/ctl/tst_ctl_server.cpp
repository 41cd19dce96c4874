// SPDX-License-Identifier: Apache-2.0
// pilothousectl against a real pilothoused.
#include "tests/e2e/ctl/CtlRun.h"
#include "tests/support/Programs.h"
#include "tests/support/TestServer.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
#include <QTest>

#include <algorithm>
#include <csignal>

using namespace pilothouse::test;

class TestCtlServer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void statusFitsOneScreen();
    void healthKnowsItsComponents();
    void resourcesAreRows();
    void socketIsAnAdministrator();
    void tlsNeedsTrustAndSignIn();
    void queriesRealSeries();
    void badExpressionSaysWhere_data();
    void badExpressionSaysWhere();
    void stoppedServerTimesOut();
    void deadServerIsUnreachable();

private:
    CtlResult run(const QStringList& arguments);
    QJsonObject json(const QStringList& arguments);

    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<CtlRun> m_ctl;
};

CtlResult TestCtlServer::run(const QStringList& arguments)
{
    return m_ctl->run(arguments);
}

QJsonObject TestCtlServer::json(const QStringList& arguments)
{
    return run(arguments + QStringList{"--output", "json"}).json();
}

void TestCtlServer::initTestCase()
{
    m_server = std::make_unique<TestServer>();
    QVERIFY2(m_server->start(), qPrintable(m_server->log()));
    m_ctl = std::make_unique<CtlRun>();
    m_ctl->setServer(m_server->socketAddress());
}

void TestCtlServer::statusFitsOneScreen()
{
    const CtlResult status = run({"status"});
    QVERIFY2(status.exitCode == 0, qPrintable(status.err));
    for (const char* line :
         {"server ", "version ", "up ", "you ", "health ", "leader ", "store ", "targets "}) {
        QVERIFY2(status.out.contains(QLatin1String(line)), qPrintable(status.out));
    }
    QVERIFY(status.out.count(QLatin1Char('\n')) <= 24);
    const QJsonObject object = json({"status"});
    QVERIFY(!object.value(QStringLiteral("version")).toString().isEmpty());
    QVERIFY(object.value(QStringLiteral("uptimeSeconds")).toDouble() >= 0);
    QVERIFY(object.value(QStringLiteral("health")).isObject());
    QVERIFY(
        waitUntil([&] { return run({"status"}).out.contains(QStringLiteral("this server (")); }));
    QVERIFY(json({"status"})
                .value(QStringLiteral("leader"))
                .toObject()
                .value(QStringLiteral("thisServer"))
                .toBool());
}

void TestCtlServer::healthKnowsItsComponents()
{
    // How much room the disk has is the machine's matter; everything else is the server's.
    QJsonArray components;
    const auto sickest = [&components](bool withDisk) {
        const QStringList worse{"absent", "healthy", "degraded", "unhealthy"};
        qsizetype worst = worse.indexOf(QStringLiteral("healthy"));
        for (const auto& component : std::as_const(components)) {
            const QJsonObject object = component.toObject();
            if (withDisk || object.value(QStringLiteral("name")) != QLatin1String("disk")) {
                const QString state = object.value(QStringLiteral("state")).toString();
                worst = std::max(worst, worse.indexOf(state));
            }
        }
        return worse.at(worst);
    };
    QJsonObject health;
    const bool isWell = waitUntil([&] {
        health = json({"health"});
        components = health.value(QStringLiteral("components")).toArray();
        return components.size() > 1 && sickest(false) == QLatin1String("healthy");
    });
    QVERIFY2(isWell, QJsonDocument(health).toJson().constData());
    QCOMPARE(health.value(QStringLiteral("overall")).toString(), sickest(true));
    QVERIFY(!components.isEmpty());
    QVERIFY(std::ranges::any_of(components, [](const auto& component) {
        const QJsonObject object = component.toObject();
        return object.value(QStringLiteral("name")) == QLatin1String("leader") &&
               object.value(QStringLiteral("message")) == QLatin1String("this server");
    }));
    for (const auto& component : components) {
        QVERIFY(!component.toObject().value(QStringLiteral("name")).toString().isEmpty());
    }
}

void TestCtlServer::resourcesAreRows()
{
    const CtlResult table = run({"resources"});
    QVERIFY2(table.exitCode == 0, qPrintable(table.err));
    QVERIFY(table.out.contains(QStringLiteral("EXECUTOR")));
    QVERIFY(json({"resources"}).value(QStringLiteral("executors")).isArray());
}

void TestCtlServer::socketIsAnAdministrator()
{
    const QJsonObject who = json({"whoami"});
    QCOMPARE(who.value(QStringLiteral("authentication")).toString(), QStringLiteral("unix-socket"));
    QVERIFY(who.value(QStringLiteral("roles")).toArray().contains(QStringLiteral("admin")));
}

void TestCtlServer::tlsNeedsTrustAndSignIn()
{
    CtlRun ctl;
    ctl.setServer(m_server->grpcAddress());
    const CtlResult untrusted = ctl.run({"status"});
    QCOMPARE(untrusted.exitCode, 4);
    const QString fingerprint =
        QRegularExpression(QStringLiteral("[0-9a-f]{64}")).match(untrusted.err).captured();
    const CtlResult login = ctl.run(
        {"login", "--user", "nobody", "--trust", fingerprint, "--password-file", "-"}, "wrong\n");
    QVERIFY2(login.exitCode == 4, qPrintable(login.err));
    // Trusted from now on, but still not signed in.
    const CtlResult status = ctl.run({"status"});
    QCOMPARE(status.exitCode, 4);
    QVERIFY2(status.err.contains(QStringLiteral("login")), qPrintable(status.err));
}

void TestCtlServer::queriesRealSeries()
{
    QVERIFY(waitUntil([&] {
        return !json({"metrics", "query", "process_resident_memory_bytes"})
                    .value(QStringLiteral("result"))
                    .toArray()
                    .isEmpty();
    }));
    QCOMPARE(run({"metrics", "query", "1+1"}).out.trimmed(), QStringLiteral("2"));
    QVERIFY(run({"metrics", "labels"}).out.contains(QStringLiteral("__name__")));
    QVERIFY(run({"metrics", "list", "process_"}).out.contains(QStringLiteral("process_")));
    const QJsonObject range =
        json({"metrics", "range", "process_resident_memory_bytes", "--start", "-1m"});
    QCOMPARE(range.value(QStringLiteral("type")).toString(), QStringLiteral("matrix"));
    const CtlResult watch =
        run({"metrics", "watch", "process_resident_memory_bytes", "--count", "2"});
    QCOMPARE(watch.exitCode, 0);
    QVERIFY(!watch.out.isEmpty());
}

void TestCtlServer::badExpressionSaysWhere_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* name, const QStringList& command, const char* says) {
        QTest::newRow(name) << command << QString::fromLatin1(says);
    };
    row("unclosed", {"query", "sum("}, "1:5: parse error: ");
    row("in the middle", {"query", "rate(up[5m)"}, "1:12: parse error: ");
    row("second line", {"query", "up\n+ )"}, "2:3: parse error: ");
    row("wrong type", {"query", "rate(up)"}, "1:6: parse error: ");
    row("unknown function", {"query", "rats(up[5m])"}, "1:1: parse error: ");
    row("bad regex", {"query", "up{a=~\"(\"}"}, "1:");
    row("range", {"range", "up{", "--start", "-1m"}, "1:4: parse error: ");
    row("watch", {"watch", "up{", "--count", "1"}, "1:4: parse error: ");
    row("selector", {"series", "up{"}, "1:4: parse error: ");
}

void TestCtlServer::badExpressionSaysWhere()
{
    QFETCH(QStringList, command);
    QFETCH(QString, says);
    const CtlResult result = run(QStringList{"metrics"} + command);
    QVERIFY2(
        result.err.startsWith(QStringLiteral("pilothousectl: ") + says), qPrintable(result.err));
    QCOMPARE(result.exitCode, 2);
    QCOMPARE(result.out, QString());
}

void TestCtlServer::stoppedServerTimesOut()
{
    ::kill(static_cast<pid_t>(m_server->pid()), SIGSTOP);
    const CtlResult result = run({"status", "--timeout", "1s"});
    ::kill(static_cast<pid_t>(m_server->pid()), SIGCONT);
    QCOMPARE(result.exitCode, 5);
    QVERIFY2(result.err.contains(QStringLiteral("did not answer in time")), qPrintable(result.err));
    QVERIFY(waitUntil([&] { return run({"status"}).exitCode == 0; }));
}

void TestCtlServer::deadServerIsUnreachable()
{
    m_server->kill();
    const CtlResult result = run({"status"});
    QCOMPARE(result.exitCode, 5);
    QVERIFY2(result.err.contains(QStringLiteral("cannot reach")), qPrintable(result.err));
}

QTEST_GUILESS_MAIN(TestCtlServer)
#include "tst_ctl_server.moc"
