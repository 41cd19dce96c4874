// SPDX-License-Identifier: Apache-2.0
// A connection when the other side dies, hangs, comes back, or is something else altogether.
#include "shared/base/StatusHelpers.h"
#include "shared/client/MetricsClient.h"
#include "tests/integration/client/ClientProbe.h"
#include "tests/support/Programs.h"
#include "tests/support/client_server/CertificateMaker.h"

#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTest>

#include <csignal>

using namespace pilothouse;
using namespace pilothouse::client;
using namespace pilothouse::test;

namespace {

void writeFile(const QString& path, const std::string& content)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(QByteArray::fromStdString(content));
}

/// The scripted server as a process, always on the same port with the same certificate.
class ServerProcess
{
public:
    ServerProcess()
    {
        m_folder = makeWorkFolder();
        const Issued issued = makeCertificate({});
        writeFile(m_folder + QStringLiteral("/c.pem"), issued.certificatePem);
        writeFile(m_folder + QStringLiteral("/k.pem"), issued.keyPem);
    }
    ~ServerProcess() { kill(); }

    bool start()
    {
        const QString listen = QStringLiteral("127.0.0.1:%1").arg(m_port);
        m_process.start(
            QCoreApplication::applicationDirPath() + QStringLiteral("/scripted-server"),
            {listen, m_folder + QStringLiteral("/c.pem"), m_folder + QStringLiteral("/k.pem")});
        if (!waitUntil([&] { return m_process.canReadLine(); })) {
            return false;
        }
        m_port = QString::fromLatin1(m_process.readLine())
                     .trimmed()
                     .section(QLatin1Char(' '), 1)
                     .toInt();
        return m_port > 0;
    }
    void signal(int number) { ::kill(static_cast<pid_t>(m_process.processId()), number); }
    void kill()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    std::string address() const { return "127.0.0.1:" + std::to_string(m_port); }

private:
    QString m_folder;
    QProcess m_process;
    int m_port = 0;
};

} // namespace

class TestClientFaults : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void killedServerIsNoticedAndFoundAgain();
    void stoppedServerIsDegraded();
    void nobodyListens();
    void garbage_data();
    void garbage();
    void unknownHost();
    void missingSocket();
    void silentPeerTimesOut();

private:
    /// Connects and trusts.
    static bool goLive(ClientProbe& probe);
};

bool TestClientFaults::goLive(ClientProbe& probe)
{
    probe->connect();
    if (!probe.reaches(ConnectionState::AwaitingTrust)) {
        return false;
    }
    probe->answerTrust(true);
    return probe.reaches(ConnectionState::Live);
}

void TestClientFaults::killedServerIsNoticedAndFoundAgain()
{
    ServerProcess server;
    QVERIFY(server.start());
    ConnectionOptions options;
    options.address = server.address();
    options.token = "good-token";
    ClientProbe probe(options);
    QVERIFY(goLive(probe));
    Received<metrics::LiveQueryUpdate> updates;
    const auto stream = probe->metrics().watchQuery(
        {"up"}, [&](metrics::LiveQueryUpdate update) { updates.add(std::move(update)); }, {});
    QTRY_VERIFY(updates.count() >= 2);

    QElapsedTimer timer;
    timer.start();
    server.signal(SIGKILL);
    QVERIFY(probe.reaches(ConnectionState::Reconnecting, 300));
    qInfo("kill -9 noticed after %lld ms", timer.elapsed());
    QVERIFY(!probe.status().error.ok());
    QVERIFY(probe.status().lastLive > absl::InfinitePast());
    server.kill();
    const std::size_t before = updates.count();
    const metrics::TimestampMs last = updates.all().back().series.front().times.front();

    // A read that is asked for meanwhile waits for the server.
    Received<absl::Status> answers;
    const auto call =
        probe->metrics().listTargets([&](const auto& targets) { answers.add(targets.status()); });
    QVERIFY(server.start());
    QVERIFY(probe.reaches(ConnectionState::Live));
    QVERIFY(!probe.wasIn(ConnectionState::SignedOut));
    QTRY_COMPARE(answers.count(), std::size_t(1));
    QVERIFY2(answers.all().front().ok(), describe(answers.all().front()).c_str());
    // The stream went on after its last message: no snapshot, no hole.
    QTRY_VERIFY(updates.count() > before);
    const metrics::LiveQueryUpdate next = updates.all()[before];
    QVERIFY(!next.snapshot);
    QCOMPARE(next.series.front().times.front(), last + 1);
}

void TestClientFaults::stoppedServerIsDegraded()
{
    ServerProcess server;
    QVERIFY(server.start());
    ConnectionOptions options;
    options.address = server.address();
    options.token = "good-token";
    options.callTimeout = absl::Seconds(1);
    ClientProbe probe(options);
    QVERIFY(goLive(probe));
    server.signal(SIGSTOP);
    QVERIFY(probe.reaches(ConnectionState::Degraded, 3500));
    const absl::Duration behind = probe.status().behind;
    QVERIFY(behind >= absl::Seconds(2));
    QTRY_VERIFY(probe.status().behind > behind + absl::Milliseconds(400));
    // Nothing hangs: calls end at their deadline.
    Received<absl::Status> answers;
    const auto call =
        probe->metrics().listTargets([&](const auto& targets) { answers.add(targets.status()); });
    QTRY_COMPARE_WITH_TIMEOUT(answers.count(), std::size_t(1), 2000);
    QVERIFY(absl::IsDeadlineExceeded(answers.all().front()));
    QCOMPARE(probe.state(), ConnectionState::Degraded);
    server.signal(SIGCONT);
    QVERIFY(probe.reaches(ConnectionState::Live));
    QVERIFY(!probe.wasIn(ConnectionState::Reconnecting));
}

void TestClientFaults::nobodyListens()
{
    QTcpServer free;
    QVERIFY(free.listen(QHostAddress::LocalHost));
    ConnectionOptions options;
    options.address = "127.0.0.1:" + std::to_string(free.serverPort());
    free.close();
    ClientProbe probe(options);
    probe->connect();
    QVERIFY(probe.reaches(ConnectionState::Reconnecting));
    const std::string error = describe(probe.status().error);
    QVERIFY2(error.find("connection refused") != std::string::npos, error.c_str());
    QVERIFY(error.find(options.address) != std::string::npos);
    QTRY_VERIFY(probe.status().attempt >= 2);
    probe->disconnect();
    QVERIFY(probe.reaches(ConnectionState::Disconnected));
}

void TestClientFaults::garbage_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("random") << QByteArray::fromHex("00ff13379981deadbeef0102030405060708090a0b0c");
    QTest::newRow("http") << QByteArray("HTTP/1.1 400 Bad Request\r\n\r\n");
    QTest::newRow("ssh") << QByteArray("SSH-2.0-OpenSSH_9.2\r\n");
    QTest::newRow("closes at once") << QByteArray();
    QTest::newRow("half a TLS record") << QByteArray::fromHex("160303004a02");
    QTest::newRow("endless") << QByteArray(1 << 20, 'x');
}

void TestClientFaults::garbage()
{
    QFETCH(QByteArray, bytes);
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    connect(&server, &QTcpServer::newConnection, &server, [&] {
        QTcpSocket* socket = server.nextPendingConnection();
        socket->write(bytes);
        socket->disconnectFromHost();
    });
    ConnectionOptions options;
    options.address = "127.0.0.1:" + std::to_string(server.serverPort());
    options.token = "secret";
    options.dialTimeout = absl::Seconds(3);
    ClientProbe probe(options);
    probe->connect();
    QVERIFY(probe.reaches(ConnectionState::Reconnecting));
    const std::string error = describe(probe.status().error);
    QVERIFY2(error.find("cannot reach") == 0, error.c_str());
    QVERIFY(!hintOf(probe.status().error).empty());
}

void TestClientFaults::unknownHost()
{
    ConnectionOptions options;
    options.address = "no-such-host.invalid:7443";
    options.dialTimeout = absl::Seconds(5);
    ClientProbe probe(options);
    probe->connect();
    QVERIFY(probe.reaches(ConnectionState::Reconnecting));
    QVERIFY(!probe.status().error.ok());
}

void TestClientFaults::missingSocket()
{
    ConnectionOptions options;
    options.address = "unix:" + makeWorkFolder().toStdString() + "/none.sock";
    ClientProbe probe(options);
    probe->connect();
    QVERIFY(probe.reaches(ConnectionState::Reconnecting));
    const std::string error = describe(probe.status().error);
    QVERIFY2(error.find("socket does not exist") != std::string::npos, error.c_str());
}

void TestClientFaults::silentPeerTimesOut()
{
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    ConnectionOptions options;
    options.address = "127.0.0.1:" + std::to_string(server.serverPort());
    options.dialTimeout = absl::Seconds(1);
    ClientProbe probe(options);
    probe->connect();
    QVERIFY(probe.reaches(ConnectionState::Reconnecting, 3000));
    QVERIFY(!probe.status().error.ok());
}

QTEST_GUILESS_MAIN(TestClientFaults)
#include "tst_client_faults.moc"
