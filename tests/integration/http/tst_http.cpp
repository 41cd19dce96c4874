// SPDX-License-Identifier: Apache-2.0
#include "tests/support/Programs.h"
#include "tests/support/TestServer.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QScopeGuard>
#include <QSslSocket>
#include <QTcpSocket>
#include <QTest>

#include <algorithm>
#include <memory>
#include <vector>

using namespace pilothouse;

namespace {

/// Sends bytes and reads until the server closes, or until `enough` stands in the answer.
QByteArray exchange(QTcpSocket& socket, const QByteArray& request, const QByteArray& enough = {})
{
    socket.write(request);
    QByteArray answer;
    QElapsedTimer timer;
    timer.start();
    while (timer.elapsed() < 15000) {
        answer += socket.readAll();
        if (!enough.isEmpty() && answer.contains(enough)) {
            break;
        }
        if (!socket.waitForReadyRead(500) && socket.state() != QAbstractSocket::ConnectedState) {
            answer += socket.readAll();
            break;
        }
    }
    return answer;
}

int statusOf(const QByteArray& answer)
{
    return answer.startsWith("HTTP/1.1 ") ? answer.mid(9, 3).toInt() : 0;
}

QByteArray bodyOf(const QByteArray& answer)
{
    return answer.mid(answer.indexOf("\r\n\r\n") + 4);
}

} // namespace

/// The HTTP side: probes, pages, and what it refuses.
class TstHttp : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<test::TestServer>();
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
    }
    void cleanupTestCase() { QVERIFY(m_server->stop()); }

    void probes()
    {
        QCOMPARE(bodyOf(get("/healthz")), QByteArray("alive\n"));
        QTRY_COMPARE(statusOf(get("/readyz")), 200);
        QTRY_VERIFY(get("/health").contains("control-database"));
        const auto health = QJsonDocument::fromJson(bodyOf(get("/health"))).object();
        QVERIFY(health[QStringLiteral("components")].toArray().size() >= 2);
        QVERIFY(!health[QStringLiteral("status")].toString().isEmpty());
    }

    void metricsInBothForms()
    {
        const QByteArray text = get("/metrics");
        QVERIFY(text.contains("Content-Type: text/plain; version=0.0.4"));
        QVERIFY(text.contains("# TYPE pilothouse_rpc_calls_total counter"));
        QVERIFY(!text.contains("# EOF"));
        const QByteArray open =
            get("/metrics", "Accept: application/openmetrics-text; version=1.0.0\r\n");
        QVERIFY(open.contains("Content-Type: application/openmetrics-text; version=1.0.0"));
        QVERIFY(open.contains("# TYPE pilothouse_rpc_calls counter"));
        QVERIFY(open.endsWith("# EOF\n"));
    }

    void refusals_data()
    {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<int>("status");
        const auto with = [](const char* path, const char* headers) {
            return QByteArray("GET ") + path + " HTTP/1.1\r\nConnection: close\r\n" + headers +
                   "\r\n";
        };
        QTest::newRow("foreign host") << with("/metrics", "Host: evil.example\r\n") << 421;
        QTest::newRow("no host") << with("/metrics", "") << 421;
        QTest::newRow("foreign origin")
            << with("/metrics", "Host: localhost\r\nOrigin: https://evil.example\r\n") << 403;
        QTest::newRow("null origin")
            << with("/metrics", "Host: localhost\r\nOrigin: null\r\n") << 403;
        QTest::newRow("cross-site")
            << with("/metrics", "Host: localhost\r\nSec-Fetch-Site: cross-site\r\n") << 403;
        QTest::newRow("own origin")
            << with("/metrics", "Host: localhost\r\nOrigin: http://localhost\r\n") << 200;
        QTest::newRow("address as host") << with("/metrics", "Host: 127.0.0.1:9\r\n") << 200;
        QTest::newRow("probe by any name") << with("/healthz", "Host: lb.example\r\n") << 200;
        QTest::newRow("nowhere") << with("/nowhere", "Host: localhost\r\n") << 404;
        QTest::newRow("broken escape") << with("/metrics?a=%zz", "Host: localhost\r\n") << 400;
        QTest::newRow("zero byte") << with("/metrics?a=%00", "Host: localhost\r\n") << 400;
        QTest::newRow("up and away") << with("/../../etc/passwd", "Host: localhost\r\n") << 404;
        QTest::newRow("wrong method")
            << QByteArray(
                   "DELETE /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            << 405;
        QTest::newRow("not HTTP") << QByteArray("hello there\r\n\r\n") << 400;
        QTest::newRow("huge headers")
            << with("/metrics", (QByteArray("X: ") + QByteArray(20000, 'x') + "\r\n").constData())
            << 431;
        QTest::newRow("huge body")
            << QByteArray(
                   "POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n")
            << 413;
    }

    void refusals()
    {
        QFETCH(QByteArray, request);
        QFETCH(int, status);
        const QByteArray answer = raw(request);
        QVERIFY2(statusOf(answer) == status, answer.left(300).constData());
    }

    void headHasNoBody()
    {
        const QByteArray answer =
            raw("HEAD /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        QCOMPARE(statusOf(answer), 200);
        QVERIFY(answer.contains("Content-Length: 6"));
        QCOMPARE(bodyOf(answer), QByteArray());
    }

    void requestsFollowEachOtherOnOneConnection()
    {
        QTcpSocket socket;
        connectTo(socket);
        const QByteArray request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
        const QByteArray answer = exchange(
            socket,
            request + request +
                "GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        QCOMPARE(answer.count("HTTP/1.1 200"), 2);
        QCOMPARE(answer.count("HTTP/1.1 404"), 1);
    }

    void connectionsAreBounded()
    {
        std::vector<std::unique_ptr<QTcpSocket>> idle;
        for (int index = 0; index < 300; ++index) {
            idle.push_back(std::make_unique<QTcpSocket>());
            idle.back()->connectToHost(QStringLiteral("127.0.0.1"), port());
        }
        int closed = 0;
        QTRY_VERIFY_WITH_TIMEOUT(
            (closed = static_cast<int>(std::count_if(
                 idle.begin(),
                 idle.end(),
                 [](const auto& socket) {
                     return socket->state() == QAbstractSocket::UnconnectedState;
                 }))) >= 44,
            10000);
        idle.clear();
        QTRY_COMPARE(statusOf(get("/healthz")), 200);
    }

    void offLoopbackNeedsTlsAndToken()
    {
        if (!QSslSocket::supportsSsl()) {
            QSKIP("this Qt has no TLS");
        }
        test::TestServer::Options options;
        options.folder = test::makeWorkFolder();
        const auto removeFolder = qScopeGuard([&] { QDir(options.folder).removeRecursively(); });
        QFile token(options.folder + QStringLiteral("/token"));
        QVERIFY(token.open(QIODevice::WriteOnly));
        token.write("letmein-letmein-letmein\n");
        token.close();
        options.config =
            QStringLiteral("[http]\ntls = true\ntoken_file = \"%1\"\n").arg(token.fileName());
        options.extraArguments = {QStringLiteral("--http-listen"), QStringLiteral("0.0.0.0:0")};
        options.startDeadlineMs = 90000;
        test::TestServer server(options);
        QVERIFY2(server.start(), qPrintable(server.log()));
        const auto ask = [&](const QByteArray& path, const QByteArray& headers) {
            QSslSocket socket;
            socket.setPeerVerifyMode(QSslSocket::VerifyNone);
            socket.connectToHostEncrypted(
                QStringLiteral("127.0.0.1"),
                static_cast<quint16>(server.httpUrl().section(QLatin1Char(':'), -1).toUInt()));
            if (!socket.waitForEncrypted(10000)) {
                return 0;
            }
            return statusOf(exchange(
                socket,
                "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n" + headers +
                    "\r\n"));
        };
        QCOMPARE(ask("/healthz", {}), 200);
        QCOMPARE(ask("/metrics", {}), 401);
        QCOMPARE(ask("/metrics", "Authorization: Bearer wrong\r\n"), 401);
        QCOMPARE(ask("/metrics", "Authorization: Bearer letmein-letmein-letmein\r\n"), 200);
        QVERIFY(server.stop());
    }

private:
    quint16 port() const
    {
        return static_cast<quint16>(m_server->httpUrl().section(QLatin1Char(':'), -1).toUInt());
    }
    void connectTo(QTcpSocket& socket) const
    {
        socket.connectToHost(QStringLiteral("127.0.0.1"), port());
        QVERIFY(socket.waitForConnected(5000));
    }
    QByteArray raw(const QByteArray& request) const
    {
        QTcpSocket socket;
        connectTo(socket);
        return exchange(socket, request);
    }
    QByteArray get(const QByteArray& path, const QByteArray& headers = {}) const
    {
        return raw(
            "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers +
            "\r\n");
    }

    std::unique_ptr<test::TestServer> m_server;
};

QTEST_GUILESS_MAIN(TstHttp)
#include "tst_http.moc"
