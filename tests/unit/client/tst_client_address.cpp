// SPDX-License-Identifier: Apache-2.0
#include "shared/base/StatusHelpers.h"
#include "shared/client/state/Address.h"
#include "shared/client/state/Backoff.h"
#include "shared/client/state/RetryBudget.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::client;

class TestClientAddress : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
    void backoffGrowsToItsLimitWithinTheJitter();
    void budgetAllowsBurstsAndStopsStorms();
};

void TestClientAddress::reads_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("normal");
    QTest::addColumn<bool>("loopback");
    QTest::newRow("host and port") << "ops.example.net:7443"
                                   << "ops.example.net:7443" << false;
    QTest::newRow("default port") << "localhost"
                                  << "localhost:7443" << true;
    QTest::newRow("v4") << "127.0.0.1:1"
                        << "127.0.0.1:1" << true;
    QTest::newRow("v6 in brackets") << "[::1]:65535"
                                    << "[::1]:65535" << true;
    QTest::newRow("v6 without port") << "[fe80::1%eth0]"
                                     << "[fe80::1%eth0]:7443" << false;
    QTest::newRow("bare v6") << "::1"
                             << "[::1]:7443" << true;
    QTest::newRow("socket") << "unix:/run/p/pilothouse.sock"
                            << "unix:/run/p/pilothouse.sock" << false;
    QTest::newRow("socket url") << "unix:///run/p.sock"
                                << "unix:/run/p.sock" << false;
}

void TestClientAddress::reads()
{
    QFETCH(QString, text);
    QFETCH(QString, normal);
    QFETCH(bool, loopback);
    const auto address = parseAddress(text.toStdString());
    QVERIFY(address.ok());
    QCOMPARE(QString::fromStdString(address->toString()), normal);
    QCOMPARE(address->isLoopback(), loopback);
}

void TestClientAddress::refuses_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("empty") << "";
    QTest::newRow("port only") << ":7443";
    QTest::newRow("port 0") << "host:0";
    QTest::newRow("port too large") << "host:65536";
    QTest::newRow("port overflow") << "host:99999999999999999999";
    QTest::newRow("port with sign") << "host:+80";
    QTest::newRow("port empty") << "host:";
    QTest::newRow("port a word") << "host:https";
    QTest::newRow("scheme") << "https://host:7443";
    QTest::newRow("space") << "my host:7443";
    QTest::newRow("open bracket") << "[::1:7443";
    QTest::newRow("junk after bracket") << "[::1]7443";
    QTest::newRow("slash") << "host/path";
    QTest::newRow("socket without path") << "unix:";
    QTest::newRow("socket too long") << QStringLiteral("unix:/") + QString(120, QLatin1Char('x'));
    QTest::newRow("newline") << "host\n:1";
    QTest::newRow("long host") << QString(300, QLatin1Char('a'));
}

void TestClientAddress::refuses()
{
    QFETCH(QString, text);
    const auto address = parseAddress(text.toStdString());
    QCOMPARE(address.status().code(), absl::StatusCode::kInvalidArgument);
    QVERIFY(!hintOf(address.status()).empty());
}

void TestClientAddress::backoffGrowsToItsLimitWithinTheJitter()
{
    const double expected[] = {0.5, 1, 2, 4, 8, 15, 15, 15};
    for (const double random : {0.0, 0.5, 0.999}) {
        Backoff backoff([random] { return random; });
        for (const double seconds : expected) {
            const double wait = absl::ToDoubleSeconds(backoff.next());
            QVERIFY(wait >= seconds * 0.8 - 1e-6 && wait <= seconds * 1.2);
            QVERIFY(random != 0.5 || qFuzzyCompare(wait, seconds));
        }
        QCOMPARE(backoff.attempts(), 8);
        backoff.reset();
        QVERIFY(absl::ToDoubleSeconds(backoff.next()) <= 0.6);
    }
}

void TestClientAddress::budgetAllowsBurstsAndStopsStorms()
{
    RetryBudget budget;
    int allowed = 0;
    for (int failure = 0; failure < 100; ++failure) {
        allowed += budget.failed() ? 1 : 0;
    }
    QCOMPARE(allowed, 5);
    // In the long run one retry for ten successes.
    for (int success = 0; success < 1000; ++success) {
        budget.succeeded();
    }
    allowed = 0;
    for (int round = 0; round < 100; ++round) {
        for (int success = 0; success < 5; ++success) {
            budget.succeeded();
        }
        allowed += budget.failed() ? 1 : 0;
    }
    QVERIFY(allowed >= 8 && allowed <= 15);
}

QTEST_GUILESS_MAIN(TestClientAddress)
#include "tst_client_address.moc"
