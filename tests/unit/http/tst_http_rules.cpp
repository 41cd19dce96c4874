// SPDX-License-Identifier: Apache-2.0
#include "server/platform/crypto/Random.h"
#include "server/platform/http/HttpGuard.h"
#include "server/platform/http/HttpMessage.h"
#include "server/platform/http/Router.h"

#include <QTest>

using namespace pilothouse;

class TstHttpRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(platform::initCrypto()); }

    void percentDecode_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("decoded"); // null = refused
        QTest::newRow("plain") << "abc"
                               << "abc";
        QTest::newRow("escape") << "a%20b%2Fc%c3%a9" << QStringLiteral("a b/cé");
        QTest::newRow("at the end") << "x%41"
                                    << "xA";
        QTest::newRow("cut") << "x%4" << QString();
        QTest::newRow("cut shorter") << "x%" << QString();
        QTest::newRow("not hex") << "x%g1" << QString();
        QTest::newRow("zero") << "x%00" << QString();
        QTest::newRow("plus") << "a+b"
                              << "a b";
        QTest::newRow("empty") << ""
                               << "";
    }

    void percentDecode()
    {
        QFETCH(QString, text);
        QFETCH(QString, decoded);
        const auto result = platform::percentDecode(text.toStdString(), true);
        QCOMPARE(result.has_value(), !decoded.isNull());
        QCOMPARE(
            QString::fromStdString(result.value_or("")), decoded.isNull() ? QString() : decoded);
    }

    void formsKeepOrderAndRepeats()
    {
        const auto form = platform::parseForm("match[]=up&x&&match%5B%5D=a%3Db&=v&end=");
        QVERIFY(form.has_value());
        QCOMPARE(form->size(), std::size_t{5});
        QCOMPARE(form->at(0).second, std::string("up"));
        QCOMPARE(form->at(2).first, std::string("match[]"));
        QCOMPARE(form->at(2).second, std::string("a=b"));
        QCOMPARE(form->at(3).first, std::string());
        QVERIFY(!platform::parseForm("a=%zz").has_value());
    }

    void hostOf_data()
    {
        QTest::addColumn<QString>("authority");
        QTest::addColumn<QString>("host");
        QTest::newRow("name") << "Example.COM"
                              << "example.com";
        QTest::newRow("port") << "example.com:80"
                              << "example.com";
        QTest::newRow("v6") << "[::1]:80"
                            << "::1";
        QTest::newRow("bare v6") << "::1"
                                 << "::1";
        QTest::newRow("broken v6") << "[::1"
                                   << "::1";
        QTest::newRow("empty") << ""
                               << "";
        QTest::newRow("bracket") << "["
                                 << "";
    }

    void hostOf()
    {
        QFETCH(QString, authority);
        QFETCH(QString, host);
        QCOMPARE(QString::fromStdString(platform::hostOf(authority.toStdString())), host);
    }

    void theTokenOpensAllButProbes()
    {
        const platform::HttpGuard guard({{"ph.example:7480"}, "secret-token"});
        const auto refusal = [&](const char* path, const char* authorization) {
            const auto answer = guard.refuse(path, {"ph.example", "", "", authorization});
            return answer ? answer->status : 200;
        };
        QCOMPARE(refusal("/healthz", ""), 200);
        QCOMPARE(refusal("/readyz", ""), 200);
        QCOMPARE(refusal("/metrics", ""), 401);
        QCOMPARE(refusal("/metrics", "Bearer secret-toke"), 401);
        QCOMPARE(refusal("/metrics", "Bearer secret-token "), 401);
        QCOMPARE(refusal("/metrics", "Bearer secret-token"), 200);
        QCOMPARE(refusal("/healthz/../metrics", ""), 401);
    }

    /// Where handlers check operators' tokens by themselves, the site's token lets read only.
    void operatorsPathsAreReadWithTheTokenAndChangedWithAnother()
    {
        platform::HttpGuard::Rules rules{{"ph.example"}, "secret-token"};
        rules.operatorPaths = {"/v1/"};
        const platform::HttpGuard guard(rules);
        const auto refusal = [&](const char* method, const char* path, const char* origin = "") {
            const auto answer =
                guard.refuse(path, {"ph.example", origin, "", "Bearer somebody's own", method});
            return answer ? answer->status : 200;
        };
        QCOMPARE(refusal("PUT", "/v1/services/a/instances/b"), 200);
        QCOMPARE(refusal("POST", "/v1/services/a/instances/b/heartbeat"), 200);
        QCOMPARE(refusal("GET", "/v1/services"), 401);
        QCOMPARE(refusal("HEAD", "/v1/services"), 401);
        QCOMPARE(refusal("POST", "/api/v1/query"), 401);
        QCOMPARE(refusal("POST", "/v1"), 401);
        QCOMPARE(refusal("PUT", "/v1/services/a/instances/b", "http://evil.example"), 403);
    }

    void routesMatchByMethodAndSegment()
    {
        platform::Router router;
        const platform::HttpHandler handler = [](const platform::HttpRequest&,
                                                 const platform::HttpRespond&) {};
        router.add("GET", "/api/v1/labels", handler);
        router.add("POST", "/api/v1/labels", handler);
        router.add("GET", "/api/v1/label/{name}/values", handler);
        QVERIFY(router.find("GET", "/api/v1/labels").handler != nullptr);
        QVERIFY(router.find("HEAD", "/api/v1/labels").handler != nullptr);
        QVERIFY(router.find("POST", "/api/v1/labels").handler != nullptr);
        QVERIFY(router.find("DELETE", "/api/v1/labels").wrongMethod);
        QVERIFY(router.find("GET", "/api/v1").handler == nullptr);
        QVERIFY(router.find("GET", "/api/v1/labels/more").handler == nullptr);
        const auto match = router.find("GET", "/api/v1/label/job/values");
        QVERIFY(match.handler != nullptr);
        QCOMPARE(match.pathParameters.at(0).first, std::string("{name}"));
        QCOMPARE(match.pathParameters.at(0).second, std::string("job"));
        QVERIFY(router.find("GET", "/api/v1/label//values").handler == nullptr);
        router.add("PUT", "/v1/services/{service}/instances/{id}", handler);
        const auto two = router.find("PUT", "/v1/services/shop/instances/a:1");
        QCOMPARE(two.pathParameters.at(0).second, std::string("shop"));
        QCOMPARE(two.pathParameters.at(1).second, std::string("a:1"));
    }
};

QTEST_APPLESS_MAIN(TstHttpRules)
#include "tst_http_rules.moc"
