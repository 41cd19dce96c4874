// SPDX-License-Identifier: Apache-2.0
// The registry for programs that speak HTTP.
#include "tests/integration/services/RegistryProbe.h"
#include "tests/support/Programs.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

/// Raw strings confuse moc, so that the JSON here is written with single quotes.
QByteArray quoted(const char* text)
{
    return QByteArray(text).replace('\'', '"');
}

} // namespace

class TestServicesHttp : public QObject
{
    Q_OBJECT

private:
    struct Answer
    {
        int status = 0;
        QJsonObject json;
        QByteArray body;
    };

    std::unique_ptr<TestServer> m_server;
    QNetworkAccessManager m_network;
    QByteArray m_token;

    Answer send(
        const QByteArray& method,
        const QString& path,
        const QByteArray& body = {},
        const QByteArray& token = {},
        const QByteArray& origin = {})
    {
        QNetworkRequest request(QUrl(m_server->httpUrl() + path));
        request.setHeader(QNetworkRequest::ContentTypeHeader, QByteArray("application/json"));
        if (!token.isEmpty()) {
            request.setRawHeader("Authorization", "Bearer " + token);
        }
        if (!origin.isEmpty()) {
            request.setRawHeader("Origin", origin);
        }
        const std::unique_ptr<QNetworkReply> reply(
            m_network.sendCustomRequest(request, method, body));
        waitUntil([&] { return reply->isFinished(); });
        Answer answer;
        answer.status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
        answer.body = reply->readAll();
        answer.json = QJsonDocument::fromJson(answer.body).object();
        return answer;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<TestServer>();
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        QVERIFY(makeAdministrator(*m_server));
        ApiClient client(tlsChannel(*m_server));
        m_token = QByteArray::fromStdString(client.signIn("admin", kPassword).value.token());
        QVERIFY(!m_token.isEmpty());
    }

    void aWholeLife()
    {
        const QString path = QStringLiteral("/v1/services/shop/instances/a-1");
        const Answer made = send(
            "PUT",
            path,
            quoted(
                "{'address':'127.0.0.1:8080','colour':'blue','ttl':'20s','metadata':{'zone':'b'}}"),
            m_token);
        QVERIFY2(made.status == 200, made.body.constData());
        const QString registration = made.json["registration"].toString();
        QVERIFY(!registration.isEmpty());
        QCOMPARE(
            made.json["instance"].toObject()["state"].toString(),
            QString("INSTANCE_STATE_HEALTHY"));

        const QByteArray beat = QJsonDocument(QJsonObject{
                                                  {"registration", registration},
                                                  {"load", QJsonObject{{"connections", 3}}}})
                                    .toJson();
        QCOMPARE(send("POST", path + "/heartbeat", beat, m_token).status, 200);

        const Answer services = send("GET", "/v1/services");
        QCOMPARE(services.status, 200);
        QCOMPARE(
            services.json["services"].toArray()[0].toObject()["name"].toString(), QString("shop"));
        const Answer instances = send("GET", "/v1/services/shop");
        QCOMPARE(instances.json["instances"].toArray().size(), 1);
        const Answer resolved = send("GET", "/v1/services/shop/resolve?strategy=round-robin");
        QCOMPARE(
            resolved.json["instances"].toArray()[0].toObject()["address"].toString(),
            QString("127.0.0.1:8080"));

        const QByteArray leave =
            QJsonDocument(QJsonObject{{"registration", registration}}).toJson();
        QCOMPARE(send("POST", path + "/deregister", leave, m_token).status, 200);
        QCOMPARE(send("GET", "/v1/services/shop").status, 404);
        QCOMPARE(send("POST", path + "/heartbeat", beat, m_token).status, 404);
    }

    void changingNeedsAToken_data()
    {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QString>("path");
        QTest::newRow("register") << QByteArray("PUT") << "/v1/services/shop/instances/a";
        QTest::newRow("heartbeat")
            << QByteArray("POST") << "/v1/services/shop/instances/a/heartbeat";
        QTest::newRow("deregister")
            << QByteArray("POST") << "/v1/services/shop/instances/a/deregister";
    }

    void changingNeedsAToken()
    {
        QFETCH(QByteArray, method);
        QFETCH(QString, path);
        QCOMPARE(send(method, path).status, 401);
        const Answer guessed = send(method, path, {}, "guess");
        QCOMPARE(guessed.status, 401);
        QCOMPARE(guessed.json["code"].toString(), QString("UNAUTHENTICATED"));
        // A page in the operator's browser does not get as far as that.
        QCOMPARE(send(method, path, {}, m_token, "http://evil.example").status, 403);
    }

    void whatIsWrongIsSaid_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<int>("status");
        QTest::newRow("no json") << "/v1/services/shop/instances/a" << QByteArray("address=x")
                                 << 400;
        QTest::newRow("no such field")
            << "/v1/services/shop/instances/a" << QByteArray(quoted("{'colur':'blue'}")) << 400;
        QTest::newRow("no address") << "/v1/services/shop/instances/a" << QByteArray("{}") << 400;
        QTest::newRow("name") << "/v1/services/Shop/instances/a"
                              << QByteArray(quoted("{'address':'h:1'}")) << 400;
        QTest::newRow("too long") << "/v1/services/shop/instances/a"
                                  << QByteArray(quoted("{'address':'")) + QByteArray(100000, 'a') +
                                         quoted("'}")
                                  << 400;
        QTest::newRow("deep") << "/v1/services/shop/instances/a" << QByteArray(60000, '[') << 400;
    }

    void whatIsWrongIsSaid()
    {
        QFETCH(QString, path);
        QFETCH(QByteArray, body);
        QFETCH(int, status);
        const Answer answer = send("PUT", path, body, m_token);
        QCOMPARE(answer.status, status);
        QVERIFY2(!answer.json["message"].toString().isEmpty(), answer.body.constData());
    }

    void wrongMethodsAndQuestions()
    {
        QCOMPARE(send("DELETE", "/v1/services/shop/instances/a", {}, m_token).status, 405);
        QCOMPARE(send("GET", "/v1/services/none/resolve").status, 404);
        QCOMPARE(send("GET", "/v1/services/none/resolve?strategy=luck").status, 400);
        QCOMPARE(send("GET", "/v1/services/none/resolve?limit=x").status, 400);
        QCOMPARE(send("GET", "/v1/services/A%2Fb").status, 404);
    }
};

QTEST_GUILESS_MAIN(TestServicesHttp)
#include "tst_services_http.moc"
