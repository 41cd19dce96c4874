// SPDX-License-Identifier: Apache-2.0
#include "shared/base/StatusHelpers.h"
#include "tests/support/Programs.h"
#include "tests/support/api/ApiClient.h"
#include "tests/support/client_server/CertificateMaker.h"

#include <QDir>
#include <QFile>
#include <QSslCertificate>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QTest>

using namespace pilothouse;
using test::ApiClient;
using test::call;

namespace {

constexpr const char* kToken = "a-long-random-word-for-http";

constexpr const char* kConfig = R"(
[server]
display_name = "Karlsruhe"
environment = "staging"
[grpc]
certificate_file = "server.pem"
key_file = "server.key"
operator_rate = 50
[http]
tls = true
token_file = "token"
allowed_hosts = ["metrics.example"]
[database]
slow_query = "1ms"
[database.pool]
minimum = 2
maximum = 7
[redis]
enabled = false
[executors]
db_threads = 3
db_queue = 17
io_threads = 1
io_queue = 19
jobs_threads = 5
jobs_queue = 23
[access]
session_lifetime = "30m"
session_idle = "10m"
[log]
level = "debug"
)";

} // namespace

/// That the keys of the configuration do what they say; those of the metrics stand with the
/// metrics.
class TstServerConfig : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_folder = test::makeWorkFolder();
        m_authority = test::makeCertificate({.commonName = "Our own CA", .isAuthority = true});
        const test::Issued own = test::makeCertificate({.issuer = &m_authority});
        write("server.pem", own.certificatePem);
        write("server.key", own.keyPem);
        write("token", std::string(kToken) + "\n");
        test::TestServer::Options options;
        options.folder = m_folder;
        options.config = QString::fromLatin1(kConfig);
        options.startDeadlineMs = 90000;
        m_server = std::make_unique<test::TestServer>(options);
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        QVERIFY(test::makeAdministrator(*m_server));
        m_socket = std::make_unique<ApiClient>(test::socketChannel(*m_server));
    }

    void cleanupTestCase()
    {
        m_socket.reset();
        QVERIFY(m_server->stop());
        QDir(m_folder).removeRecursively();
    }

    void nameEnvironmentAndOwnCertificate()
    {
        // Nobody else's authority made this connection possible.
        ApiClient client(test::tlsChannel(*m_server, m_authority.certificatePem));
        const auto info = call(
            client.system(), &v1::SystemService::Stub::GetServerInfo, v1::GetServerInfoRequest());
        QVERIFY2(info.status.ok(), info.status.ToString().c_str());
        QCOMPARE(info.value.display_name(), std::string("Karlsruhe"));
        QCOMPARE(info.value.environment(), v1::ENVIRONMENT_STAGING);
        QVERIFY(!QFile::exists(m_server->dataDir() + QStringLiteral("/tls/ca.key")));
    }

    void sizesOfPoolsAndExecutors()
    {
        const auto reply = call(
            m_socket->system(),
            &v1::SystemService::Stub::ListResources,
            v1::ListResourcesRequest());
        QVERIFY(reply.status.ok());
        QCOMPARE(reply.value.pools_size(), 1); // Redis is switched off
        QCOMPARE(reply.value.pools(0).minimum(), 2);
        QCOMPARE(reply.value.pools(0).maximum(), 7);
        std::map<std::string, std::pair<int, int>> sizes;
        for (const auto& executor : reply.value.executors()) {
            sizes[executor.name()] = {executor.threads(), executor.capacity()};
        }
        QVERIFY(sizes["db"] == std::pair(3, 17));
        QVERIFY(sizes["io"] == std::pair(1, 19));
        QVERIFY(sizes["jobs"] == std::pair(5, 23));
        QTRY_COMPARE_WITH_TIMEOUT(m_socket->componentState("redis"), std::string("absent"), 10000);
    }

    void sessionsEndWhenTheySay()
    {
        ApiClient client(test::tlsChannel(*m_server, m_authority.certificatePem));
        const auto signedIn = client.signIn("admin", test::kPassword);
        QVERIFY(signedIn.status.ok());
        const auto who = client.whoAmI(signedIn.value.token());
        const auto left = who.value.expire_time().seconds() - time(nullptr);
        QVERIFY2(left > 29 * 60 - 60 && left <= 30 * 60, std::to_string(left).c_str());
        // And its rate: twice fifty at once, then no more.
        absl::Status status;
        int calls = 0;
        while (status.ok() && calls < 2000) {
            status = client.health(signedIn.value.token()).status;
            ++calls;
        }
        QVERIFY2(absl::IsResourceExhausted(status), status.ToString().c_str());
        QVERIFY(calls >= 90);
    }

    void slowStatementsAreLoggedByNameAtDebug()
    {
        QTRY_VERIFY_WITH_TIMEOUT(m_server->log().contains(QStringLiteral("slow")), 20000);
        QVERIFY(m_server->log().contains(QStringLiteral("debug")));
    }

    void theHttpSideAsksForTokenAndHost_data()
    {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<QByteArray>("host");
        QTest::addColumn<bool>("withToken");
        QTest::addColumn<QByteArray>("status");
        QTest::newRow("probe") << QByteArray("/readyz") << QByteArray("any") << false
                               << QByteArray("200");
        QTest::newRow("no token") << QByteArray("/metrics") << QByteArray("localhost") << false
                                  << QByteArray("401");
        QTest::newRow("token") << QByteArray("/metrics") << QByteArray("localhost") << true
                               << QByteArray("200");
        QTest::newRow("allowed host")
            << QByteArray("/metrics") << QByteArray("metrics.example") << true << QByteArray("200");
        QTest::newRow("another host")
            << QByteArray("/metrics") << QByteArray("other.example") << true << QByteArray("421");
        QTest::newRow("the API too") << QByteArray("/api/v1/query?query=1")
                                     << QByteArray("localhost") << false << QByteArray("401");
    }

    void theHttpSideAsksForTokenAndHost()
    {
        QFETCH(QByteArray, path);
        QFETCH(QByteArray, host);
        QFETCH(bool, withToken);
        QFETCH(QByteArray, status);
        if (!QSslSocket::supportsSsl()) {
            QSKIP("this Qt has no TLS");
        }
        QSslSocket socket;
        QSslConfiguration believe = socket.sslConfiguration();
        believe.setCaCertificates(
            QSslCertificate::fromData(QByteArray::fromStdString(m_authority.certificatePem)));
        socket.setSslConfiguration(believe);
        socket.connectToHostEncrypted(
            QStringLiteral("127.0.0.1"),
            static_cast<quint16>(m_server->httpUrl().section(QLatin1Char(':'), -1).toUInt()));
        QVERIFY2(socket.waitForEncrypted(10000), qPrintable(socket.errorString()));
        socket.write(
            "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n" +
            (withToken ? QByteArray("Authorization: Bearer ") + kToken + "\r\n" : QByteArray()) +
            "\r\n");
        QByteArray answer;
        QVERIFY(test::waitUntil([&] {
            answer += socket.readAll();
            return answer.contains("\r\n");
        }));
        QCOMPARE(answer.mid(9, 3), status);
    }

private:
    void write(const char* name, const std::string& text) const
    {
        QFile file(m_folder + QLatin1Char('/') + QLatin1String(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray::fromStdString(text));
    }

    QString m_folder;
    test::Issued m_authority;
    std::unique_ptr<test::TestServer> m_server;
    std::unique_ptr<ApiClient> m_socket;
};

QTEST_GUILESS_MAIN(TstServerConfig)
#include "tst_server_config.moc"
