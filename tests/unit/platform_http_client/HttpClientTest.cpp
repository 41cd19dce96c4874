// SPDX-License-Identifier: Apache-2.0
#include "server/platform/http_client/HttpClient.h"
#include "server/platform/http_client/Gunzip.h"
#include "server/platform/http_client/HttpUrl.h"
#include "shared/base/StatusHelpers.h"
#include "tests/support/client_server/CertificateMaker.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <zlib.h>

#include <QtTest>

#include <functional>
#include <list>
#include <optional>

using namespace pilothouse;
using namespace pilothouse::platform;
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

std::string gzip(const std::string& text)
{
    z_stream stream{};
    deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    std::string in = text;
    std::string out(deflateBound(&stream, uLong(text.size())), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = uInt(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = uInt(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string page(const std::string& body, const std::string& headers = {})
{
    return "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n" + headers +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

/// Answers each request with fixed bytes, on the same thread as the client.
class Origin
{
public:
    explicit Origin(asio::io_context& context)
        : m_acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0))
    {
        accept();
    }

    HttpUrl url() const
    {
        return {
            .tls = false,
            .host = "127.0.0.1",
            .port = std::to_string(m_acceptor.local_endpoint().port()),
            .target = "/"};
    }

    std::string answer;
    bool closesAfterAnswer = false;
    /// Goes on sending this after the answer, for ever.
    std::string endless;
    int connections = 0;
    std::vector<std::string> requests;

private:
    struct Peer
    {
        explicit Peer(tcp::socket s) : socket(std::move(s)) {}
        tcp::socket socket;
        std::string in;
    };

    void accept()
    {
        m_acceptor.async_accept([this](boost::system::error_code error, tcp::socket socket) {
            if (error) {
                return;
            }
            ++connections;
            m_peers.emplace_back(std::move(socket));
            serve(m_peers.back());
            accept();
        });
    }

    void serve(Peer& peer)
    {
        asio::async_read_until(
            peer.socket,
            asio::dynamic_buffer(peer.in),
            "\r\n\r\n",
            [this, &peer](boost::system::error_code error, std::size_t) {
                if (error) {
                    return;
                }
                requests.push_back(peer.in);
                peer.in.clear();
                asio::async_write(
                    peer.socket,
                    asio::buffer(answer),
                    [this, &peer](boost::system::error_code failed, std::size_t) {
                        if (failed) {
                            return;
                        }
                        if (!endless.empty()) {
                            flood(peer);
                        } else if (closesAfterAnswer) {
                            peer.socket.close();
                        } else {
                            serve(peer);
                        }
                    });
            });
    }

    void flood(Peer& peer)
    {
        asio::async_write(
            peer.socket,
            asio::buffer(endless),
            [this, &peer](boost::system::error_code error, std::size_t) {
                if (!error) {
                    flood(peer);
                }
            });
    }

    tcp::acceptor m_acceptor;
    std::list<Peer> m_peers;
};

/// Answers one request over TLS.
class TlsOrigin
{
public:
    TlsOrigin(asio::io_context& context, const test::Issued& identity, std::string answer)
        : m_acceptor(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
          m_tls(asio::ssl::context::tls_server),
          m_answer(std::move(answer))
    {
        m_tls.use_certificate_chain(asio::buffer(identity.certificatePem));
        m_tls.use_private_key(asio::buffer(identity.keyPem), asio::ssl::context::pem);
        m_acceptor.async_accept([this](boost::system::error_code error, tcp::socket socket) {
            if (!error) {
                m_peer.emplace(std::move(socket), m_tls);
                m_peer->async_handshake(
                    asio::ssl::stream_base::server, [this](boost::system::error_code failed) {
                        if (!failed) {
                            serve();
                        }
                    });
            }
        });
    }

    HttpUrl url() const
    {
        return {
            .tls = true,
            .host = "127.0.0.1",
            .port = std::to_string(m_acceptor.local_endpoint().port()),
            .target = "/"};
    }

    std::string request;

private:
    void serve()
    {
        asio::async_read_until(
            *m_peer,
            asio::dynamic_buffer(request),
            "\r\n\r\n",
            [this](boost::system::error_code error, std::size_t) {
                if (!error) {
                    asio::async_write(*m_peer, asio::buffer(m_answer), [](auto, auto) {});
                }
            });
    }

    tcp::acceptor m_acceptor;
    asio::ssl::context m_tls;
    std::string m_answer;
    std::optional<asio::ssl::stream<tcp::socket>> m_peer;
};

absl::StatusOr<HttpReply> getFrom(
    HttpClient& client, asio::io_context& context, const HttpGet& options = {})
{
    std::optional<absl::StatusOr<HttpReply>> reply;
    client.get("/metrics", options, [&](absl::StatusOr<HttpReply> got) { reply = std::move(got); });
    context.restart();
    while (!reply && context.run_one_for(std::chrono::seconds(10)) > 0) {
    }
    return reply ? *reply : absl::InternalError("never called back");
}

struct Fixture
{
    asio::io_context context;
    Origin origin{context};
    std::unique_ptr<HttpClient> client = std::make_unique<HttpClient>(context, origin.url());

    absl::StatusOr<HttpReply> get(const HttpGet& options = {})
    {
        return getFrom(*client, context, options);
    }
};

} // namespace

class HttpClientTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void fetchesAndKeepsTheConnection()
    {
        Fixture fixture;
        fixture.origin.answer = page("up 1\n");
        for (int round = 0; round < 3; ++round) {
            const auto reply = fixture.get();
            QVERIFY2(reply.ok(), reply.status().ToString().c_str());
            QCOMPARE(reply->body, std::string("up 1\n"));
            QCOMPARE(reply->contentType, std::string("text/plain"));
        }
        QCOMPARE(fixture.origin.connections, 1);
        QVERIFY(fixture.origin.requests[0].find("GET /metrics HTTP/1.1") == 0);
        QVERIFY(fixture.origin.requests[0].find("Accept-Encoding: gzip") != std::string::npos);
    }

    void reconnectsWhenTheKeptConnectionDied()
    {
        Fixture fixture;
        fixture.origin.answer = page("a 1\n");
        fixture.origin.closesAfterAnswer = true;
        QVERIFY(fixture.get().ok());
        // Lets the close arrive while nobody reads.
        fixture.context.restart();
        fixture.context.poll();
        QVERIFY(fixture.get().ok());
        QCOMPARE(fixture.origin.connections, 2);
    }

    void inflatesGzip()
    {
        Fixture fixture;
        fixture.origin.answer = page(gzip("zipped 1\n"), "Content-Encoding: gzip\r\n");
        const auto reply = fixture.get();
        QVERIFY2(reply.ok(), reply.status().ToString().c_str());
        QCOMPARE(reply->body, std::string("zipped 1\n"));
    }

    void badAnswers_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QByteArray>("endless");
        QTest::addColumn<bool>("closes");
        QTest::addColumn<int>("code");
        const auto bytes = [](const std::string& text) {
            return QByteArray(text.data(), int(text.size()));
        };
        const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        QTest::newRow("not http") << bytes("SSH-2.0-OpenSSH_9.2\r\n") << QByteArray() << false
                                  << int(absl::StatusCode::kDataLoss);
        QTest::newRow("not found")
            << bytes("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n") << QByteArray() << false
            << int(absl::StatusCode::kFailedPrecondition);
        QTest::newRow("redirect")
            << bytes(
                   "HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n")
            << QByteArray() << false << int(absl::StatusCode::kFailedPrecondition);
        QTest::newRow("cut short") << bytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc")
                                   << QByteArray() << true << int(absl::StatusCode::kUnavailable);
        QTest::newRow("announced too long")
            << bytes("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n") << QByteArray()
            << false << int(absl::StatusCode::kResourceExhausted);
        QTest::newRow("endless body")
            << bytes(chunked) << bytes("400\r\n" + std::string(1024, 'x') + "\r\n") << false
            << int(absl::StatusCode::kResourceExhausted);
        QTest::newRow("endless header")
            << bytes("HTTP/1.1 200 OK\r\n") << bytes("X-Bomb: " + std::string(100, 'y') + "\r\n")
            << false << int(absl::StatusCode::kResourceExhausted);
        QTest::newRow("gzip bomb")
            << bytes(page(gzip(std::string(10 << 20, 'z')), "Content-Encoding: gzip\r\n"))
            << QByteArray() << false << int(absl::StatusCode::kResourceExhausted);
        QTest::newRow("gzip that is none")
            << bytes(page("plain", "Content-Encoding: gzip\r\n")) << QByteArray() << false
            << int(absl::StatusCode::kDataLoss);
        QTest::newRow("gzip cut short")
            << bytes(page(gzip("hello hello hello").substr(0, 15), "Content-Encoding: gzip\r\n"))
            << QByteArray() << false << int(absl::StatusCode::kDataLoss);
        QTest::newRow("encoding not asked for")
            << bytes(page("x", "Content-Encoding: br\r\n")) << QByteArray() << false
            << int(absl::StatusCode::kDataLoss);
        QTest::newRow("says nothing") << QByteArray("HTTP/1.1 200 OK\r\n") << QByteArray() << false
                                      << int(absl::StatusCode::kDeadlineExceeded);
    }

    void badAnswers()
    {
        QFETCH(QByteArray, answer);
        QFETCH(QByteArray, endless);
        QFETCH(bool, closes);
        QFETCH(int, code);
        Fixture fixture;
        fixture.origin.answer = answer.toStdString();
        fixture.origin.endless = endless.toStdString();
        fixture.origin.closesAfterAnswer = closes;
        // Only what is to run into it gets a short time.
        const bool isTimeUp = code == int(absl::StatusCode::kDeadlineExceeded);
        const auto reply = fixture.get(
            {.headers = {},
             .timeout = isTimeUp ? absl::Milliseconds(700) : absl::Seconds(30),
             .bodyLimit = 1 << 20});
        QVERIFY2(int(reply.status().code()) == code, reply.status().ToString().c_str());
        // And the next request begins anew.
        fixture.origin.answer = page("fine 1\n");
        fixture.origin.endless.clear();
        const auto next = fixture.get();
        QVERIFY2(next.ok(), next.status().ToString().c_str());
    }

    void refusedConnection()
    {
        Fixture fixture;
        HttpUrl nobody = fixture.origin.url();
        nobody.port = "1";
        fixture.client = std::make_unique<HttpClient>(fixture.context, nobody);
        QCOMPARE(fixture.get().status().code(), absl::StatusCode::kUnavailable);
    }

    void believesWhomItIsTold_data()
    {
        QTest::addColumn<QString>("names");
        QTest::addColumn<QString>("ca"); // whose file it is given
        QTest::addColumn<QString>("complaint");
        QTest::newRow("its authority") << "IP:127.0.0.1"
                                       << "own"
                                       << "";
        QTest::newRow("the system's authorities") << "IP:127.0.0.1"
                                                  << ""
                                                  << "is not believed";
        QTest::newRow("another authority") << "IP:127.0.0.1"
                                           << "other"
                                           << "is not believed";
        QTest::newRow("another host") << "DNS:elsewhere.example"
                                      << "own"
                                      << "is not for 127.0.0.1";
        QTest::newRow("a file without certificates") << "IP:127.0.0.1"
                                                     << "empty"
                                                     << "no certificate authorities in";
    }

    void believesWhomItIsTold()
    {
        QFETCH(QString, names);
        QFETCH(QString, ca);
        QFETCH(QString, complaint);
        const test::Issued own = test::makeCertificate({.commonName = "CA", .isAuthority = true});
        const test::Issued other = test::makeCertificate({.commonName = "X", .isAuthority = true});
        asio::io_context context;
        TlsOrigin origin(
            context,
            test::makeCertificate({.alternativeNames = names.toStdString(), .issuer = &own}),
            page("secure 1\n"));
        QTemporaryFile file;
        QVERIFY(file.open());
        file.write(QByteArray::fromStdString(
            ca == QLatin1String("own")     ? own.certificatePem
            : ca == QLatin1String("other") ? other.certificatePem
                                           : std::string()));
        file.close();
        HttpClient client(
            context, origin.url(), ca.isEmpty() ? std::string() : file.fileName().toStdString());
        const auto reply = getFrom(client, context);
        if (complaint.isEmpty()) {
            QVERIFY2(reply.ok(), reply.status().ToString().c_str());
            QCOMPARE(reply->body, std::string("secure 1\n"));
            QVERIFY(origin.request.find("GET /metrics ") == 0);
            return;
        }
        const std::string message = describe(reply.status());
        QVERIFY2(QString::fromStdString(message).contains(complaint), message.c_str());
        QVERIFY(origin.request.empty()); // nothing was told to whom is not believed
    }

    void destroyedClientNeverCallsBack()
    {
        Fixture fixture;
        bool isCalled = false;
        fixture.client->get("/", {}, [&](const absl::StatusOr<HttpReply>&) { isCalled = true; });
        fixture.context.run_one_for(std::chrono::seconds(1));
        fixture.client.reset();
        fixture.context.restart();
        fixture.context.poll();
        QVERIFY(!isCalled);
    }

    void urls_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("expected"); // empty = refused
        QTest::newRow("plain") << QByteArray("http://a:9100/metrics")
                               << QByteArray("http://a:9100/metrics");
        QTest::newRow("default port") << QByteArray("http://a") << QByteArray("http://a:80/");
        QTest::newRow("https") << QByteArray("https://a/m?x=1")
                               << QByteArray("https://a:443/m?x=1");
        QTest::newRow("query only") << QByteArray("http://a?x=1") << QByteArray("http://a:80/?x=1");
        QTest::newRow("v6") << QByteArray("http://[::1]:9/") << QByteArray("http://[::1]:9/");
        QTest::newRow("v6 bare") << QByteArray("http://::1/") << QByteArray();
        QTest::newRow("password") << QByteArray("http://u:secret@a/") << QByteArray();
        QTest::newRow("no scheme") << QByteArray("a:9100") << QByteArray();
        QTest::newRow("port 0") << QByteArray("http://a:0/") << QByteArray();
        QTest::newRow("port word") << QByteArray("http://a:x/") << QByteArray();
        QTest::newRow("space") << QByteArray("http://a/ HTTP/1.1\r\nX: y") << QByteArray();
        QTest::newRow("fragment") << QByteArray("http://a/#x") << QByteArray();
        QTest::newRow("no host") << QByteArray("http:///x") << QByteArray();
    }

    void urls()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, expected);
        const auto url = parseHttpUrl(text.toStdString());
        QCOMPARE(url.ok(), !expected.isEmpty());
        if (url.ok()) {
            QCOMPARE(QByteArray::fromStdString(url->toString()), expected);
        } else {
            QVERIFY(url.status().message().find("secret") == absl::string_view::npos);
        }
    }
};

QTEST_APPLESS_MAIN(HttpClientTest)
#include "HttpClientTest.moc"
