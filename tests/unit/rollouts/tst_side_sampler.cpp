// SPDX-License-Identifier: Apache-2.0
// From counters that are looked at to what the comparison gets.
#include "server/rollouts/SideSampler.h"

#include <QTest>

using namespace pilothouse::rollouts;

namespace {

const absl::Time kStart = absl::UnixEpoch() + absl::Hours(500000);

Rollout rollout(const char* id = "1")
{
    Rollout one;
    one.id = id;
    one.stable = Colour::Blue;
    one.candidate = Colour::Green;
    return one;
}

Observation at(int second, Counts blue, Counts green)
{
    Observation seen;
    seen.time = kStart + absl::Seconds(second);
    seen.blue.responses = blue.requests;
    seen.blue.serverErrors = blue.events;
    seen.green.responses = green.requests;
    seen.green.serverErrors = green.events;
    return seen;
}

Observation timed(Observation seen, std::optional<Counts> blue, std::optional<Counts> green)
{
    seen.blue.timed = blue;
    seen.green.timed = green;
    return seen;
}

} // namespace

class TestSideSampler : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatGrewIsCompared()
    {
        SideSampler sampler({SideMetric::ServerErrors}, {});
        sampler.add(rollout(), at(0, {1000, 10}, {500, 5}));
        sampler.add(rollout(), at(1, {1100, 12}, {550, 8}));
        const auto evidence = sampler.comparison().evidence().front();
        QVERIFY((evidence.stable == Counts{100, 2}));
        QVERIFY((evidence.candidate == Counts{50, 3}));
    }

    void itIsAskedOnceASecond()
    {
        SideSampler sampler({SideMetric::ServerErrors}, {});
        sampler.add(rollout(), at(0, {0, 0}, {0, 0}));
        Observation soon = at(0, {10, 0}, {10, 0});
        soon.time += absl::Milliseconds(250);
        sampler.add(rollout(), soon);
        QVERIFY((sampler.comparison().evidence().front().stable == Counts{0, 0}));
    }

    /// Sides that are scraped at different moments: each of these looks shows one of them only.
    void sidesThatAreCountedInTurnsAreComparedAllTheSame()
    {
        SideSampler sampler({SideMetric::ServerErrors}, {});
        sampler.add(rollout(), at(0, {0, 0}, {0, 0}));
        sampler.add(rollout(), at(1, {100, 1}, {0, 0}));
        sampler.add(rollout(), at(2, {100, 1}, {90, 2}));
        sampler.add(rollout(), at(3, {200, 1}, {90, 2}));
        sampler.add(rollout(), at(4, {200, 1}, {180, 2}));
        const auto evidence = sampler.comparison().evidence().front();
        QVERIFY((evidence.stable == Counts{200, 1}));
        QVERIFY((evidence.candidate == Counts{180, 2}));
    }

    /// What a version that goes bad after its promotion is measured by.
    void theStableSideIsKnownByItsPastAlone()
    {
        SideSampler sampler({SideMetric::ServerErrors}, {});
        sampler.add(rollout(), at(0, {1000, 10}, {7, 0}));
        sampler.add(rollout(), at(1, {1100, 12}, {7, 0}));
        sampler.add(rollout(), at(2, {1300, 13}, {8, 1}));
        sampler.add(rollout(), at(3, {1600, 13}, {8, 1}));
        // Restarted.
        sampler.add(rollout(), at(4, {50, 1}, {8, 1}));
        sampler.add(rollout(), at(5, {150, 2}, {8, 1}));
        const auto evidence = sampler.evidence().front();
        QVERIFY((evidence.stable == Counts{700, 4}));
        QVERIFY((evidence.candidate == Counts{1, 1}));
        // What was compared of it, are those times at which both had answered.
        QVERIFY((sampler.comparison().evidence().front().stable == Counts{300, 3}));
        sampler.begin("2");
        QVERIFY((sampler.evidence().front().stable == Counts{0, 0}));
    }

    void countersThatBeginAnewAreNotCompared_data()
    {
        QTest::addColumn<bool>("isBlue");
        QTest::newRow("of the stable side") << true;
        QTest::newRow("of the candidate") << false;
    }
    void countersThatBeginAnewAreNotCompared()
    {
        QFETCH(const bool, isBlue);
        SideSampler sampler({SideMetric::ServerErrors}, {});
        sampler.add(rollout(), at(0, {1000, 0}, {1000, 0}));
        sampler.add(rollout(), isBlue ? at(1, {50, 0}, {1100, 0}) : at(1, {1100, 0}, {50, 0}));
        QVERIFY((sampler.comparison().evidence().front().stable == Counts{0, 0}));
        sampler.add(rollout(), isBlue ? at(2, {60, 0}, {1200, 0}) : at(2, {1200, 0}, {60, 0}));
        const auto evidence = sampler.comparison().evidence().front();
        QVERIFY((evidence.stable == (isBlue ? Counts{10, 0} : Counts{100, 0})));
        QVERIFY((evidence.candidate == (isBlue ? Counts{100, 0} : Counts{10, 0})));
    }

    void slowResponsesHaveCountersOfTheirOwn()
    {
        SideSampler sampler({SideMetric::ServerErrors, SideMetric::SlowResponses}, {});
        sampler.add(rollout(), timed(at(0, {0, 0}, {0, 0}), Counts{5, 1}, Counts{5, 1}));
        // Not answered yet on one side.
        sampler.add(rollout(), timed(at(1, {100, 0}, {100, 0}), Counts{95, 4}, std::nullopt));
        auto slow = sampler.comparison().evidence().back();
        QCOMPARE(slow.name, std::string("slow responses"));
        QVERIFY((slow.stable == Counts{0, 0}));
        sampler.add(rollout(), timed(at(2, {200, 0}, {200, 0}), Counts{195, 9}, Counts{185, 21}));
        sampler.add(rollout(), timed(at(3, {300, 0}, {300, 0}), Counts{295, 12}, Counts{285, 41}));
        slow = sampler.comparison().evidence().back();
        QVERIFY((slow.stable == Counts{100, 3}));
        QVERIFY((slow.candidate == Counts{100, 20}));
        QVERIFY((sampler.comparison().evidence().front().stable == Counts{300, 0}));
    }

    void anotherCandidateBeginsAnew()
    {
        SideSampler sampler({SideMetric::ServerErrors}, {});
        sampler.add(rollout(), at(0, {0, 0}, {0, 0}));
        sampler.add(rollout(), at(1, {100, 1}, {100, 1}));
        Observation other = at(2, {200, 1}, {200, 1});
        other.green.servers = "green1 127.0.0.1:2 (serve 2)";
        sampler.add(rollout(), other);
        QVERIFY((sampler.comparison().evidence().front().stable == Counts{0, 0}));
    }

    void asADriverThatDoesNotCountThereIsNothing()
    {
        SideSampler sampler({SideMetric::ServerErrors}, {});
        for (int second = 0; second < 3; ++second) {
            Observation seen = at(second, {second * 100, 0}, {second * 100, 0});
            seen.countsResponses = false;
            sampler.add(rollout(), seen);
        }
        QVERIFY((sampler.comparison().evidence().front().stable == Counts{0, 0}));
    }
};

QTEST_APPLESS_MAIN(TestSideSampler)
#include "tst_side_sampler.moc"
