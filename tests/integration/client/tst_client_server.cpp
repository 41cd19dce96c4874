// SPDX-License-Identifier: Apache-2.0
// The client against a real pilothoused: killed and started again, stopped and continued, trusted
// by pin.
#include "shared/base/StatusHelpers.h"
#include "shared/client/MetricsClient.h"
#include "shared/client/SystemClient.h"
#include "tests/integration/client/ClientProbe.h"
#include "tests/support/TestServer.h"

#include <QElapsedTimer>
#include <QTest>

#include <csignal>

using namespace pilothouse;
using namespace pilothouse::client;
using namespace pilothouse::test;

class TestClientServer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void socketIsLiveAsAdministrator();
    void certificateTellsWhoItIs();
    void killedServerComesBack();
    void stoppedServerIsDegraded();

private:
    ConnectionOptions local() const;

    std::unique_ptr<TestServer> m_server;
};

ConnectionOptions TestClientServer::local() const
{
    ConnectionOptions options;
    options.address = m_server->socketAddress().toStdString();
    options.clientName = "test";
    return options;
}

void TestClientServer::init()
{
    if (!m_server) {
        m_server = std::make_unique<TestServer>();
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
    }
}

void TestClientServer::socketIsLiveAsAdministrator()
{
    ClientProbe probe(local());
    probe->connect();
    QVERIFY2(probe.reaches(ConnectionState::Live), describe(probe.status().error).c_str());
    QCOMPARE(probe.status().identity->authentication, std::string("unix-socket"));
    QVERIFY(!probe.status().server->serverId.empty());
    QTRY_VERIFY(probe.status().roundTrip > absl::ZeroDuration());
    // Healthy or not, the pulse comes each second.
    const absl::Time first = probe.status().lastLive;
    QTRY_VERIFY(probe.status().lastLive > first);
}

void TestClientServer::certificateTellsWhoItIs()
{
    ConnectionOptions options = local();
    options.address = m_server->grpcAddress().toStdString();
    ClientProbe probe(options);
    probe->connect();
    QVERIFY(probe.reaches(ConnectionState::AwaitingTrust));
    const auto offered = probe.status().offered;
    QCOMPARE(offered->fingerprint.size(), std::size_t(64));
    QVERIFY(!offered->subjectAlternativeNames.empty());
    QVERIFY(!offered->issuerChain.empty());
    QVERIFY(offered->notAfter > absl::Now());
    probe->answerTrust(true);
    QVERIFY(probe.reaches(ConnectionState::SignedOut));
    Received<absl::Status> answers;
    probe->signIn(
        "nobody", "wrong password", [&](const auto& answer) { answers.add(answer.status()); });
    QTRY_COMPARE(answers.count(), std::size_t(1));
    QVERIFY(absl::IsUnauthenticated(answers.all().front()));
    QVERIFY(!hintOf(answers.all().front()).empty());
    QVERIFY(probe.reaches(ConnectionState::SignedOut));
}

void TestClientServer::killedServerComesBack()
{
    ClientProbe probe(local());
    probe->connect();
    QVERIFY(probe.reaches(ConnectionState::Live));
    Received<system::Health> health;
    const auto stream =
        probe->system().watchHealth([&](system::Health one) { health.add(std::move(one)); }, {});
    QTRY_VERIFY(health.count() > 0);
    Received<metrics::LiveQueryUpdate> updates;
    const auto query = probe->metrics().watchQuery(
        {.expression = "sum(process_open_fds)", .window = absl::Minutes(1), .maxPoints = 600},
        [&](metrics::LiveQueryUpdate update) { updates.add(std::move(update)); },
        {});
    QTRY_VERIFY(updates.count() >= 3);

    QElapsedTimer timer;
    timer.start();
    ::kill(static_cast<pid_t>(m_server->pid()), SIGKILL);
    QVERIFY(probe.reaches(ConnectionState::Reconnecting, 300));
    qInfo("kill -9 noticed after %lld ms", timer.elapsed());
    m_server->kill();
    TestServer next({.config = {}, .extraArguments = {}, .folder = m_server->folder()});
    QVERIFY2(next.start(), qPrintable(next.log()));
    probe->retryNow();
    QVERIFY2(probe.reaches(ConnectionState::Live), describe(probe.status().error).c_str());
    const std::size_t before = health.count();
    QTRY_VERIFY(health.count() > before);
    // The chart goes on: a new window, or points after the last one.
    const std::size_t known = updates.count();
    QTRY_VERIFY(updates.count() > known + 1);
    metrics::TimestampMs last = 0;
    for (const auto& update : updates.all()) {
        last = update.snapshot ? 0 : last;
        for (const auto& series : update.series) {
            QVERIFY(series.times.empty() || series.times.front() > last);
            last = series.times.empty() ? last : series.times.back();
        }
    }
    probe.close();
    QVERIFY(next.stop());
    m_server.reset();
}

void TestClientServer::stoppedServerIsDegraded()
{
    ClientProbe probe(local());
    probe->connect();
    QVERIFY(probe.reaches(ConnectionState::Live));
    ::kill(static_cast<pid_t>(m_server->pid()), SIGSTOP);
    const bool isDegraded = probe.reaches(ConnectionState::Degraded, 4000);
    ::kill(static_cast<pid_t>(m_server->pid()), SIGCONT);
    QVERIFY(isDegraded);
    QVERIFY(probe.reaches(ConnectionState::Live));
    QVERIFY(!probe.wasIn(ConnectionState::Reconnecting));
}

QTEST_GUILESS_MAIN(TestClientServer)
#include "tst_client_server.moc"
