// SPDX-License-Identifier: Apache-2.0
#include "shared/scaling/Proposals.h"
#include "shared/scaling/Rules.h"

#include <QTest>

#include <limits>

using namespace pilothouse::scaling;

namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'795'271'400);
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Metric requests(Measures measures = Measures::Average)
{
    return {"requests", "requests/s", "x", 150, measures};
}

Policy policy(int least = 1, int most = 100)
{
    Policy one;
    one.name = "checkout";
    one.least = least;
    one.most = most;
    one.metrics = {requests()};
    return one;
}

Look looked(Count count, std::vector<double> values, absl::Time time = kStart)
{
    return {time, count, {}, {Reading{std::move(values), {}}}};
}

/// A policy that only the metrics bound.
Policy unbound()
{
    Policy one = policy();
    one.up.rates.clear();
    one.down.rates.clear();
    one.down.stabilisation = absl::ZeroDuration();
    return one;
}

QString text(const Decision& decision)
{
    return QString::fromStdString(decision.text);
}

RatePolicy rate(const char* words)
{
    const auto parsed = parseRatePolicy(words);
    return parsed.value_or(RatePolicy{RatePolicy::Kind::Instances, -1, absl::ZeroDuration()});
}

} // namespace

class TestScalingRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void oneMetricAsksFor_data()
    {
        QTest::addColumn<int>("measures");
        QTest::addColumn<int>("wanted");
        QTest::addColumn<int>("ready");
        QTest::addColumn<QList<double>>("values");
        QTest::addColumn<int>("instances");
        QTest::addColumn<QString>("said");
        const auto row = [](const char* name,
                            Measures measures,
                            int wanted,
                            int ready,
                            const QList<double>& values,
                            int instances,
                            const QString& said = {}) {
            QTest::newRow(name) << static_cast<int>(measures) << wanted << ready << values
                                << instances << said;
        };
        row("up",
            Measures::Average,
            3,
            3,
            {213},
            5,
            QStringLiteral("3 ready × 1.42 (213 / 150 requests/s) = 4.26 → 5"));
        row("down", Measures::Average, 4, 4, {60}, 2, QStringLiteral("= 1.60 → 2"));
        row("on target", Measures::Average, 3, 3, {150}, 3);
        row("at the tolerance",
            Measures::Average,
            3,
            3,
            {165},
            3,
            QStringLiteral("within the tolerance of 10 %, stays at 3"));
        row("under the tolerance", Measures::Average, 3, 3, {135}, 3);
        row("over the tolerance", Measures::Average, 3, 3, {166}, 4);
        row("below the tolerance", Measures::Average, 10, 10, {134}, 9);
        row("idle", Measures::Average, 3, 3, {0}, 0);
        row("less than nothing", Measures::Average, 3, 3, {-5}, 0);
        row("an exact multiple", Measures::Average, 10, 10, {165.0000000001 * 2}, 22);
        row("huge", Measures::Average, 10, 10, {1e300}, kMostInstances);
        // Those that are not ready are as idle: 2 × 200 over 4 is 100, and 400 / 150 is 3.
        row("not ready turns up to down",
            Measures::Average,
            4,
            2,
            {200},
            4,
            QStringLiteral("turns the direction: stays at 4"));
        row("not ready, and up all the same",
            Measures::Average,
            4,
            3,
            {600},
            12,
            QStringLiteral("with 1 not ready as idle: 4 × 3.00 = 12.00 → 12"));
        row("not ready within the tolerance",
            Measures::Average,
            4,
            3,
            {200},
            4,
            QStringLiteral("within the tolerance"));
        row("not ready counts for nothing on the way down", Measures::Average, 4, 2, {75}, 1);
        row("each", Measures::Each, 3, 3, {150, 200, 250}, 4, QStringLiteral("3 measured × 1.33"));
        // 2 × 2.0, and one as idle: 600 / 3 = 200.
        row("missing as idle on the way up",
            Measures::Each,
            3,
            3,
            {300, 300},
            4,
            QStringLiteral("with 1 without a number as idle: 3 × 1.33 = 4.00 → 4"));
        row("missing turns up to steady", Measures::Each, 3, 3, {225, 225}, 3);
        row("missing turns up to down",
            Measures::Each,
            4,
            4,
            {180},
            4,
            QStringLiteral("turns the direction"));
        // 2 × 30, and two as on target: 360 / 4 = 90.
        row("missing as on target on the way down",
            Measures::Each,
            4,
            4,
            {30, 30},
            3,
            QStringLiteral("with 2 without a number as on target: 4 × 0.60"));
        row("missing and not ready",
            Measures::Each,
            4,
            2,
            {900},
            6,
            QStringLiteral("1 without a number as idle and 2 not ready as idle"));
        row("more numbers than ready", Measures::Each, 3, 1, {300, 300, 300}, 6);
        row("total",
            Measures::Total,
            3,
            3,
            {640},
            5,
            QStringLiteral("640 / 150 requests/s = 4.27 → 5"));
        row("total within the tolerance", Measures::Total, 4, 4, {640}, 4);
        row("total with nobody ready", Measures::Total, 3, 0, {1500}, 10);
        row("an empty queue", Measures::Total, 3, 3, {0}, 0);
    }

    void oneMetricAsksFor()
    {
        QFETCH(int, measures);
        QFETCH(int, wanted);
        QFETCH(int, ready);
        QFETCH(QList<double>, values);
        QFETCH(int, instances);
        QFETCH(QString, said);
        const Proposal proposal = proposalOf(
            requests(static_cast<Measures>(measures)),
            0.1,
            {wanted, ready},
            {{values.begin(), values.end()}, {}});
        const QString got = QString::fromStdString(proposal.text);
        QVERIFY2(proposal.isKnown, qPrintable(got));
        QVERIFY2(proposal.instances == instances, qPrintable(got));
        QVERIFY2(got.contains(said), qPrintable(got));
    }

    void whatCannotBeReadAsksForNothing_data()
    {
        QTest::addColumn<QList<double>>("values");
        QTest::addColumn<QString>("error");
        QTest::addColumn<int>("ready");
        QTest::addColumn<QString>("said");
        const auto row = [](const char* name,
                            const QList<double>& values,
                            const QString& error,
                            int ready,
                            const QString& said) {
            QTest::newRow(name) << values << error << ready << said;
        };
        row("failed",
            {},
            QStringLiteral("the query took too long"),
            3,
            QStringLiteral("the query took too long"));
        row("no answer", {}, {}, 3, QStringLiteral("the expression has no answer"));
        row("several", {1, 2}, {}, 3, QStringLiteral("answers 2 series: aggregate them"));
        row("no number", {kNan}, {}, 3, QStringLiteral("answers what is no number"));
        row("infinite",
            {std::numeric_limits<double>::infinity()},
            {},
            3,
            QStringLiteral("answers what is no number"));
        row("nobody ready", {100}, {}, 0, QStringLiteral("no instance is ready"));
    }

    void whatCannotBeReadAsksForNothing()
    {
        QFETCH(QList<double>, values);
        QFETCH(QString, error);
        QFETCH(int, ready);
        QFETCH(QString, said);
        const Proposal proposal = proposalOf(
            requests(), 0.1, {3, ready}, {{values.begin(), values.end()}, error.toStdString()});
        QVERIFY(!proposal.isKnown);
        const QString got = QString::fromStdString(proposal.text);
        QVERIFY2(got.contains(said), qPrintable(got));
    }

    void aWholeNumberStaysOne_data()
    {
        QTest::addColumn<double>("exact");
        QTest::addColumn<int>("instances");
        QTest::newRow("what division adds") << 1.1 / 0.1 * 10 << 110;
        QTest::newRow("a true rest") << 110.001 << 111;
        QTest::newRow("nothing") << 0.0 << 0;
        QTest::newRow("little") << 0.01 << 1;
    }

    void aWholeNumberStaysOne()
    {
        QFETCH(double, exact);
        QTEST(instancesFor(exact), "instances");
    }

    void theGreatestOfSeveralCounts()
    {
        Policy two = unbound();
        two.metrics.push_back({"queue", "jobs", "y", 20, Measures::Total});
        const Decision decision =
            decide(two, {kStart, Count{3, 3}, {}, {{{160}, {}}, {{130}, {}}}}, {});
        QVERIFY(decision.isValid);
        QCOMPARE(decision.recommended, 7);
        QVERIFY2(
            text(decision).startsWith(QStringLiteral("queue: 130 / 20 jobs")),
            qPrintable(text(decision)));
        QCOMPARE(decision.proposals.size(), std::size_t(2));
    }

    void neverFewerWhileAMetricCannotBeRead()
    {
        Policy two = unbound();
        two.metrics.push_back({"queue", "jobs", "y", 20, Measures::Total});
        const auto decided = [&](double usage) {
            return decide(
                two, {kStart, Count{4, 4}, {}, {{{usage}, {}}, {{}, "no such series"}}}, {});
        };
        const Decision down = decided(60);
        QVERIFY(!down.isValid);
        QCOMPARE(down.recommended, 4);
        QCOMPARE(QString::fromStdString(down.problem), QStringLiteral("queue: no such series"));
        QVERIFY2(text(down).contains(QStringLiteral("never fewer while")), qPrintable(text(down)));
        const Decision up = decided(300);
        QVERIFY(up.isValid);
        QCOMPARE(up.recommended, 8);
        QCOMPARE(QString::fromStdString(up.problem), QStringLiteral("queue: no such series"));
    }

    void nothingIsDecidedWithoutInstancesOrMetrics()
    {
        const Decision uncounted =
            decide(policy(), {kStart, std::nullopt, "the cluster is away", {{{9}, {}}}}, {});
        QVERIFY(!uncounted.isValid);
        QVERIFY(uncounted.problem.find("the cluster is away") != std::string::npos);
        const Decision unread = decide(policy(), {kStart, Count{3, 3}, {}, {{{}, "gone"}}}, {});
        QVERIFY(!unread.isValid);
        QCOMPARE(unread.recommended, 3);
        const Decision stopped = decide(policy(2), looked({0, 0}, {900}), {});
        QVERIFY(!stopped.isValid);
        QCOMPARE(stopped.recommended, 0);
        QVERIFY(stopped.problem.find("somebody has stopped them") != std::string::npos);
    }

    void leastAndMostHold_data()
    {
        QTest::addColumn<int>("wanted");
        QTest::addColumn<double>("usage");
        QTest::addColumn<int>("recommended");
        QTest::addColumn<QString>("said");
        QTest::newRow("most") << 5 << 900.0 << 6 << QStringLiteral("most 6 is 6");
        QTest::newRow("least") << 5 << 0.0 << 2 << QStringLiteral("least 2 is 2");
        // Outside of them nothing needs to be measured, and no window holds it up.
        QTest::newRow("too many") << 9 << 900.0 << 6
                                  << QStringLiteral("9 is more than the most → 6");
        QTest::newRow("too few") << 1 << 0.0 << 2 << QStringLiteral("1 is less than the least → 2");
        QTest::newRow("between") << 5 << 150.0 << 5 << QString();
    }

    void leastAndMostHold()
    {
        QFETCH(int, wanted);
        QFETCH(double, usage);
        QFETCH(int, recommended);
        QFETCH(QString, said);
        Policy bounded = policy(2, 6);
        bounded.down.stabilisation = absl::ZeroDuration();
        const Decision decision = decide(bounded, looked({wanted, wanted}, {usage}), {});
        QCOMPARE(decision.recommended, recommended);
        QVERIFY2(text(decision).contains(said), qPrintable(text(decision)));
    }

    void downWaitsForItsWindow()
    {
        Policy one = policy();
        History history;
        const auto decided = [&](int second, double usage, int current) {
            Decision decision = decide(
                one, looked({current, current}, {usage}, kStart + absl::Seconds(second)), history);
            note(history, decision);
            return decision;
        };
        QCOMPARE(decided(0, 300, 4).recommended, 8);
        history.noteScaled(kStart, 4, 8);
        const Decision held = decided(15, 75, 8);
        QCOMPARE(held.asked, 4);
        QCOMPARE(held.recommended, 8);
        QVERIFY2(
            text(held).contains(QStringLiteral("held at 8 by the last 5 min")),
            qPrintable(text(held)));
        QCOMPARE(decided(150, 112, 8).recommended, 8); // asks for 6
        QCOMPARE(decided(299, 75, 8).recommended, 8);
        // The 8 is out of the window now; the 6 is not yet.
        QCOMPARE(decided(300, 75, 8).recommended, 6);
        QCOMPARE(decided(450, 100, 6).recommended, 4);
    }

    void upWaitsForItsWindow()
    {
        Policy one = policy();
        one.up.stabilisation = absl::Seconds(60);
        History history;
        const auto decided = [&](int second, double usage) {
            Decision decision =
                decide(one, looked({4, 4}, {usage}, kStart + absl::Seconds(second)), history);
            note(history, decision);
            return decision;
        };
        QCOMPARE(decided(0, 150).recommended, 4);
        const Decision held = decided(15, 300);
        QCOMPARE(held.recommended, 4);
        QVERIFY2(
            text(held).contains(QStringLiteral("held at 4 by the last 60 s")),
            qPrintable(text(held)));
        QCOMPARE(decided(45, 225).recommended, 4);
        QCOMPARE(decided(60, 300).recommended, 6); // the least of the last minute
    }

    void aRecommendationLastsAsLongAsItIsAskedFor()
    {
        Policy one = policy();
        History restored;
        restored.noteAsked(kStart, kStart + absl::Seconds(100), 8);
        const auto recommended = [&](int second) {
            return decide(one, looked({8, 8}, {75}, kStart + absl::Seconds(second)), restored)
                .recommended;
        };
        QCOMPARE(recommended(399), 8);
        QCOMPARE(recommended(400), 4);
    }

    void ratesLimit_data()
    {
        QTest::addColumn<QStringList>("rates");
        QTest::addColumn<int>("select");
        QTest::addColumn<int>("current");
        QTest::addColumn<int>("wanted");
        QTest::addColumn<int>("limited");
        const QStringList usual{QStringLiteral("100% / 15s"), QStringLiteral("4 / 15s")};
        const auto row = [](const char* name,
                            const QStringList& rates,
                            Select select,
                            int current,
                            int wanted,
                            int limited) {
            QTest::newRow(name) << rates << static_cast<int>(select) << current << wanted
                                << limited;
        };
        row("doubling", usual, Select::Max, 6, 40, 12);
        row("four", usual, Select::Max, 2, 40, 6);
        row("the least of both", usual, Select::Min, 6, 40, 10);
        row("disabled", usual, Select::Disabled, 6, 40, 6);
        row("no rates", {}, Select::Max, 6, 40, 40);
        row("less than allowed", usual, Select::Max, 6, 9, 9);
        row("half, up to the next", {QStringLiteral("50% / 15s")}, Select::Max, 3, 40, 5);
        row("ten percent of ten", {QStringLiteral("10% / 15s")}, Select::Max, 10, 40, 11);
        row("all down", {QStringLiteral("100% / 15s")}, Select::Max, 6, 0, 0);
        row("half down", {QStringLiteral("50% / 15s")}, Select::Max, 5, 0, 2);
        row("one down", {QStringLiteral("1 / 1m")}, Select::Max, 5, 0, 4);
        row("down by more",
            {QStringLiteral("50% / 15s"), QStringLiteral("1 / 15s")},
            Select::Max,
            5,
            0,
            2);
        row("down by less",
            {QStringLiteral("50% / 15s"), QStringLiteral("1 / 15s")},
            Select::Min,
            5,
            0,
            4);
        row("down disabled", {QStringLiteral("1 / 1m")}, Select::Disabled, 5, 0, 5);
    }

    void ratesLimit()
    {
        QFETCH(QStringList, rates);
        QFETCH(int, select);
        QFETCH(int, current);
        QFETCH(int, wanted);
        Policy one = policy();
        Behaviour& behaviour = wanted > current ? one.up : one.down;
        behaviour.rates.clear();
        for (const QString& words : rates) {
            behaviour.rates.push_back(rate(words.toUtf8().constData()));
        }
        behaviour.select = static_cast<Select>(select);
        QTEST(History().limited(one, current, wanted, kStart).instances, "limited");
    }

    void ratesCountWhatWasDoneInTheirPeriod()
    {
        Policy one = policy();
        one.up.rates = {rate("4 / 1m")};
        one.down.rates = {rate("2 / 1m")};
        History history;
        history.noteScaled(kStart, 2, 5);
        const auto limited = [&](int second, int current, int wanted) {
            return history.limited(one, current, wanted, kStart + absl::Seconds(second));
        };
        // Three of the four are used.
        const auto held = limited(30, 5, 20);
        QCOMPARE(held.instances, 6);
        QCOMPARE(QString::fromStdString(held.why), QStringLiteral("limited to 6 by +4 in 60 s"));
        history.noteScaled(kStart + absl::Seconds(30), 5, 6);
        QCOMPARE(limited(45, 6, 20).instances, 6);
        QCOMPARE(limited(60, 6, 20).instances, 9); // the first three have aged
        // What was added in the period may go again, and two more.
        QCOMPARE(limited(45, 6, 0).instances, 0);
        history.noteScaled(kStart + absl::Seconds(70), 6, 4);
        QCOMPARE(limited(200, 4, 0).instances, 2);
        QCOMPARE(limited(80, 4, 0).instances, 3); // 5 at the beginning of the minute
    }

    void ratePoliciesAreRead_data()
    {
        QTest::addColumn<QString>("words");
        QTest::addColumn<QString>("written");
        const auto row = [](const char* words, const char* written) {
            QTest::newRow(words) << QString::fromUtf8(words) << QString::fromUtf8(written);
        };
        row("100% / 15s", "100% / 15s");
        row(" 4/1m ", "4 / 1m");
        row("10 % / 30m", "10% / 30m");
        row("0 / 15s", "");
        row("-1 / 15s", "");
        row("4", "");
        row("4 / 15", "");
        row("4 / 31m", "");
        row("4 / 0.5s", "");
        row("x / 15s", "");
        row("10001 / 15s", "");
    }

    void ratePoliciesAreRead()
    {
        QFETCH(QString, words);
        QFETCH(QString, written);
        const auto parsed = parseRatePolicy(words.toStdString());
        QCOMPARE(parsed.ok() ? QString::fromStdString(toText(*parsed)) : QString(), written);
    }

    void theLimitIsSaidWithTheArithmetic()
    {
        Policy one = policy();
        one.up.rates = {rate("100% / 15s")};
        const Decision decision = decide(one, looked({2, 2}, {640}), {});
        QCOMPARE(decision.asked, 9);
        QCOMPARE(decision.recommended, 4);
        QCOMPARE(
            text(decision),
            QStringLiteral("2 ready × 4.27 (640 / 150 requests/s) = 8.53 → 9; limited to 4 by "
                           "+100% in 15 s"));
    }
};

QTEST_GUILESS_MAIN(TestScalingRules)
#include "tst_scaling_rules.moc"
