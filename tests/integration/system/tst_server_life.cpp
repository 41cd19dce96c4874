// SPDX-License-Identifier: Apache-2.0
#include "shared/base/StatusHelpers.h"
#include "tests/support/Programs.h"
#include "tests/support/api/ApiClient.h"

#include <QDir>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QScopeGuard>
#include <QTcpServer>
#include <QTest>

#include <chrono>
#include <csignal>
#include <stop_token>
#include <thread>

#include <algorithm>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace pilothouse;
using test::ApiClient;

namespace {

QStringList runArguments(const QString& dataDir, const QString& grpc, const QString& http)
{
    return {
        QStringLiteral("run"),
        QStringLiteral("--data-dir"),
        dataDir,
        QStringLiteral("--grpc-listen"),
        grpc,
        QStringLiteral("--http-listen"),
        http};
}

} // namespace

/// Starting, refusing to start, stopping, and coming back after a kill.
class TstServerLife : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void wordsAndExitCodes_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QString>("says");
        QTest::newRow("version") << QStringList{QStringLiteral("--version")} << 0
                                 << QStringLiteral("pilothoused ");
        QTest::newRow("nothing") << QStringList{} << 2 << QStringLiteral("subcommand");
        QTest::newRow("unknown") << QStringList{QStringLiteral("dance")} << 2 << QString();
        QTest::newRow("unknown flag")
            << QStringList{QStringLiteral("run"), QStringLiteral("--fast")} << 2 << QString();
        QTest::newRow("no such file")
            << QStringList{QStringLiteral("check-config"), QStringLiteral("/nowhere.toml")} << 1
            << QStringLiteral("/nowhere.toml");
    }

    void wordsAndExitCodes()
    {
        QFETCH(QStringList, arguments);
        QFETCH(int, exitCode);
        QFETCH(QString, says);
        const auto result = test::runProgram(QStringLiteral("pilothoused"), arguments);
        QCOMPARE(result.exitCode, exitCode);
        QVERIFY2((result.out + result.err).contains(says), qPrintable(result.out + result.err));
    }

    void aBadStartIsOneClearLine_data()
    {
        QTest::addColumn<QString>("dataDir");
        QTest::addColumn<QString>("grpc");
        QTest::addColumn<QString>("http");
        QTest::addColumn<QString>("says");
        const QString any = QStringLiteral("127.0.0.1:0");
        QTest::newRow("data directory is a file")
            << QStringLiteral("/dev/null") << any << any << QStringLiteral("/dev/null");
        QTest::newRow("path too long for the socket")
            << m_folder + QLatin1Char('/') + QString(110, QLatin1Char('d')) << any << any
            << QStringLiteral("shorter");
        QTest::newRow("open HTTP without TLS")
            << m_folder + QStringLiteral("/open") << any << QStringLiteral("0.0.0.0:0")
            << QStringLiteral("http.tls");
        QTest::newRow("no such address")
            << m_folder + QStringLiteral("/address") << QStringLiteral("203.0.113.7:0") << any
            << QStringLiteral("203.0.113.7");
        QTest::newRow("not an address")
            << m_folder + QStringLiteral("/word") << QStringLiteral("nonsense") << any
            << QStringLiteral("nonsense");
    }

    void aBadStartIsOneClearLine()
    {
        QFETCH(QString, dataDir);
        QFETCH(QString, grpc);
        QFETCH(QString, http);
        QFETCH(QString, says);
        const auto result = test::runProgram(
            QStringLiteral("pilothoused"), runArguments(dataDir, grpc, http), 60000);
        QCOMPARE(result.exitCode, 1);
        QCOMPARE(result.out, QString());
        QVERIFY2(result.err.contains(says), qPrintable(result.err));
        const QString last = result.err.trimmed().section(QLatin1Char('\n'), -1);
        QVERIFY2(last.startsWith(QStringLiteral("pilothoused: ")), qPrintable(result.err));
    }

    void aPortInUseIsSaid_data()
    {
        QTest::addColumn<bool>("isGrpc");
        QTest::newRow("gRPC") << true;
        QTest::newRow("HTTP") << false;
    }

    void aPortInUseIsSaid()
    {
        QFETCH(bool, isGrpc);
        QTcpServer other;
        QVERIFY(other.listen(QHostAddress::LocalHost));
        const QString taken = QStringLiteral("127.0.0.1:%1").arg(other.serverPort());
        const QString any = QStringLiteral("127.0.0.1:0");
        const auto result = test::runProgram(
            QStringLiteral("pilothoused"),
            runArguments(
                m_folder + QStringLiteral("/port"), isGrpc ? taken : any, isGrpc ? any : taken),
            60000);
        QCOMPARE(result.exitCode, 1);
        QVERIFY2(
            result.err.contains(taken) && result.err.contains(QStringLiteral("in use")),
            qPrintable(result.err));
    }

    void itStopsWithWatchersAndComesBackAfterAKill()
    {
        test::TestServer::Options options;
        options.folder = m_folder + QStringLiteral("/life");
        QVERIFY(QDir().mkpath(options.folder));
        test::TestServer server(options);
        QVERIFY2(server.start(), qPrintable(server.log()));
        QVERIFY(test::makeAdministrator(server));
        std::string token;
        std::string id;
        {
            ApiClient client(test::tlsChannel(server));
            token = client.signIn("admin", test::kPassword).value.token();
            id = idOf(client);

            // A second server on the same data directory is refused and says who has it.
            const auto second = test::runProgram(
                QStringLiteral("pilothoused"),
                runArguments(
                    server.dataDir(),
                    QStringLiteral("127.0.0.1:0"),
                    QStringLiteral("127.0.0.1:0")));
            QCOMPARE(second.exitCode, 1);
            QVERIFY2(second.err.contains(QString::number(server.pid())), qPrintable(second.err));
        }
        server.kill();
        QVERIFY2(server.start(), qPrintable(server.log()));
        ApiClient client(test::tlsChannel(server));
        QCOMPARE(idOf(client), id);
        QVERIFY(client.whoAmI(token).status.ok()); // the session outlived the kill

        test::ApiCall watching(token, 60000);
        auto stream = client.system().WatchHealth(&watching.context, v1::WatchHealthRequest());
        v1::WatchHealthResponse message;
        QVERIFY(stream->Read(&message));
        QVERIFY2(server.stop(30000), qPrintable(server.log()));
        while (stream->Read(&message)) {
        }
        QCOMPARE(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
        QVERIFY(!QFile::exists(server.dataDir() + QStringLiteral("/pilothouse.sock")));
    }

    /// As a terminal and the program that started it do together.
    void aSignalThatComesTwiceIsOneWish()
    {
        test::TestServer server;
        QVERIFY2(server.start(), qPrintable(server.log()));
        const auto pid = static_cast<pid_t>(server.pid());
        QCOMPARE(::kill(pid, SIGINT), 0);
        QVERIFY2(server.stop(30000), qPrintable(server.log()));
        QVERIFY(!QFile::exists(server.dataDir() + "/postgres/data/postmaster.pid"));
    }

    /// With a PostgreSQL that does not end, which is left behind for the next start.
    void whoSignalsAgainDoesNotWait()
    {
        test::TestServer server;
        QVERIFY2(server.start(), qPrintable(server.log()));
        QFile pidFile(server.dataDir() + "/postgres/data/postmaster.pid");
        QVERIFY(pidFile.open(QIODevice::ReadOnly));
        const auto postmaster = static_cast<pid_t>(pidFile.readLine().trimmed().toInt());
        QVERIFY(postmaster > 1 && ::kill(postmaster, SIGSTOP) == 0);
        const auto pid = static_cast<pid_t>(server.pid());
        const bool hasEnded = test::waitUntil(
            [&] {
                ::kill(pid, SIGTERM);
                return !server.isRunning();
            },
            8000);
        const bool isContinued =
            ::kill(postmaster, SIGCONT) == 0 && ::kill(postmaster, SIGINT) == 0;
        QVERIFY(hasEnded && isContinued);
        QVERIFY(server.log().contains("stopped at once by a second signal"));
    }

    /// A process that is stopped and continued while it ends was not too slow.
    void aStopThatIsInterruptedGoesOn()
    {
        test::TestServer server;
        QVERIFY2(server.start(), qPrintable(server.log()));
        const std::jthread interrupter(
            [pid = static_cast<pid_t>(server.pid())](const std::stop_token& token) {
                while (!token.stop_requested() && ::kill(pid, SIGSTOP) == 0) {
                    ::kill(pid, SIGCONT);
                    std::this_thread::sleep_for(std::chrono::milliseconds(20));
                }
            });
        QVERIFY2(server.stop(60000), qPrintable(server.log()));
    }

    void logsAreJsonLinesAndTheServiceManagerHears()
    {
        const QString path = m_folder + QStringLiteral("/notify");
        const int notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        const auto closeNotify = qScopeGuard([notify] { close(notify); });
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        qstrncpy(address.sun_path, path.toLocal8Bit().constData(), sizeof address.sun_path);
        QCOMPARE(bind(notify, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        qputenv("NOTIFY_SOCKET", path.toLocal8Bit());
        test::TestServer server(test::TestServer::Options{
            QStringLiteral("[log]\nlevel = \"debug\"\nformat = \"json\"\n"), {}, {}, 90000});
        const bool started = server.start();
        qunsetenv("NOTIFY_SOCKET");
        QVERIFY2(started, qPrintable(server.log()));
        QVERIFY(hears(notify, "READY=1"));
        {
            // A name that would forge a line shows up escaped, with the id of its request.
            ApiClient client(test::tlsChannel(server));
            QVERIFY(!client.signIn("mallory\n{\"level\":\"info\"}", "wrong password").status.ok());
        }
        QVERIFY(server.stop());
        QVERIFY(hears(notify, "STOPPING=1"));
        bool hasRequest = false;
        for (const QString& line : server.log().split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
            if (line.startsWith(QStringLiteral("ready "))) {
                continue;
            }
            const auto json = QJsonDocument::fromJson(line.toUtf8()).object();
            QVERIFY2(json.contains(QStringLiteral("message")), qPrintable(line));
            hasRequest = hasRequest || json.contains(QStringLiteral("request"));
        }
        QVERIFY(hasRequest);
    }

    void initTestCase() { m_folder = test::makeWorkFolder(); }
    void cleanupTestCase() { QDir(m_folder).removeRecursively(); }

private:
    static QByteArray received(int descriptor)
    {
        QByteArray text(100, '\0');
        const auto size = recv(descriptor, text.data(), 100, 0);
        return text.left(static_cast<int>(std::max<ssize_t>(size, 0)));
    }

    static bool hears(int descriptor, const QByteArray& message)
    {
        return test::waitUntil([&] { return received(descriptor) == message; });
    }

    static std::string idOf(ApiClient& client)
    {
        return test::call(
                   client.system(),
                   &v1::SystemService::Stub::GetServerInfo,
                   v1::GetServerInfoRequest())
            .value.server_id();
    }

    QString m_folder;
};

QTEST_GUILESS_MAIN(TstServerLife)
#include "tst_server_life.moc"
