// SPDX-License-Identifier: Apache-2.0
#include "server/access/SessionCache.h"
#include "server/access/SignInPolicy.h"
#include "server/platform/crypto/Random.h"
#include "shared/access/Permissions.h"
#include "shared/base/StatusHelpers.h"

#include <QTest>

using namespace pilothouse;

namespace {

class FakeClock final : public Clock
{
public:
    absl::Time now() const override { return time; }
    absl::Duration monotonic() const override { return time - absl::UnixEpoch(); }
    absl::Time time = absl::FromUnixSeconds(1700000000);
};

access::StoredSession session(const std::string& token, const FakeClock& clock)
{
    access::StoredSession stored;
    stored.session.id = "id-" + token;
    stored.session.createTime = clock.time;
    stored.session.lastUsedTime = clock.time;
    stored.session.expireTime = clock.time + absl::Hours(12);
    stored.tokenHash = platform::hashToken(token);
    stored.operatorId = 1;
    stored.who = {"dana", "Dana", {"viewer"}};
    return stored;
}

} // namespace

class TstAccessRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(platform::initCrypto()); }

    void failuresSlowDownThenLock()
    {
        config::Access config;
        config.lockAfter = 8;
        config.lockFor = absl::Minutes(5);
        const access::SignInPolicy policy(config);
        absl::Time now = absl::FromUnixSeconds(1700000000);
        access::SignInFailures failures;
        const std::vector<int> pauses{0, 0, 1, 2, 4, 8, 16, 300, 300};
        for (const int pause : pauses) {
            QVERIFY(policy.mayTry(failures, now).ok());
            failures = policy.afterFailure(failures, now);
            const absl::Status status = policy.mayTry(failures, now);
            QCOMPARE(status.ok(), pause == 0);
            if (pause > 0) {
                QVERIFY(absl::IsResourceExhausted(status));
                QVERIFY(retryDelayOf(status) == absl::Seconds(pause));
                QCOMPARE(
                    reasonOf(status),
                    std::string(pause == 300 ? "ACCOUNT_LOCKED" : "SIGN_IN_SLOWED"));
            }
            now += absl::Seconds(pause);
        }
    }

    void oldFailuresAreForgotten()
    {
        const access::SignInPolicy policy(config::Access{});
        absl::Time now = absl::FromUnixSeconds(1700000000);
        access::SignInFailures failures;
        for (int count = 0; count < 7; ++count) {
            failures = policy.afterFailure(failures, now);
        }
        QCOMPARE(policy.afterFailure(failures, now + absl::Hours(2)).failures, 1);
    }

    void aSessionLivesUntilItIsIdleOrOver()
    {
        FakeClock clock;
        const rpc::MethodTable methods(rpc::contractServices());
        access::SessionCache cache(methods, clock, {absl::Hours(2), 100, 200});
        QVERIFY(cache.find("token").value() == nullptr);
        const auto caller = cache.add(session("token", clock));
        QCOMPARE(cache.find("token").value().get(), caller.get());
        clock.time += absl::Hours(1);
        QVERIFY(cache.find("token").ok()); // used: another two hours
        clock.time += absl::Minutes(110);
        QVERIFY(cache.find("token").ok());
        clock.time += absl::Minutes(121);
        QVERIFY(absl::IsUnauthenticated(cache.find("token").status()));
        QVERIFY(caller->ended.load());

        clock.time += absl::Hours(1);
        cache.add(session("other", clock));
        for (int hour = 0; hour < 11; ++hour) {
            clock.time += absl::Hours(1);
            QVERIFY(cache.find("other").ok());
        }
        clock.time += absl::Hours(1);
        QVERIFY(absl::IsUnauthenticated(cache.find("other").status()));
    }

    void whoWatchesIsNotIdle()
    {
        FakeClock clock;
        const rpc::MethodTable methods(rpc::contractServices());
        access::SessionCache cache(methods, clock, {absl::Hours(2), 100, 200});
        const auto caller = cache.add(session("token", clock));
        caller->streams.store(1);
        clock.time += absl::Hours(5);
        cache.sweep();
        QVERIFY(cache.find("token").ok());
    }

    void anUnknownTokenIsRememberedForAMoment()
    {
        FakeClock clock;
        const rpc::MethodTable methods(rpc::contractServices());
        access::SessionCache cache(methods, clock, {absl::Hours(2), 100, 200});
        cache.addUnknown("bad");
        QVERIFY(absl::IsUnauthenticated(cache.find("bad").status()));
        clock.time += absl::Seconds(6);
        QVERIFY(cache.find("bad").value() == nullptr);
    }

    void newRolesReplaceTheCaller()
    {
        FakeClock clock;
        const rpc::MethodTable methods(rpc::contractServices());
        access::SessionCache cache(methods, clock, {absl::Hours(2), 100, 200});
        const auto before = cache.add(session("token", clock));
        QCOMPARE(cache.add(session("token", clock)).get(), before.get());
        auto changed = session("token", clock);
        changed.who.roles = {"admin"};
        const auto after = cache.add(changed);
        QVERIFY(before->replaced.load() && !before->ended.load());
        QVERIFY(!after->replaced.load() && !after->ended.load());
        QVERIFY(after->permissions.count() > before->permissions.count());
        QCOMPARE(before->rateLimit.get(), after->rateLimit.get());
        cache.remove("id-token");
        QVERIFY(after->ended.load());
        QVERIFY(cache.find("token").value() == nullptr);
    }

    void ownRolesCountBesideBuiltInOnes()
    {
        FakeClock clock;
        const rpc::MethodTable methods(rpc::contractServices());
        access::SessionCache cache(methods, clock, {absl::Hours(2), 100, 200});
        auto stored = session("token", clock);
        stored.who.roles = {"on-call"};
        stored.rolePatterns = {"plans.operate"};
        const auto caller = cache.add(stored);
        QCOMPARE(caller->identity.permissions, std::vector<std::string>{"plans.operate"});
        stored.rolePatterns = {"plans.*"}; // the role was changed
        const auto changed = cache.add(stored);
        QVERIFY(caller->replaced.load());
        QVERIFY(changed->permissions.count() > 1);
    }

    void aTokenMayWhatItsOperatorMayAndItsScopesSay()
    {
        FakeClock clock;
        const rpc::MethodTable methods(rpc::contractServices());
        access::SessionCache cache(methods, clock, {absl::Hours(2), 100, 200});
        auto stored = session("token", clock);
        stored.isToken = true;
        stored.scopes = {"system.*", "access.manage"};
        const auto caller = cache.add(stored);
        QCOMPARE(caller->identity.permissions, std::vector<std::string>{"system.view"});
        QCOMPARE(caller->identity.authentication, std::string(access::kByPersonalToken));
        // It does not end by idling.
        clock.time += absl::Hours(11);
        QVERIFY(cache.find("token").ok());
        clock.time += absl::Hours(1);
        QVERIFY(absl::IsUnauthenticated(cache.find("token").status()));
    }

    void patternsGrantWhatTheySay_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("permission");
        QTest::addColumn<bool>("grants");
        QTest::newRow("itself") << "metrics.view"
                                << "metrics.view" << true;
        QTest::newRow("everything") << "*"
                                    << "access.manage" << true;
        QTest::newRow("capability") << "metrics.*"
                                    << "metrics.operate" << true;
        QTest::newRow("other capability") << "metrics.*"
                                          << "access.view" << false;
        QTest::newRow("longer capability") << "metric.*"
                                           << "metrics.view" << false;
        QTest::newRow("verb") << "*.view"
                              << "access.view" << true;
        QTest::newRow("other verb") << "*.view"
                                    << "access.manage" << false;
        QTest::newRow("part of a verb") << "*.vie"
                                        << "access.view" << false;
        QTest::newRow("star in the middle") << "met*.view"
                                            << "metrics.view" << false;
        QTest::newRow("two stars") << "*.*"
                                   << "metrics.view" << false;
        QTest::newRow("nothing") << ""
                                 << "metrics.view" << false;
        QTest::newRow("prefix") << "metrics"
                                << "metrics.view" << false;
    }

    void patternsGrantWhatTheySay()
    {
        QFETCH(QString, pattern);
        QFETCH(QString, permission);
        QFETCH(bool, grants);
        QCOMPARE(access::grants(pattern.toStdString(), permission.toStdString()), grants);
    }

    void aPatternThatGrantsNothingIsASlip()
    {
        const std::vector<std::string> contract{"metrics.view", "access.manage"};
        QVERIFY(access::checkPatterns({"metrics.view", "*.manage", "*"}, contract).ok());
        QVERIFY(!access::checkPatterns({}, contract).ok());
        QVERIFY(!access::checkPatterns({"*", "metric.view"}, contract).ok());
        QVERIFY(!access::checkPatterns({"*.*"}, contract).ok());
    }

    void whoCanGivePowerHasPower()
    {
        QVERIFY(access::isPower({"metrics.view", "access.manage"}));
        QVERIFY(access::isPower({"plans.approve"}));
        QVERIFY(!access::isPower({"plans.operate", "access.view"}));
        QVERIFY(!access::isPower({}));
        const rpc::MethodTable methods(rpc::contractServices());
        QVERIFY(access::isPower(methods.namesOf(methods.permissionsOf({"admin"}))));
        QVERIFY(!access::isPower(methods.namesOf(methods.permissionsOf({"operator", "viewer"}))));
    }

    void memoryIsBounded()
    {
        FakeClock clock;
        const rpc::MethodTable methods(rpc::contractServices());
        access::SessionCache cache(methods, clock, {absl::Hours(2), 100, 200});
        for (int index = 0; index < 70000; ++index) {
            cache.add(session(std::to_string(index), clock));
        }
        QVERIFY(cache.size() <= 65536);
        QVERIFY(cache.size() > 60000);
    }
};

QTEST_APPLESS_MAIN(TstAccessRules)
#include "tst_access_rules.moc"
