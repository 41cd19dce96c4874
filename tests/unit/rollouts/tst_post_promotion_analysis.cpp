// SPDX-License-Identifier: Apache-2.0
// What is said of a candidate that has the traffic: how often wrongly, and how soon rightly.
#include "shared/rollouts/PostPromotionAnalysis.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace pilothouse::rollouts;

namespace {

constexpr absl::Duration kStep = absl::Milliseconds(20);
constexpr absl::Duration kHorizon = absl::Minutes(10);

/// Traffic after a promotion.
struct Traffic
{
    double perSecond = 2000;
    /// Of them, on the stable side.
    double heldBack = 0;
    double stableRate = 0.001;
    double candidateRate = 0.001;
    /// From then on.
    absl::Duration turnsBadAfter = absl::ZeroDuration();
    /// Both sides fail that much more in one second of a hundred.
    double outages = 0;
};

Counts draw(double requests, double rate, std::mt19937_64& random)
{
    Counts counts;
    counts.requests = std::poisson_distribution<std::int64_t>(std::max(requests, 1e-9))(random);
    counts.events = std::binomial_distribution<std::int64_t>(counts.requests, rate)(random);
    return counts;
}

/// When it says so; infinite: not within the time.
absl::Duration saysWorseAfter(
    PostPromotionAnalysis analysis,
    const Traffic& traffic,
    absl::Duration time,
    std::mt19937_64& random)
{
    const double requests = traffic.perSecond * absl::ToDoubleSeconds(kStep);
    double outage = 0;
    for (absl::Duration at; at < time; at += kStep) {
        if (at % absl::Seconds(1) == absl::ZeroDuration()) {
            outage = random() % 100 == 0 ? traffic.outages : 0;
        }
        const double rate = at < traffic.turnsBadAfter ? traffic.stableRate : traffic.candidateRate;
        analysis.add(
            kStep,
            {draw(requests * traffic.heldBack, traffic.stableRate + outage, random)},
            {draw(requests * (1 - traffic.heldBack), rate + outage, random)});
        if (analysis.isWorse()) {
            return at + kStep;
        }
    }
    return absl::InfiniteDuration();
}

PostPromotionAnalysis analysis(Control control, Counts before = {20000, 20}, double margin = 0.005)
{
    ComparisonSettings settings;
    settings.margin = margin;
    return {{{"server errors", before, {}, 1, 0}}, {"server errors"}, settings, control, kHorizon};
}

} // namespace

class TestPostPromotionAnalysis : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    /// The chance of a false alarm, at the border of the hypothesis where it is greatest.
    void aTestThatIsAtItsLimitIsRarelyReached()
    {
        constexpr double kLimit = 0.02;
        constexpr double kAlpha = 0.05;
        const std::vector<double> rates{0.05, 0.25, 0.9};
        std::mt19937_64 random(3);
        int alarms = 0;
        constexpr int kTrials = 400;
        for (int trial = 0; trial < kTrials; ++trial) {
            ChangeTest test(rates.size(), absl::Minutes(1));
            for (absl::Duration at; at < absl::Minutes(1); at += kStep) {
                test.add(kStep, logRatiosAgainstLimit(rates, kLimit, draw(4, kLimit, random)));
            }
            alarms += test.logHighest() >= -std::log(kAlpha) ? 1 : 0;
        }
        QVERIFY2(alarms <= kTrials * kAlpha, qPrintable(QString::number(alarms)));
    }

    void goodCandidatesStay_data()
    {
        QTest::addColumn<bool>("isHeldBack");
        QTest::addColumn<double>("perSecond");
        QTest::addColumn<double>("rate");
        QTest::addColumn<double>("outages");
        QTest::newRow("much traffic") << false << 2000.0 << 0.001 << 0.0;
        QTest::newRow("little traffic") << false << 5.0 << 0.001 << 0.0;
        QTest::newRow("a little worse than before") << false << 2000.0 << 0.004 << 0.0;
        QTest::newRow("held back") << true << 2000.0 << 0.001 << 0.0;
        QTest::newRow("held back, little traffic") << true << 20.0 << 0.001 << 0.0;
        QTest::newRow("held back, both fail at times") << true << 2000.0 << 0.001 << 0.3;
        QTest::newRow("held back, both fail wholly at times") << true << 200.0 << 0.001 << 0.99;
    }

    void goodCandidatesStay()
    {
        QFETCH(bool, isHeldBack);
        QFETCH(double, perSecond);
        QFETCH(double, rate);
        QFETCH(double, outages);
        std::mt19937_64 random(4);
        const Traffic traffic{
            perSecond, isHeldBack ? 0.05 : 0, isHeldBack ? rate : 0.001, rate, {}, outages};
        for (int trial = 0; trial < 20; ++trial) {
            const auto control = isHeldBack ? Control::HeldBack : Control::Before;
            QCOMPARE(
                saysWorseAfter(analysis(control), traffic, absl::Minutes(3), random),
                absl::InfiniteDuration());
        }
    }

    void badCandidatesAreFoundSoon_data()
    {
        QTest::addColumn<bool>("isHeldBack");
        QTest::addColumn<double>("perSecond");
        QTest::addColumn<double>("rate");
        QTest::addColumn<int>("afterSeconds");
        QTest::addColumn<int>("mostMs"); // in nine cases of ten
        QTest::newRow("all fail") << false << 2000.0 << 1.0 << 0 << 40;
        QTest::newRow("all fail later") << false << 2000.0 << 1.0 << 60 << 60;
        QTest::newRow("5 % fail") << false << 2000.0 << 0.05 << 0 << 180;
        QTest::newRow("5 % fail later") << false << 2000.0 << 0.05 << 60 << 300;
        QTest::newRow("2 % fail") << false << 2000.0 << 0.02 << 0 << 1500;
        QTest::newRow("all fail, little traffic") << false << 20.0 << 1.0 << 0 << 400;
        QTest::newRow("held back: all fail") << true << 2000.0 << 1.0 << 0 << 120;
        QTest::newRow("held back: all fail later") << true << 2000.0 << 1.0 << 60 << 250;
        QTest::newRow("held back: 5 % fail") << true << 2000.0 << 0.05 << 0 << 4000;
        QTest::newRow("held back: all fail, little traffic") << true << 100.0 << 1.0 << 60 << 5000;
    }

    void badCandidatesAreFoundSoon()
    {
        QFETCH(bool, isHeldBack);
        QFETCH(double, perSecond);
        QFETCH(double, rate);
        QFETCH(int, afterSeconds);
        QFETCH(int, mostMs);
        const absl::Duration turns = absl::Seconds(afterSeconds);
        const Traffic traffic{perSecond, isHeldBack ? 0.05 : 0, 0.001, rate, turns, 0};
        std::mt19937_64 random(5);
        std::vector<double> times;
        for (int trial = 0; trial < 40; ++trial) {
            const auto control = isHeldBack ? Control::HeldBack : Control::Before;
            const absl::Duration found =
                saysWorseAfter(analysis(control), traffic, turns + absl::Seconds(60), random);
            QVERIFY(found > turns);
            times.push_back(absl::ToDoubleMilliseconds(found - turns));
        }
        std::ranges::sort(times);
        const double nine = times.at(times.size() * 9 / 10);
        QVERIFY2(nine <= mostMs, qPrintable(QString::number(nine)));
    }

    /// Without requests held back, an outage of both counts against the candidate; it is said so.
    void withoutAControlAnOutageCounts()
    {
        std::mt19937_64 random(6);
        const Traffic traffic{2000, 0, 0.001, 0.3, absl::Seconds(5), 0};
        QVERIFY(
            saysWorseAfter(analysis(Control::Before), traffic, absl::Seconds(10), random) <
            absl::Seconds(6));
    }

    void whatWasWorseBeforeIsNoSurprise()
    {
        std::mt19937_64 random(7);
        const Traffic traffic{2000, 0, 0.1, 0.1, {}, 0};
        QCOMPARE(
            saysWorseAfter(
                analysis(Control::Before, {20000, 2000}), traffic, absl::Minutes(2), random),
            absl::InfiniteDuration());
    }

    void reasonsSayWhatWasSeen()
    {
        PostPromotionAnalysis before = analysis(Control::Before);
        QCOMPARE(before.reason(), std::string());
        before.add(kStep, {{0, 0}}, {{40, 40}});
        QVERIFY(before.isWorse());
        QCOMPARE(
            before.reason(),
            std::string("server errors: 100.00 % of 40 requests against 0.10 % of 20000 before the "
                        "promotion"));
        PostPromotionAnalysis unknown = analysis(Control::Before, {});
        unknown.add(kStep, {{0, 0}}, {{40, 40}});
        QCOMPARE(unknown.reason(), std::string("server errors: 100.00 % of 40 requests"));
        PostPromotionAnalysis heldBack = analysis(Control::HeldBack);
        heldBack.add(kStep, {{0, 0}}, {{400, 400}});
        QVERIFY(!heldBack.isWorse()); // nothing was held back yet
        heldBack.add(kStep, {{20, 0}}, {{0, 0}});
        QCOMPARE(
            heldBack.reason(),
            std::string("server errors: 100.00 % of 400 requests against 0.00 % of 20 that were "
                        "held back"));
    }

    /// Ten good minutes do not make it look small.
    void reasonsAreOfTheLastSeconds()
    {
        PostPromotionAnalysis one = analysis(Control::Before);
        for (absl::Duration at; at < absl::Minutes(10); at += kStep) {
            one.add(kStep, {{0, 0}}, {{40, 0}});
        }
        while (!one.isWorse()) {
            one.add(kStep, {{0, 0}}, {{40, 40}});
        }
        const QString reason = QString::fromStdString(one.reason());
        const double percent = reason.section(QLatin1Char(' '), 2, 2).toDouble();
        QVERIFY2(percent > 0.3, qPrintable(reason));
    }

    void countersThatMakeNoSenseAreBounded()
    {
        PostPromotionAnalysis one = analysis(Control::Before);
        one.add(kStep, {{-5, 10}}, {{3, 99}});
        one.add(absl::ZeroDuration(), {{0, 0}}, {{10, -4}});
        QVERIFY(one.reason().find("nan") == std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestPostPromotionAnalysis)
#include "tst_post_promotion_analysis.moc"
