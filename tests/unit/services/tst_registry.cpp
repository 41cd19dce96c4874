// SPDX-License-Identifier: Apache-2.0
// The registry in memory, with a clock that the test turns, and what watchers see of it.
#include "server/platform/crypto/Random.h"
#include "server/services/Registry.h"
#include "shared/services/SpecRules.h"

#include <QTest>

#include <set>

namespace pilothouse::test {

class HandClock final : public Clock
{
public:
    absl::Time now() const override { return absl::UnixEpoch() + time; }
    absl::Duration monotonic() const override { return time; }
    absl::Duration time = absl::Hours(1000);
};

} // namespace pilothouse::test

using namespace pilothouse;
using namespace pilothouse::services;

namespace {

constexpr const char* kSecret = "secret";

/// "service/id", with a revision and what else is said.
StoredInstance stored(const std::string& name, std::int64_t revision)
{
    const auto slash = name.find('/');
    InstanceSpec spec;
    spec.key = {name.substr(0, slash), name.substr(slash + 1)};
    spec.address = "127.0.0.1:8080";
    StoredInstance instance;
    instance.spec = completeSpec(spec).value();
    instance.registration = platform::hashToken(kSecret);
    instance.revision = revision;
    return instance;
}

ResolveWish wishOf(const std::string& service, Strategy strategy = Strategy::PowerOfTwo)
{
    ResolveWish wish;
    wish.service = service;
    wish.strategy = strategy;
    return wish;
}

} // namespace

class TestRegistry : public QObject
{
    Q_OBJECT

private:
    struct World
    {
        test::HandClock clock;
        prometheus::Registry instruments;
        RegistryMetrics metrics{instruments};
        RegistryFeed feed{clock};
        Registry registry{clock, feed, metrics};

        void add(const StoredInstance& instance)
        {
            registry.put(instance);
            registry.beat(instance.spec.key, kSecret, {}, {}).status().IgnoreError();
        }
        InstanceState state(const std::string& service, const std::string& id)
        {
            return feed.find({service, id})->state;
        }
        std::string resolved(const ResolveWish& wish)
        {
            const auto found = registry.resolve(wish);
            return found.ok() ? found->front().id : std::string(found.status().message());
        }
    };
    std::unique_ptr<World> m_world;

    std::set<std::string> all(ResolveWish wish)
    {
        std::set<std::string> ids;
        wish.limit = 16;
        const auto found = m_world->registry.resolve(wish);
        if (found.ok()) {
            for (const auto& instance : *found) {
                ids.insert(instance.id);
            }
        }
        return ids;
    }

private Q_SLOTS:
    void init() { m_world = std::make_unique<World>(); }

    void aHeartbeatThatDoesNotComeIsNoticed()
    {
        m_world->add(stored("shop/a", 1));
        QCOMPARE(m_world->state("shop", "a"), InstanceState::Healthy);
        m_world->clock.time += absl::Seconds(29);
        m_world->registry.tick();
        QCOMPARE(m_world->state("shop", "a"), InstanceState::Healthy);
        m_world->clock.time += absl::Seconds(1);
        m_world->registry.tick();
        QCOMPARE(m_world->state("shop", "a"), InstanceState::Unhealthy);
        QVERIFY(m_world->feed.find({"shop", "a"})->stateTime == m_world->clock.now());
        QVERIFY(m_world->registry.beat({"shop", "a"}, kSecret, {}, {}).ok());
        QCOMPARE(m_world->state("shop", "a"), InstanceState::Healthy);
    }

    void onlyWhoRegisteredMayBeat()
    {
        m_world->add(stored("shop/a", 1));
        const auto wrong = m_world->registry.beat({"shop", "a"}, "guess", {}, {});
        QVERIFY(absl::IsFailedPrecondition(wrong.status()));
        QVERIFY(absl::IsNotFound(m_world->registry.beat({"shop", "b"}, kSecret, {}, {}).status()));
    }

    void olderReadingsChangeNothing()
    {
        StoredInstance newer = stored("shop/a", 5);
        newer.isDraining = true;
        m_world->add(newer);
        m_world->registry.put(stored("shop/a", 4));
        QVERIFY(m_world->feed.find({"shop", "a"})->isDraining);
        m_world->registry.remove({"shop", "a"}, 4);
        QVERIFY(m_world->feed.find({"shop", "a"}) != nullptr);
        m_world->registry.replaceAll({}, 4); // read before it was registered
        QVERIFY(m_world->feed.find({"shop", "a"}) != nullptr);
        m_world->registry.replaceAll({}, 5);
        QVERIFY(m_world->feed.find({"shop", "a"}) == nullptr);
    }

    void drainingKeepsHealthAndRegisteringAnewDoesNot()
    {
        m_world->add(stored("shop/a", 1));
        StoredInstance draining = stored("shop/a", 2);
        draining.isDraining = true;
        m_world->registry.put(draining);
        QCOMPARE(m_world->state("shop", "a"), InstanceState::Healthy);
        StoredInstance other = stored("shop/a", 3);
        other.registration = platform::hashToken("other");
        m_world->registry.put(other);
        QCOMPARE(m_world->state("shop", "a"), InstanceState::Unknown);
        QVERIFY(absl::IsFailedPrecondition(
            m_world->registry.beat({"shop", "a"}, kSecret, {}, {}).status()));
    }

    void beatsOfOtherServersCount()
    {
        m_world->registry.put(stored("shop/a", 1));
        QCOMPARE(m_world->state("shop", "a"), InstanceState::Unknown);
        StoredBeat beat;
        beat.key = {"shop", "a"};
        beat.revision = 2; // of another registration
        m_world->registry.merge({beat});
        QCOMPARE(m_world->state("shop", "a"), InstanceState::Unknown);
        beat.revision = 1;
        beat.age = absl::Seconds(5);
        m_world->registry.merge({beat});
        QCOMPARE(m_world->state("shop", "a"), InstanceState::Healthy);
        QVERIFY(m_world->feed.find({"shop", "a"})->heartbeatTime <= m_world->clock.now());
    }

    void aBeatFromLongAgoOnlySaysWhen()
    {
        m_world->registry.put(stored("shop/a", 1));
        StoredBeat beat;
        beat.key = {"shop", "a"};
        beat.revision = 1;
        beat.age = absl::Minutes(5);
        m_world->registry.merge({beat});
        m_world->registry.measure();
        QCOMPARE(m_world->state("shop", "a"), InstanceState::Unknown);
        QVERIFY(
            m_world->feed.find({"shop", "a"})->heartbeatTime ==
            m_world->clock.now() - absl::Minutes(5));
    }

    void beatsAreHandedOnOnce()
    {
        m_world->add(stored("shop/a", 1));
        QVERIFY(m_world->registry.beat({"shop", "a"}, kSecret, {4, {}, 0.5, {}}, {}).ok());
        const auto beats = m_world->registry.takeBeats();
        QCOMPARE(beats.size(), std::size_t(1));
        QCOMPARE(beats.front().load.connections.value(), 4.0);
        QVERIFY(m_world->registry.takeBeats().empty());
    }

    void resolveTakesWhoCanWork()
    {
        m_world->add(stored("shop/good", 1));
        m_world->add(stored("shop/late", 2));
        m_world->registry.put(stored("shop/new", 3)); // nothing said yet
        StoredInstance draining = stored("shop/draining", 4);
        draining.isDraining = true;
        m_world->add(draining);
        m_world->clock.time += absl::Seconds(20);
        QVERIFY(m_world->registry.beat({"shop", "good"}, kSecret, {}, {}).ok());
        m_world->clock.time += absl::Seconds(15);
        m_world->registry.tick();
        QVERIFY((all(wishOf("shop")) == std::set<std::string>{"good"}));
        // Nothing else there: who is not known yet is better than nobody.
        m_world->registry.remove({"shop", "good"}, 10);
        m_world->registry.put(stored("shop/newer", 11));
        QVERIFY((all(wishOf("shop")) == std::set<std::string>{"newer"}));
    }

    void resolveSaysWhyNobodyCan()
    {
        QVERIFY(absl::IsNotFound(m_world->registry.resolve(wishOf("shop")).status()));
        m_world->add(stored("shop/a", 1));
        m_world->clock.time += absl::Minutes(1);
        m_world->registry.tick();
        const auto refused = m_world->registry.resolve(wishOf("shop"));
        QVERIFY(absl::IsUnavailable(refused.status()));
        const auto message = QString::fromStdString(std::string(refused.status().message()));
        QVERIFY2(message.contains("1 unhealthy"), qPrintable(message));
        QVERIFY2(message.contains("a: no heartbeat within 30s"), qPrintable(message));
    }

    void resolveLooksAtColourVersionAndTenant_data()
    {
        QTest::addColumn<QString>("colour");
        QTest::addColumn<QString>("version");
        QTest::addColumn<QString>("tenant");
        QTest::addColumn<QString>("excluded");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name,
                            const char* colour,
                            const char* version,
                            const char* tenant,
                            const char* excluded,
                            const char* expected) {
            QTest::newRow(name) << colour << version << tenant << excluded << expected;
        };
        row("any", "", "", "", "", "blue green");
        row("colour", "blue", "", "", "", "blue");
        row("version", "", "2", "", "", "green");
        row("both", "blue", "2", "", "", "");
        row("tenant of its own", "", "", "acme", "", "acme");
        row("other tenant", "", "", "zenith", "", "blue green");
        row("tenant, its own excluded", "", "", "acme", "acme", "blue green");
        row("excluded", "", "", "", "blue", "green");
        row("other colour", "red", "", "", "", "");
    }

    void resolveLooksAtColourVersionAndTenant()
    {
        QFETCH(QString, colour);
        QFETCH(QString, version);
        QFETCH(QString, tenant);
        QFETCH(QString, excluded);
        QFETCH(QString, expected);
        StoredInstance blue = stored("shop/blue", 1);
        blue.spec.colour = "blue";
        blue.spec.version = "1";
        StoredInstance green = stored("shop/green", 2);
        green.spec.colour = "green";
        green.spec.version = "2";
        StoredInstance acme = stored("shop/acme", 3);
        acme.spec.tenants = {"acme"};
        for (const auto& instance : {blue, green, acme}) {
            m_world->add(instance);
        }
        QStringList found;
        ResolveWish wish;
        wish.service = "shop";
        wish.colour = colour.toStdString();
        wish.version = version.toStdString();
        wish.tenant = tenant.toStdString();
        wish.excludedIds = {excluded.toStdString()};
        for (const std::string& id : all(wish)) {
            found << QString::fromStdString(id);
        }
        QCOMPARE(found.join(' '), expected);
    }

    void onlyTheFirstOfSeveralCountsAsUnderWay()
    {
        for (int index = 0; index < 3; ++index) {
            m_world->add(stored("shop/" + std::to_string(index), index + 1));
        }
        QCOMPARE(all(wishOf("shop")).size(), std::size_t(3));
        m_world->registry.measure();
        double inFlight = 0;
        for (const auto& shown : m_world->feed.list("shop", {}, 10)) {
            inFlight += shown->traffic.inFlight;
        }
        QCOMPARE(inFlight, 1.0);
    }

    void reportsTeach()
    {
        m_world->add(stored("shop/fast", 1));
        m_world->add(stored("shop/slow", 2));
        for (int call = 0; call < 50; ++call) {
            m_world->registry.report(
                "shop",
                {{"fast", absl::Milliseconds(5), false},
                 {"slow", absl::Milliseconds(500), false},
                 {"gone", absl::Milliseconds(1), false}});
        }
        for (const Strategy strategy : {Strategy::HealthAware, Strategy::PowerOfTwo}) {
            QCOMPARE(m_world->resolved(wishOf("shop", strategy)), std::string("fast"));
        }
        m_world->registry.measure();
        QVERIFY(
            m_world->feed.find({"shop", "slow"})->traffic.responseTime > absl::Milliseconds(400));
        QVERIFY(m_world->feed.find({"shop", "fast"})->traffic.score > 0);
    }

    void whoIsUnhealthyForLongIsGivenUp()
    {
        m_world->add(stored("shop/a", 1));
        m_world->clock.time += absl::Seconds(30);
        m_world->registry.tick();
        m_world->clock.time += absl::Minutes(9);
        QVERIFY(m_world->registry.unhealthyFor(absl::Minutes(10)).empty());
        m_world->clock.time += absl::Minutes(1);
        QCOMPARE(m_world->registry.unhealthyFor(absl::Minutes(10)).size(), std::size_t(1));
    }

    void pagesGoOn()
    {
        for (int index = 0; index < 5; ++index) {
            m_world->add(stored("shop/" + std::to_string(index), index + 1));
        }
        m_world->add(stored("till/0", 9));
        const auto first = m_world->feed.list("shop", {}, 3);
        QCOMPARE(first.size(), std::size_t(3));
        QCOMPARE(m_world->feed.list("shop", first.back()->spec.key, 9).size(), std::size_t(2));
        QCOMPARE(m_world->feed.list("", {}, 9).size(), std::size_t(6));
        QCOMPARE(m_world->feed.services("", 9).size(), std::size_t(2));
        QCOMPARE(m_world->feed.services("shop", 9).front().name, std::string("till"));
    }

    void watchersGetASnapshotThenChanges()
    {
        for (int index = 0; index < 450; ++index) {
            m_world->registry.put(stored("shop/" + std::to_string(index), index + 1));
        }
        m_world->registry.put(stored("till/0", 1000));
        v1::WatchInstancesRequest request;
        request.set_service("shop");
        const auto watch = m_world->feed.watch(request, rpc::Waker());
        std::set<std::string> seen;
        v1::WatchInstancesResponse message;
        bool isFirst = true;
        while (watch->next(message)) {
            QCOMPARE(message.snapshot(), std::exchange(isFirst, false));
            QVERIFY(message.instances_size() <= 200);
            for (const auto& instance : message.instances()) {
                QVERIFY(seen.insert(instance.spec().id()).second);
            }
            message.Clear();
        }
        QCOMPARE(seen.size(), std::size_t(450));
        m_world->registry.remove({"shop", "7"}, 2000);
        m_world->registry.put(stored("till/1", 1001));
        QVERIFY(watch->next(message));
        QCOMPARE(message.removed_size(), 1);
        QCOMPARE(message.instances_size(), 0);
        message.Clear();
        QVERIFY(!watch->next(message));
    }

    void whoComesBackGetsOnlyWhatChanged()
    {
        m_world->registry.put(stored("shop/a", 1));
        m_world->registry.put(stored("shop/b", 2));
        v1::WatchInstancesResponse message;
        QVERIFY(m_world->feed.watch({}, rpc::Waker())->next(message));
        v1::WatchInstancesRequest again;
        again.set_resume_token(message.resume_token());
        m_world->registry.remove({"shop", "a"}, 3);
        message.Clear();
        const auto watch = m_world->feed.watch(again, rpc::Waker());
        QVERIFY(watch->next(message));
        QVERIFY(!message.snapshot());
        QCOMPARE(message.removed_size(), 1);
        QCOMPARE(message.instances_size(), 0);
        // A token of another server, or of nobody.
        for (const char* token : {"other:1", "x", "1:", ":"}) {
            v1::WatchInstancesRequest strange;
            strange.set_resume_token(token);
            message.Clear();
            QVERIFY(m_world->feed.watch(strange, rpc::Waker())->next(message));
            QVERIFY(message.snapshot());
        }
    }

    /// More removals than are remembered: the slow watcher begins anew, once.
    void whoIsTooSlowBeginsAnew()
    {
        m_world->registry.put(stored("shop/stays", 1));
        const auto slow = m_world->feed.watch({}, rpc::Waker());
        v1::WatchInstancesResponse message;
        QVERIFY(slow->next(message));
        for (int index = 0; index < 2500; ++index) {
            const std::string name = "shop/" + std::to_string(index);
            m_world->registry.put(stored(name, index + 2));
            m_world->registry.remove({"shop", std::to_string(index)}, index + 2);
        }
        message.Clear();
        QVERIFY(slow->next(message));
        QVERIFY(message.snapshot());
        QCOMPARE(message.instances_size(), 1);
        message.Clear();
        QVERIFY(!slow->next(message));
    }
};

QTEST_APPLESS_MAIN(TestRegistry)
#include "tst_registry.moc"
