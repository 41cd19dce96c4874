// SPDX-License-Identifier: Apache-2.0
#include "shared/scaling/Simulation.h"
#include "shared/scaling/proto/ScalingProto.h"

#include <QTest>

using namespace pilothouse::scaling;

namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'795'271'400);
constexpr absl::Duration kStep = absl::Seconds(15);

Policy policy(Measures measures)
{
    Policy one;
    one.name = "checkout";
    one.title = "Checkout";
    one.mode = Mode::Act;
    one.least = 2;
    one.most = 20;
    one.tolerance = 0.05;
    one.target = "Deployment shop/checkout";
    one.metrics = {{"requests", "requests/s", "x", 100, measures}};
    one.down.stabilisation = absl::Minutes(1);
    one.down.select = Select::Min;
    return one;
}

/// Instances as recorded, each with its share of the load.
Look recorded(int step, int ready, double load, Measures measures)
{
    Look look;
    look.time = kStart + step * kStep;
    look.count = Count{ready, ready};
    look.readings = {
        {measures == Measures::Each
             ? std::vector<double>(static_cast<std::size_t>(ready), load / ready)
             : std::vector<double>{measures == Measures::Total ? load : load / ready},
         {}}};
    return look;
}

} // namespace

class TestScalingSimulation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theLoadIsSharedByThoseThatThereWouldHaveBeen_data()
    {
        QTest::addColumn<int>("measures");
        QTest::newRow("average") << static_cast<int>(Measures::Average);
        QTest::newRow("each") << static_cast<int>(Measures::Each);
        QTest::newRow("total") << static_cast<int>(Measures::Total);
    }

    void theLoadIsSharedByThoseThatThereWouldHaveBeen()
    {
        QFETCH(int, measures);
        const auto kind = static_cast<Measures>(measures);
        // Four were there all the time; the load rises to eight's worth and falls to two's.
        std::vector<Look> looks;
        for (int step = 0; step < 40; ++step) {
            looks.push_back(recorded(step, 4, step < 10 ? 400 : step < 20 ? 800 : 200, kind));
        }
        const Simulation simulation = simulate(policy(kind), looks);
        QCOMPARE(simulation.points.size(), std::size_t(40));
        QCOMPARE(simulation.points[9].simulated, 4);
        QCOMPARE(simulation.points[10].simulated, 8);
        QCOMPARE(simulation.points[19].simulated, 8);
        QCOMPARE(simulation.points[22].simulated, 8); // held for a minute
        QCOMPARE(simulation.points[23].simulated, 2);
        QCOMPARE(simulation.points[39].simulated, 2);
        QCOMPARE(simulation.points[39].actual, 4);
        QCOMPARE(simulation.ups, 1);
        QCOMPARE(simulation.downs, 1);
        QCOMPARE(simulation.changes.size(), std::size_t(2));
        QCOMPARE(simulation.unreadable, 0);
        QVERIFY(qAbs(simulation.actualInstanceHours - 39 * 4 * 15 / 3600.0) < 1e-9);
        QVERIFY(
            qAbs(simulation.simulatedInstanceHours - (10 * 4 + 13 * 8 + 16 * 2) * 15 / 3600.0) <
            1e-9);
    }

    void whatWasNotRecordedIsNotGuessed()
    {
        std::vector<Look> looks;
        Look nothing;
        nothing.time = kStart;
        nothing.readings = {{}};
        looks.push_back(nothing);
        looks.push_back(recorded(1, 3, 300, Measures::Average));
        nothing.time = kStart + 2 * kStep;
        looks.push_back(nothing);
        const Simulation simulation = simulate(policy(Measures::Average), looks);
        QCOMPARE(simulation.points.size(), std::size_t(2));
        QCOMPARE(simulation.points[1].simulated, 3);
        QCOMPARE(simulation.points[1].actual, -1);
        QCOMPARE(simulation.unreadable, 2);
    }

    void overridesAreChecked_data()
    {
        QTest::addColumn<QString>("change");
        QTest::addColumn<bool>("isTaken");
        QTest::newRow("nothing") << QString() << true;
        QTest::newRow("more") << QStringLiteral("most") << true;
        QTest::newRow("most under least") << QStringLiteral("small") << false;
        QTest::newRow("no least") << QStringLiteral("zero") << false;
        QTest::newRow("tolerance") << QStringLiteral("tolerance") << false;
        QTest::newRow("window") << QStringLiteral("window") << false;
        QTest::newRow("unknown metric") << QStringLiteral("metric") << false;
        QTest::newRow("no target") << QStringLiteral("target") << false;
        QTest::newRow("target") << QStringLiteral("good target") << true;
    }

    void overridesAreChecked()
    {
        QFETCH(QString, change);
        Overrides overrides;
        if (change == QStringLiteral("most")) {
            overrides.most = 50;
        } else if (change == QStringLiteral("small")) {
            overrides.most = 1;
        } else if (change == QStringLiteral("zero")) {
            overrides.least = 0;
        } else if (change == QStringLiteral("tolerance")) {
            overrides.tolerance = 1.5;
        } else if (change == QStringLiteral("window")) {
            overrides.downStabilisation = absl::Hours(2);
        } else if (change == QStringLiteral("metric")) {
            overrides.targets = {{"queue", 3}};
        } else if (change == QStringLiteral("target")) {
            overrides.targets = {{"requests", 0}};
        } else if (change == QStringLiteral("good target")) {
            overrides.targets = {{"requests", 3}};
        }
        QTEST(withOverrides(policy(Measures::Total), overrides).ok(), "isTaken");
    }

    void messagesBringEverythingBack()
    {
        PolicyState state;
        state.policy = policy(Measures::Each);
        state.last = decide(state.policy, recorded(0, 3, 900, Measures::Each), {});
        state.pause = Pause{"lee", "load test", kStart};
        state.record = Record{"7", "checkout", *state.last, Act::Failed, "refused", kStart};
        state.problem = "the cluster is away";
        QVERIFY(fromProto(toProto(state)) == state);
        const Simulation simulation = simulate(
            state.policy,
            {recorded(0, 3, 900, Measures::Each), recorded(1, 3, 900, Measures::Each)});
        pilothouse::v1::SimulatePolicyResponse response;
        fill(response, simulation);
        const Simulation back = fromProto(response);
        QCOMPARE(back.points.size(), simulation.points.size());
        QCOMPARE(back.points[1].simulated, simulation.points[1].simulated);
        QVERIFY(back.changes == simulation.changes);
        QVERIFY(!simulation.changes.empty());
    }
};

QTEST_GUILESS_MAIN(TestScalingSimulation)
#include "tst_scaling_simulation.moc"
