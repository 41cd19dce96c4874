// SPDX-License-Identifier: Apache-2.0
#include "server/platform/crypto/Random.h"
#include "server/platform/rpc/MethodTable.h"
#include "server/platform/rpc/PageTokens.h"
#include "server/platform/rpc/TokenBucket.h"

#include <QTest>

#include <atomic>
#include <thread>
#include <vector>

using namespace pilothouse;

class TstRpcRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(platform::initCrypto()); }

    void aBucketGivesItsBurstAndThenItsRate()
    {
        rpc::TokenBucket bucket(10, 5);
        const absl::Duration start = absl::Seconds(100);
        for (int token = 0; token < 5; ++token) {
            QVERIFY(bucket.take(start) == absl::ZeroDuration());
        }
        const absl::Duration wait = bucket.take(start);
        QVERIFY(wait > absl::ZeroDuration() && wait <= absl::Milliseconds(100));
        QVERIFY(bucket.take(start + wait) == absl::ZeroDuration());
        QVERIFY(bucket.take(start + wait) > absl::ZeroDuration());
        // A long rest fills it to the burst, not beyond.
        int given = 0;
        while (bucket.take(start + absl::Hours(1)) == absl::ZeroDuration()) {
            ++given;
        }
        QCOMPARE(given, 5);
    }

    void aBucketIsFairUnderThreads()
    {
        rpc::TokenBucket bucket(1, 1000);
        std::atomic<int> given{0};
        std::vector<std::thread> threads;
        for (int thread = 0; thread < 4; ++thread) {
            threads.emplace_back([&] {
                for (int call = 0; call < 1000; ++call) {
                    given += bucket.take(absl::Seconds(5)) == absl::ZeroDuration() ? 1 : 0;
                }
            });
        }
        for (auto& thread : threads) {
            thread.join();
        }
        QCOMPARE(given.load(), 1000);
    }

    void pageTokensComeBack()
    {
        const rpc::PageTokens tokens;
        const auto place = tokens.open("sessions", tokens.make("sessions", {"123", "abc"}));
        QVERIFY(place.ok());
        QCOMPARE(place->size(), std::size_t{2});
        QCOMPARE(place->at(1), std::string("abc"));
    }

    void madeUpPageTokensAreRefused()
    {
        const rpc::PageTokens tokens;
        const std::string good = tokens.make("sessions", {"123", "abc"});
        QVERIFY(!tokens.open("tenants", good).ok());
        QVERIFY(!rpc::PageTokens().open("sessions", good).ok());
        for (std::size_t index = 0; index < good.size(); ++index) {
            std::string bad = good;
            bad[index] = bad[index] == 'A' ? 'B' : 'A';
            QVERIFY(!tokens.open("sessions", bad).ok());
        }
        for (const char* bad : {"", "x", "!!!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA"}) {
            QVERIFY(!tokens.open("sessions", bad).ok());
        }
    }

    void rolesBecomePermissions()
    {
        const rpc::MethodTable table(rpc::contractServices());
        const auto health = table.ruleOf("pilothouse.v1.SystemService.GetHealth");
        QVERIFY(health.access == rpc::MethodTable::Access::Permission);
        QVERIFY(table.permissionsOf({"viewer"}).test(health.bit));
        QVERIFY(table.permissionsOf({"admin"}).test(health.bit));
        QVERIFY(table.permissionsOf({}).none());
        QVERIFY(table.permissionsOf({"no-such-role"}).none());
        QVERIFY(
            table.ruleOf("pilothouse.v1.AccessService.SignIn").access ==
            rpc::MethodTable::Access::Public);
        QVERIFY(
            table.ruleOf("pilothouse.v1.SystemService.NoSuch").access ==
            rpc::MethodTable::Access::Refused);
    }
};

QTEST_APPLESS_MAIN(TstRpcRules)
#include "tst_rpc_rules.moc"
