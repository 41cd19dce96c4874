// SPDX-License-Identifier: Apache-2.0
#include "shared/base/StatusHelpers.h"
#include "tests/support/Programs.h"
#include "tests/support/api/ApiClient.h"
#include "tests/support/client_server/CertificateMaker.h"

#include <QFile>
#include <QLocalSocket>
#include <QSslConfiguration>
#include <QSslSocket>
#include <QTcpSocket>
#include <QTest>

#include <grpcpp/generic/generic_stub.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace pilothouse;
using test::ApiClient;
using test::call;

namespace {

constexpr const char* kConfig = R"(
[grpc]
operator_rate = 200
)";

QByteArray noise(int size)
{
    QByteArray bytes(size, '\0');
    unsigned state = 12345;
    for (char& byte : bytes) {
        state = state * 1103515245U + 12345U;
        byte = static_cast<char>(state >> 16U);
    }
    return bytes;
}

/// Tries the socket as the unprivileged user 65534, in a process of its own: 0 when the server
/// closed the connection without a word.
int trySocketAsNobody(const QByteArray& path)
{
    const pid_t child = fork();
    if (child == 0) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        qstrncpy(address.sun_path, path.constData(), sizeof address.sun_path);
        const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
        if (setgid(65534) != 0 || setuid(65534) != 0 ||
            connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
            _exit(2);
        }
        char byte = 0;
        _exit(read(descriptor, &byte, 1) <= 0 ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

/// The gRPC side as a stranger meets it.
class TstRpc : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<test::TestServer>(
            test::TestServer::Options{QString::fromLatin1(kConfig), {}, {}, 90000});
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        QVERIFY(test::makeAdministrator(*m_server));
        m_socket = std::make_unique<ApiClient>(test::socketChannel(*m_server));
        m_tls = std::make_unique<ApiClient>(test::tlsChannel(*m_server));
        m_token = m_tls->signIn("admin", test::kPassword).value.token();
        QVERIFY(!m_token.empty());
    }

    void cleanup() { QVERIFY2(m_socket->health().status.ok(), "the server must live"); }
    void cleanupTestCase() { QVERIFY(m_server->stop()); }

    void secretsAreClosed()
    {
        const auto onlyOwner = [](const QString& path) {
            struct stat info
            {};
            return stat(path.toLocal8Bit().constData(), &info) == 0 && (info.st_mode & 077U) == 0;
        };
        QVERIFY(onlyOwner(m_server->dataDir() + QStringLiteral("/pilothouse.sock")));
        QVERIFY(onlyOwner(m_server->dataDir() + QStringLiteral("/tls")));
        QVERIFY(onlyOwner(m_server->dataDir() + QStringLiteral("/tls/ca.key")));
        QVERIFY(onlyOwner(m_server->dataDir() + QStringLiteral("/tls/server.key")));
    }

    void anotherUserIsTurnedAway()
    {
        if (geteuid() != 0) {
            QSKIP("only root can become another user");
        }
        const QByteArray path =
            (m_server->dataDir() + QStringLiteral("/pilothouse.sock")).toLocal8Bit();
        chmod(
            path.constData(), 0666); // so that only the kernel's word on the peer stands in the way
        const int result = trySocketAsNobody(path);
        chmod(path.constData(), 0600);
        QCOMPARE(result, 0);
        QTRY_VERIFY(m_server->log().contains(QStringLiteral("user 65534")));
    }

    void anotherAuthorityIsNotBelieved()
    {
        test::CertificateWish wish;
        wish.isAuthority = true;
        ApiClient stranger(test::tlsChannel(*m_server, test::makeCertificate(wish).certificatePem));
        test::ApiCall context({}, 2000);
        v1::GetServerInfoResponse response;
        const auto status = stranger.system().GetServerInfo(&context.context, {}, &response);
        QVERIFY(
            status.error_code() == grpc::StatusCode::UNAVAILABLE ||
            status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED);
    }

    void errorsCarryTheRequestId()
    {
        test::ApiCall context;
        context.context.AddMetadata("x-request-id", "my-request-7");
        v1::GetHealthResponse response;
        const auto status = api::fromGrpcStatus(
            m_tls->system().GetHealth(&context.context, v1::GetHealthRequest(), &response));
        QVERIFY(absl::IsUnauthenticated(status));
        QCOMPARE(requestIdOf(status), std::string("my-request-7"));
        // An id with a line end in it is not taken over.
        test::ApiCall forged;
        forged.context.AddMetadata("x-request-id", "a b");
        const auto other = api::fromGrpcStatus(
            m_tls->system().GetHealth(&forged.context, v1::GetHealthRequest(), &response));
        QVERIFY(requestIdOf(other) != "a b" && !requestIdOf(other).empty());
    }

    void tooManyCallsAreToldToWait()
    {
        absl::Status status;
        int calls = 0;
        while (status.ok() && calls < 5000) {
            status = m_tls->health(m_token).status;
            ++calls;
        }
        QVERIFY2(absl::IsResourceExhausted(status), status.ToString().c_str());
        QVERIFY(calls > 200);
        QVERIFY(retryDelayOf(status).has_value());
        QVERIFY2(
            test::waitUntil([&] { return (status = m_tls->health(m_token).status).ok(); }, 60000),
            status.ToString().c_str());
        // The local administrator is not held up.
        for (int call = 0; call < 600; ++call) {
            QVERIFY(m_socket->health().status.ok());
        }
    }

    void theStandardServicesAnswer()
    {
        const std::string answer = rawUnary("/grpc.health.v1.Health/Check", "");
        QCOMPARE(answer, std::string("\x08\x01", 2)); // status: SERVING
    }

    void unknownMethodsAreUnimplemented()
    {
        rawUnary("/pilothouse.v1.SystemService/Destroy", "");
        QCOMPARE(m_lastRaw.error_code(), grpc::StatusCode::UNIMPLEMENTED);
    }

    void aBrokenMessageIsRefused()
    {
        rawUnary("/pilothouse.v1.AccessService/SignIn", "\x0a\xff\xff\xff\xff\x0f");
        QVERIFY(!m_lastRaw.ok());
    }

    void garbageOnEveryPortHurtsNobody_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("noise") << noise(100000);
        QTest::newRow("http") << QByteArray("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        QTest::newRow("half a TLS hello") << QByteArray::fromHex("16030100f5010000f10303");
        QTest::newRow("HTTP/2 preface and noise")
            << QByteArray("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") + noise(5000);
        QTest::newRow("endless header")
            << QByteArray("GET /") + QByteArray(2000000, 'a') + QByteArray(" HTTP/1.1\r\n");
        QTest::newRow("HTTP/2 frame of 16 MB")
            << QByteArray("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") +
                   QByteArray::fromHex("000000040000000000ffffff010400000001");
        QTest::newRow("zeroes") << QByteArray(100000, '\0');
        QTest::newRow("nothing") << QByteArray();
    }

    void garbageOnEveryPortHurtsNobody()
    {
        QFETCH(QByteArray, bytes);
        for (const QString& address : {m_server->grpcAddress(), m_server->httpUrl().mid(7)}) {
            QTcpSocket socket;
            socket.connectToHost(
                address.section(QLatin1Char(':'), 0, 0),
                static_cast<quint16>(address.section(QLatin1Char(':'), 1).toUInt()));
            QVERIFY(socket.waitForConnected(5000));
            socket.write(bytes);
            socket.waitForBytesWritten(5000);
            socket.abort();
        }
        if (QSslSocket::supportsSsl()) {
            // Past the handshake, where the HTTP/2 of gRPC listens.
            QSslSocket inside;
            inside.setPeerVerifyMode(QSslSocket::VerifyNone);
            QSslConfiguration configuration = inside.sslConfiguration();
            configuration.setAllowedNextProtocols({"h2"});
            inside.setSslConfiguration(configuration);
            const QString address = m_server->grpcAddress();
            inside.connectToHostEncrypted(
                address.section(QLatin1Char(':'), 0, 0),
                static_cast<quint16>(address.section(QLatin1Char(':'), 1).toUInt()));
            QVERIFY2(inside.waitForEncrypted(10000), qPrintable(inside.errorString()));
            inside.write(bytes);
            inside.waitForBytesWritten(5000);
            inside.abort();
        }
        QLocalSocket local;
        local.connectToServer(m_server->dataDir() + QStringLiteral("/pilothouse.sock"));
        QVERIFY(local.waitForConnected(5000));
        local.write(bytes);
        local.waitForBytesWritten(5000);
        local.abort();
        QVERIFY(m_tls->whoAmI(m_token).status.ok());
    }

    void mutualTlsAsksForACertificate()
    {
        test::CertificateWish wish;
        wish.isAuthority = true;
        wish.commonName = "clients";
        const test::Issued authority = test::makeCertificate(wish);
        test::CertificateWish clientWish;
        clientWish.commonName = "console";
        clientWish.issuer = &authority;
        const test::Issued client = test::makeCertificate(clientWish);
        test::TestServer::Options options;
        options.folder = test::makeWorkFolder();
        const QString file = options.folder + QStringLiteral("/clients.pem");
        QFile pem(file);
        QVERIFY(pem.open(QIODevice::WriteOnly));
        pem.write(QByteArray::fromStdString(authority.certificatePem));
        pem.close();
        options.config = QStringLiteral("[grpc]\nclient_ca_file = \"%1\"\n").arg(file);
        options.startDeadlineMs = 90000;
        test::TestServer server(options);
        QVERIFY2(server.start(), qPrintable(server.log()));

        ApiClient without(test::tlsChannel(server));
        test::ApiCall context({}, 2000);
        v1::GetServerInfoResponse response;
        QVERIFY(!without.system().GetServerInfo(&context.context, {}, &response).ok());

        QFile ca(server.dataDir() + QStringLiteral("/tls/ca.pem"));
        QVERIFY(ca.open(QIODevice::ReadOnly));
        grpc::SslCredentialsOptions credentials;
        credentials.pem_root_certs = ca.readAll().toStdString();
        credentials.pem_cert_chain = client.certificatePem;
        credentials.pem_private_key = client.keyPem;
        ApiClient with(grpc::CreateChannel(
            server.grpcAddress().toStdString(), grpc::SslCredentials(credentials)));
        QVERIFY(
            call(with.system(), &v1::SystemService::Stub::GetServerInfo, v1::GetServerInfoRequest())
                .status.ok());
        QVERIFY(server.stop());
    }

private:
    /// One unary call by path with raw bytes; the answer's bytes, and the status in m_lastRaw.
    std::string rawUnary(const std::string& path, const std::string& request)
    {
        grpc::GenericStub stub(m_tls->channel());
        test::ApiCall context(m_token);
        const grpc::Slice slice(request);
        const grpc::ByteBuffer sent(&slice, 1);
        grpc::CompletionQueue queue;
        auto reader = stub.PrepareUnaryCall(&context.context, path, sent, &queue);
        reader->StartCall();
        grpc::ByteBuffer received;
        reader->Finish(&received, &m_lastRaw, this);
        void* tag = nullptr;
        bool ok = false;
        queue.Next(&tag, &ok);
        grpc::Slice answer;
        return m_lastRaw.ok() && received.DumpToSingleSlice(&answer).ok()
                   ? std::string(reinterpret_cast<const char*>(answer.begin()), answer.size())
                   : std::string();
    }

    std::unique_ptr<test::TestServer> m_server;
    std::unique_ptr<ApiClient> m_socket;
    std::unique_ptr<ApiClient> m_tls;
    std::string m_token;
    grpc::Status m_lastRaw;
};

QTEST_GUILESS_MAIN(TstRpc)
#include "tst_rpc.moc"
