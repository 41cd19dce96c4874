// SPDX-License-Identifier: Apache-2.0
#include "shared/base/StatusHelpers.h"
#include "tests/integration/postgres/Cluster.h"
#include "tests/support/Programs.h"
#include "tests/support/api/ApiClient.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTcpSocket>
#include <QTest>

using namespace pilothouse;
using test::ApiClient;
using test::call;

/// A server on a PostgreSQL and a Redis that it did not start, and what it does when they go.
class TstServerOutside : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_folder = test::makeWorkFolder();
        const absl::Status started = m_cluster.start();
        QVERIFY2(started.ok(), started.ToString().c_str());
        m_hasRedis = !QStandardPaths::findExecutable(QStringLiteral("redis-server")).isEmpty();
        if (m_hasRedis) {
            QVERIFY(startRedis());
        }
        writeFile("database-url", m_cluster.postgres().url());
        test::TestServer::Options options;
        options.folder = m_folder;
        options.config = QStringLiteral("[database]\nurl_file = \"database-url\"\n"
                                        "[database.pool]\nacquire_timeout = \"2s\"\n"
                                        "[redis]\nurl = \"unix:%1\"\n")
                             .arg(redisSocket());
        options.startDeadlineMs = 90000;
        m_server = std::make_unique<test::TestServer>(options);
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        QVERIFY(makeFirstOperator());
        m_socket = std::make_unique<ApiClient>(test::socketChannel(*m_server));
        m_tls = std::make_unique<ApiClient>(test::tlsChannel(*m_server));
    }

    void cleanupTestCase()
    {
        m_socket.reset();
        m_tls.reset();
        QVERIFY2(m_server->stop(), qPrintable(m_server->log()));
        stopRedis();
        QDir(m_folder).removeRecursively();
    }

    void nothingOfItsOwnWasStarted()
    {
        QVERIFY(!QDir(m_server->dataDir() + QStringLiteral("/postgres")).exists());
        QVERIFY(!QDir(m_server->dataDir() + QStringLiteral("/redis")).exists());
        QTRY_COMPARE_WITH_TIMEOUT(
            m_socket->componentState("control-database"), std::string("healthy"), 20000);
        QVERIFY(m_tls->signIn("admin", test::kPassword).status.ok());
        QTRY_COMPARE_WITH_TIMEOUT(http("/readyz").mid(9, 3), QByteArray("200"), 20000);
    }

    void aRedisThatGoesDegradesAndComesBack()
    {
        if (!m_hasRedis) {
            QSKIP("redis-server is not installed");
        }
        QTRY_COMPARE_WITH_TIMEOUT(m_socket->componentState("redis"), std::string("healthy"), 20000);
        stopRedis();
        QTRY_COMPARE_WITH_TIMEOUT(
            m_socket->componentState("redis"), std::string("degraded"), 30000);
        QVERIFY(m_tls->signIn("admin", test::kPassword).status.ok()); // slower, not broken
        QVERIFY(startRedis());
        QTRY_COMPARE_WITH_TIMEOUT(m_socket->componentState("redis"), std::string("healthy"), 30000);
    }

    void aDatabaseThatGoesIsSaidAndComesBack()
    {
        const std::string token = m_tls->signIn("admin", test::kPassword).value.token();
        QVERIFY(!token.empty());
        QVERIFY(m_tls->health(token).status.ok()); // a session is in memory from its first call on
        m_cluster.stop();
        QTRY_COMPARE_WITH_TIMEOUT(
            m_socket->componentState("control-database"), std::string("unhealthy"), 30000);
        // Not ready, with the reason; alive nevertheless.
        QTRY_COMPARE_WITH_TIMEOUT(http("/readyz").mid(9, 3), QByteArray("503"), 20000);
        QVERIFY2(http("/readyz").contains("control-database"), http("/readyz").constData());
        QCOMPARE(http("/healthz").mid(9, 3), QByteArray("200"));
        const absl::Status refused = m_tls->signIn("admin", test::kPassword).status;
        QVERIFY2(absl::IsUnavailable(refused), refused.ToString().c_str());
        QVERIFY(m_tls->health(token).status.ok()); // who is signed in goes on watching

        const absl::Status again = m_cluster.start();
        QVERIFY2(again.ok(), again.ToString().c_str());
        QTRY_COMPARE_WITH_TIMEOUT(
            m_socket->componentState("control-database"), std::string("healthy"), 60000);
        QTRY_VERIFY_WITH_TIMEOUT(m_tls->signIn("admin", test::kPassword).status.ok(), 30000);
        QTRY_COMPARE_WITH_TIMEOUT(http("/readyz").mid(9, 3), QByteArray("200"), 20000);
    }

    void aDatabaseThatIsAwayAtTheStartIsOneClearLine_data()
    {
        QTest::addColumn<QString>("url");
        QTest::newRow("no socket") << "host=/nonexistent dbname=x password=opensesame";
        QTest::newRow("nobody listens") << "postgresql://u:opensesame@127.0.0.1:1/x";
        QTest::newRow("not a URL") << "postgresql://u:opensesame@[";
    }

    void aDatabaseThatIsAwayAtTheStartIsOneClearLine()
    {
        QFETCH(QString, url);
        writeFile("other-url", url.toStdString());
        writeFile("other.toml", "[database]\nurl_file = \"other-url\"\n[redis]\nenabled = false\n");
        const auto result = test::runProgram(
            QStringLiteral("pilothoused"),
            {QStringLiteral("run"),
             QStringLiteral("--data-dir"),
             m_folder + QStringLiteral("/other"),
             QStringLiteral("--config"),
             m_folder + QStringLiteral("/other.toml"),
             QStringLiteral("--grpc-listen"),
             QStringLiteral("127.0.0.1:0"),
             QStringLiteral("--http-listen"),
             QStringLiteral("127.0.0.1:0")},
            60000);
        QCOMPARE(result.exitCode, 1);
        QCOMPARE(result.out, QString());
        const QString last = result.err.trimmed().section(QLatin1Char('\n'), -1);
        QVERIFY2(last.startsWith(QStringLiteral("pilothoused: ")), qPrintable(result.err));
        QVERIFY2(!result.err.contains(QStringLiteral("opensesame")), qPrintable(result.err));
    }

private:
    void writeFile(const char* name, const std::string& text) const
    {
        QFile file(m_folder + QLatin1Char('/') + QLatin1String(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray::fromStdString(text));
    }

    /// `init` finds the database through the same file.
    bool makeFirstOperator() const
    {
        writeFile("password", test::kPassword);
        const auto result = test::runProgram(
            QStringLiteral("pilothoused"),
            {QStringLiteral("init"),
             QStringLiteral("--data-dir"),
             m_server->dataDir(),
             QStringLiteral("--config"),
             m_folder + QStringLiteral("/pilothouse.toml"),
             QStringLiteral("--password-file"),
             m_folder + QStringLiteral("/password")});
        if (result.exitCode != 0) {
            qWarning("%s", qPrintable(result.err));
        }
        return result.exitCode == 0;
    }

    QString redisSocket() const { return m_folder + QStringLiteral("/redis.sock"); }

    bool startRedis()
    {
        m_redis.start(
            QStringLiteral("redis-server"),
            {QStringLiteral("--port"),
             QStringLiteral("0"),
             QStringLiteral("--unixsocket"),
             redisSocket(),
             QStringLiteral("--save"),
             QString(),
             QStringLiteral("--dir"),
             m_folder});
        return test::waitUntil([this] { return QFile::exists(redisSocket()); });
    }

    void stopRedis()
    {
        m_redis.kill();
        m_redis.waitForFinished(10000);
        QFile::remove(redisSocket());
    }

    QByteArray http(const QByteArray& path) const
    {
        QTcpSocket socket;
        socket.connectToHost(
            QStringLiteral("127.0.0.1"),
            static_cast<quint16>(m_server->httpUrl().section(QLatin1Char(':'), -1).toUInt()));
        socket.write("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        while (socket.state() != QAbstractSocket::UnconnectedState &&
               socket.waitForReadyRead(5000)) {
        }
        return socket.readAll();
    }

    QString m_folder;
    test::Cluster m_cluster;
    QProcess m_redis;
    bool m_hasRedis = false;
    std::unique_ptr<test::TestServer> m_server;
    std::unique_ptr<ApiClient> m_socket;
    std::unique_ptr<ApiClient> m_tls;
};

QTEST_GUILESS_MAIN(TstServerOutside)
#include "tst_server_outside.moc"
