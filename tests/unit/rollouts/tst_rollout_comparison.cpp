// SPDX-License-Identifier: Apache-2.0
// The comparison of both sides: its mathematics exactly, its verdicts by simulation (the long one
// is tests/bench/rollout_analysis).
#include "shared/rollouts/Comparison.h"
#include "tests/support/rollout_simulation/Simulation.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace pilothouse::rollouts;
using namespace pilothouse::test;

namespace {

/// Mean of the ratio when both counts are binomial with these rates.
double meanRatio(
    const SequentialTest::Alternative& alternative,
    double margin,
    int stableRequests,
    int candidateRequests,
    double stableRate,
    double candidateRate)
{
    const double nearest = nearestRate(alternative, margin, stableRequests, candidateRequests);
    const auto mean = [](int requests, double rate, double better, double hypothesis) {
        // The generating function of a binomial count.
        return std::pow(
            (1 - rate) * (1 - better) / (1 - hypothesis) + rate * better / hypothesis, requests);
    };
    return mean(stableRequests, stableRate, alternative.stable, nearest) *
           mean(candidateRequests, candidateRate, alternative.candidate, nearest + margin);
}

} // namespace

class TestRolloutComparison : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// What makes it valid: the mean of every factor is at most 1 in the whole hypothesis, and 1
    /// at its nearest point.
    void factorsNeverGrowOnAverageUnderTheHypothesis_data()
    {
        QTest::addColumn<double>("stable");
        QTest::addColumn<double>("candidate");
        QTest::addColumn<double>("margin");
        QTest::addColumn<int>("stableRequests");
        QTest::addColumn<int>("candidateRequests");
        QTest::newRow("promote") << 0.001 << 0.001 << 0.005 << 200 << 200;
        QTest::newRow("promote, little traffic") << 0.001 << 0.001 << 0.005 << 110 << 27;
        QTest::newRow("promote in an outage") << 0.25 << 0.25 << 0.005 << 200 << 200;
        QTest::newRow("abort") << 0.001 << 0.006 << 0.0 << 200 << 200;
        QTest::newRow("abort, one request") << 0.001 << 0.5 << 0.0 << 1 << 1;
        QTest::newRow("abort, more on the candidate") << 0.1 << 0.2 << 0.0 << 10 << 500;
    }

    void factorsNeverGrowOnAverageUnderTheHypothesis()
    {
        QFETCH(double, stable);
        QFETCH(double, candidate);
        QFETCH(double, margin);
        QFETCH(int, stableRequests);
        QFETCH(int, candidateRequests);
        const SequentialTest::Alternative alternative{stable, candidate};
        // The hypothesis lies on the other side of the border than the alternative.
        const double side = candidate - stable < margin ? 1 : -1;
        for (double rate = 0; rate <= 1 - margin; rate += 0.0005) {
            for (const double distance : {0.0, 0.0001, 0.01, 0.2}) {
                const double beyond = side * distance;
                if (rate + margin + beyond <= 1 && rate + margin + beyond >= 0) {
                    const double mean = meanRatio(
                        alternative,
                        margin,
                        stableRequests,
                        candidateRequests,
                        rate,
                        rate + margin + beyond);
                    QVERIFY2(mean <= 1 + 1e-9, qPrintable(QString::number(rate)));
                }
            }
        }
        const double nearest = nearestRate(alternative, margin, stableRequests, candidateRequests);
        const double mean = meanRatio(
            alternative, margin, stableRequests, candidateRequests, nearest, nearest + margin);
        QVERIFY(std::abs(mean - 1) < 1e-6);
    }

    void verdictsBySimulation_data()
    {
        QTest::addColumn<double>("perSecond");
        QTest::addColumn<double>("candidatePerSecond");
        QTest::addColumn<double>("worse");
        QTest::addColumn<bool>("hasOutages");
        QTest::addColumn<int>("promoted"); // of 100, at least; 0: none at all
        QTest::addColumn<int>("aborted");
        QTest::newRow("good") << 200.0 << 200.0 << 0.0 << false << 100 << 0;
        QTest::newRow("good, shared outages") << 200.0 << 200.0 << 0.0 << true << 98 << 0;
        QTest::newRow("half a point worse") << 200.0 << 200.0 << 0.005 << false << 0 << 95;
        QTest::newRow("the same in outages") << 200.0 << 200.0 << 0.005 << true << 0 << 90;
        QTest::newRow("two points worse") << 200.0 << 200.0 << 0.02 << true << 0 << 100;
        QTest::newRow("good with little preview") << 110.0 << 27.0 << 0.0 << false << 95 << 0;
    }

    void verdictsBySimulation()
    {
        QFETCH(double, perSecond);
        QFETCH(double, candidatePerSecond);
        QFETCH(double, worse);
        QFETCH(bool, hasOutages);
        QFETCH(int, promoted);
        QFETCH(int, aborted);
        std::mt19937_64 random(20);
        int promotions = 0;
        int abortions = 0;
        for (int trial = 0; trial < 100; ++trial) {
            const SimulatedVerdict result =
                simulate({perSecond, candidatePerSecond, worse, hasOutages, 300}, random);
            promotions += result.verdict == Verdict::Promote ? 1 : 0;
            abortions += result.verdict == Verdict::Abort ? 1 : 0;
        }
        QVERIFY2(
            promoted == 0 ? promotions == 0 : promotions >= promoted,
            qPrintable(QString::number(promotions)));
        QVERIFY2(
            aborted == 0 ? abortions == 0 : abortions >= aborted,
            qPrintable(QString::number(abortions)));
    }

    void anOutageOfBothSidesCostsLittle()
    {
        SequentialTest test(0.005, {{0.001, 0.001}, {0.1, 0.1}});
        for (int second = 0; second < 10; ++second) {
            test.add({200, 0}, {200, 0});
        }
        const double before = test.logEvidence();
        QVERIFY(before > 3);
        for (int second = 0; second < 10; ++second) {
            test.add({200, 20}, {200, 20});
        }
        QVERIFY(before - test.logEvidence() < 8);
    }

    void withoutTrafficNothingIsKnown()
    {
        Comparison comparison({"server errors"}, {});
        for (int second = 0; second < 1000; ++second) {
            comparison.add({{500, 0}}, {{0, 0}});
            comparison.add({{0, 0}}, {{500, 100}});
        }
        QCOMPARE(comparison.verdict(), Verdict::Undecided);
        QCOMPARE(comparison.evidence().front().promote, 0.0);
    }

    void whatTurnsOutWorseAfterAllIsAborted()
    {
        Comparison comparison({"server errors"}, {});
        for (int second = 0; second < 60; ++second) {
            comparison.add({{200, 0}}, {{200, 0}});
        }
        QCOMPARE(comparison.verdict(), Verdict::Promote);
        for (int second = 0; second < 10; ++second) {
            comparison.add({{200, 0}}, {{200, 100}});
        }
        QCOMPARE(comparison.verdict(), Verdict::Abort);
        QVERIFY(comparison.reason().find("server errors") == 0);
    }

    void oneBadMetricOfTwoAborts()
    {
        Comparison comparison({"server errors", "client errors"}, {});
        for (int second = 0; second < 30; ++second) {
            comparison.add({{200, 0}, {200, 10}}, {{200, 0}, {200, 60}});
        }
        QCOMPARE(comparison.verdict(), Verdict::Abort);
        QVERIFY(comparison.reason().find("client errors") == 0);
    }

    void countersThatMakeNoSenseAreBounded()
    {
        Comparison comparison({"server errors"}, {});
        comparison.add({{-5, 10}}, {{3, 99}});
        comparison.add({{10, -1}}, {{10, 20}});
        for (const MetricEvidence& one : comparison.evidence()) {
            QVERIFY(one.stable.events >= 0 && one.stable.events <= one.stable.requests);
            QVERIFY(one.candidate.events <= one.candidate.requests);
            QVERIFY(std::isfinite(one.promote) && std::isfinite(one.abort));
        }
    }
};

QTEST_GUILESS_MAIN(TestRolloutComparison)
#include "tst_rollout_comparison.moc"
