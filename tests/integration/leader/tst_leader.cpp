// SPDX-License-Identifier: Apache-2.0
#include "server/leader/LeaderElection.h"
#include "server/leader/LeaderHealth.h"
#include "shared/base/StatusHelpers.h"
#include "tests/integration/jobs/JobDatabase.h"
#include "tests/support/Programs.h"

#include <QTest>

#include <atomic>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kPatience = 60000;

/// Time that a test can move on, beside the real one.
class ShiftedClock final : public Clock
{
public:
    absl::Time now() const override { return systemClock().now(); }
    absl::Duration monotonic() const override
    {
        return systemClock().monotonic() + absl::Milliseconds(m_shift.load());
    }
    void shift(int millis) { m_shift += millis; }

private:
    std::atomic<int> m_shift{0};
};

} // namespace

class TestLeader : public QObject
{
    Q_OBJECT

private:
    JobDatabase m_database;
    ShiftedClock m_clock;

    std::unique_ptr<leader::LeaderElection> server(const char* id, absl::Duration lease)
    {
        return std::make_unique<leader::LeaderElection>(
            m_database.database(), m_clock, leader::LeaderElection::Options{id, id, lease});
    }

    static bool leads(const std::unique_ptr<leader::LeaderElection>& server)
    {
        return server->fence().has_value();
    }

    absl::Status write(const leader::Fence& fence)
    {
        return m_database.database().transact(
            [&](postgres::Transaction& transaction) { return fence.check(transaction); });
    }

private Q_SLOTS:
    void initTestCase()
    {
        const absl::Status started = m_database.start();
        QVERIFY2(started.ok(), describe(started).c_str());
    }

    void init() { QVERIFY(m_database.reset().ok()); }

    void oneOfThreeLeads()
    {
        const auto a = server("a", absl::Seconds(2));
        const auto b = server("b", absl::Seconds(2));
        const auto c = server("c", absl::Seconds(2));
        QVERIFY(waitUntil([&] { return leads(a) || leads(b) || leads(c); }, kPatience));
        QVERIFY(waitUntil(
            [&] {
                return !a->leader().host.empty() && a->leader().host == b->leader().host &&
                       b->leader().host == c->leader().host;
            },
            kPatience));
        QCOMPARE(int(leads(a)) + int(leads(b)) + int(leads(c)), 1);
        // Each says who it is, the leader of itself.
        for (const auto* one : {&a, &b, &c}) {
            const system::ComponentHealth health = leader::healthOf((*one)->leader());
            QCOMPARE(health.state, system::HealthState::Healthy);
            QCOMPARE(health.message, leads(*one) ? "this server" : (*one)->leader().host);
        }
    }

    void aLeaderThatGoesIsReplacedAtOnce()
    {
        // A lease that nobody waits for here.
        auto a = server("a", absl::Seconds(30));
        QVERIFY(waitUntil([&] { return leads(a); }, kPatience));
        const leader::Fence old = *a->fence();
        QVERIFY(write(old).ok());
        const auto b = server("b", absl::Seconds(1));
        a.reset();
        QVERIFY(waitUntil([&] { return leads(b); }, 15000));
        QVERIFY(b->fence()->number > old.number);
        QVERIFY(absl::IsAborted(write(old)));
        QVERIFY(write(*b->fence()).ok());
    }

    void aServerStartedAgainDoesNotWaitForItself()
    {
        auto a = server("a", absl::Seconds(30));
        QVERIFY(waitUntil([&] { return leads(a); }, kPatience));
        const auto again = server("a", absl::Seconds(30)); // the one before is taken for dead
        QVERIFY(waitUntil([&] { return leads(again); }, kPatience));
    }

    void aFrozenLeaderStopsBeforeItsSuccessorBegins()
    {
        const auto a = server("a", absl::Seconds(30));
        QVERIFY(waitUntil([&] { return leads(a); }, kPatience));
        const leader::Fence old = *a->fence();
        m_clock.shift(20001); // two thirds pass, as after SIGSTOP, and no renewal came
        QVERIFY(!leads(a));
        QVERIFY(a->leader().host.empty());
        QVERIFY(waitUntil([&] { return leads(a); }, kPatience)); // it renews by itself
        QCOMPARE(a->fence()->number, old.number);
    }

    void nobodyLeadsWithoutTheDatabase()
    {
        const auto a = server("a", absl::Seconds(1));
        QVERIFY(waitUntil([&] { return leads(a); }, kPatience));
        m_database.cluster().stop();
        QVERIFY(waitUntil([&] { return !leads(a); }, kPatience));
        const system::ComponentHealth health = leader::healthOf(a->leader());
        QCOMPARE(health.state, system::HealthState::Degraded);
        QVERIFY(health.message.starts_with("no server leads"));
        const absl::Status started = m_database.cluster().start();
        QVERIFY2(started.ok(), describe(started).c_str());
        QVERIFY(waitUntil([&] { return leads(a); }, kPatience));
    }
};

QTEST_GUILESS_MAIN(TestLeader)
#include "tst_leader.moc"
