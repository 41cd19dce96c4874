// SPDX-License-Identifier: Apache-2.0
#include "shared/rollouts/Analysis.h"
#include "shared/rollouts/Expressions.h"

#include <QTest>

using namespace pilothouse::rollouts;

namespace {

const absl::Time kStart = absl::FromUnixSeconds(1'795'271'400);

AnalysisMetric metric(const std::string& name = "rate")
{
    AnalysisMetric one;
    one.name = name;
    one.interval = absl::Seconds(60);
    one.count = 3;
    return one;
}

/// Measured like this, one letter each: s, f, i, e.
MetricAnalysis measured(const AnalysisMetric& metric, const QString& letters)
{
    MetricAnalysis analysis(metric, kStart);
    for (const QChar letter : letters) {
        const Measurement measurement = letter == 's'   ? Measurement::Successful
                                        : letter == 'f' ? Measurement::Failed
                                        : letter == 'i' ? Measurement::Inconclusive
                                                        : Measurement::Error;
        analysis.add(measurement, "0.97", kStart);
    }
    return analysis;
}

QString phaseOf(const MetricAnalysis& analysis)
{
    return QString::fromStdString(analysisPhaseName(analysis.phase()));
}

} // namespace

class TestRolloutAnalysis : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void twoConditionsMakeAMeasurement_data()
    {
        QTest::addColumn<int>("success"); // -1 = there is none
        QTest::addColumn<int>("failure");
        QTest::addColumn<int>("measurement");
        const auto row = [](const char* name, int success, int failure, Measurement measurement) {
            QTest::newRow(name) << success << failure << static_cast<int>(measurement);
        };
        row("success holds", 1, -1, Measurement::Successful);
        row("success does not", 0, -1, Measurement::Failed);
        row("failure holds", -1, 1, Measurement::Failed);
        row("failure does not", -1, 0, Measurement::Successful);
        row("neither", 0, 0, Measurement::Inconclusive);
        row("both", 1, 1, Measurement::Failed);
        row("only success", 1, 0, Measurement::Successful);
    }

    void twoConditionsMakeAMeasurement()
    {
        QFETCH(int, success);
        QFETCH(int, failure);
        QFETCH(int, measurement);
        const auto optional = [](int value) {
            return value < 0 ? std::nullopt : std::optional(value == 1);
        };
        QCOMPARE(
            static_cast<int>(measurementOf(optional(success), optional(failure))), measurement);
    }

    void measurementsAreCounted_data()
    {
        QTest::addColumn<QString>("letters");
        QTest::addColumn<int>("failures");
        QTest::addColumn<int>("inconclusive");
        QTest::addColumn<int>("errors");
        QTest::addColumn<int>("count");
        QTest::addColumn<QString>("phase");
        const auto row = [](const char* name,
                            const char* letters,
                            int failures,
                            int inconclusive,
                            int errors,
                            int count,
                            const char* phase) {
            QTest::newRow(name) << letters << failures << inconclusive << errors << count << phase;
        };
        row("none yet", "", 0, 0, 4, 3, "running");
        row("enough", "sss", 0, 0, 4, 3, "successful");
        row("one failure is too many", "sf", 0, 0, 4, 3, "failed");
        row("one failure may be", "sfs", 1, 0, 4, 3, "successful");
        row("two may not", "fsf", 1, 0, 4, 3, "failed");
        row("inconclusive", "si", 0, 0, 4, 3, "inconclusive");
        row("may be inconclusive", "sis", 0, 1, 4, 3, "successful");
        row("errors are no measurements", "seses", 0, 0, 4, 3, "successful");
        row("errors in a row", "see", 0, 0, 1, 3, "in error");
        row("not in a row", "eseses", 0, 0, 1, 3, "successful");
        row("without an end", "ssssssssss", 0, 0, 4, 0, "running");
        row("failed at its end", "ssf", 0, 0, 4, 3, "failed");
    }

    void measurementsAreCounted()
    {
        QFETCH(QString, letters);
        QFETCH(int, failures);
        QFETCH(int, inconclusive);
        QFETCH(int, errors);
        QFETCH(int, count);
        QFETCH(QString, phase);
        AnalysisMetric one = metric();
        one.failureLimit = failures;
        one.inconclusiveLimit = inconclusive;
        one.consecutiveErrorLimit = errors;
        one.count = count;
        QCOMPARE(phaseOf(measured(one, letters)), phase);
    }

    void eachComesAfterItsInterval()
    {
        AnalysisMetric one = metric();
        one.initialDelay = absl::Seconds(5);
        MetricAnalysis analysis(one, kStart);
        QVERIFY(!analysis.isDue(kStart + absl::Seconds(4)));
        QVERIFY(analysis.isDue(kStart + absl::Seconds(5)));
        analysis.add(Measurement::Successful, "1", kStart + absl::Seconds(5));
        QVERIFY(!analysis.isDue(kStart + absl::Seconds(64)));
        QVERIFY(analysis.isDue(kStart + absl::Seconds(65)));
        // After an error it is not waited for so long.
        analysis.add(Measurement::Error, "no answer", kStart + absl::Seconds(65));
        QVERIFY(analysis.isDue(kStart + absl::Seconds(75)));
        analysis.add(Measurement::Failed, "0", kStart + absl::Seconds(75));
        QVERIFY(!analysis.isDue(kStart + absl::Hours(1))); // it is over
    }

    void theWorstDecides()
    {
        AnalysisMetric dry = metric("dry");
        dry.isDryRun = true;
        const auto state = stateOf(
            {measured(metric("good"), "sss"), measured(dry, "f"), measured(metric("bad"), "f")});
        QCOMPARE(state.phase, AnalysisPhase::Failed);
        QCOMPARE(state.detail, std::string("bad: 1 of 3 measured, 1 failed; last 0.97"));
        const auto running = stateOf({measured(metric("a"), "sss"), measured(metric("b"), "s")});
        QCOMPARE(running.phase, AnalysisPhase::Running);
        QCOMPARE(
            running.detail,
            std::string("a: 3 of 3 measured; last 0.97 · b: 1 of 3 measured; last 0.97"));
        const auto onlyDry = stateOf({measured(dry, "f")});
        QCOMPARE(onlyDry.phase, AnalysisPhase::Successful);
        QVERIFY(onlyDry.detail.find("1 failed; last 0.97 (dry run)") != std::string::npos);
    }

    void theSidesStandInTheExpression()
    {
        QCOMPARE(withSide("x{a='$side'} / y{a='$side'}", "b"), std::string("x{a='b'} / y{a='b'}"));
        QCOMPARE(withSides("$candidate - $stable - $side", "g", "b"), std::string("g - b - $side"));
    }

    void theResultStandsInTheCondition_data()
    {
        QTest::addColumn<QString>("condition");
        QTest::addColumn<QString>("expression");
        QTest::newRow("once") << "result >= 0.95"
                              << "(up) >= 0.95";
        QTest::newRow("twice") << "result > 1 and result < 2"
                               << "(up) > 1 and (up) < 2";
        QTest::newRow("other words") << "results + my_result + result:x > result"
                                     << "results + my_result + result:x > (up)";
        QTest::newRow("nowhere") << "up > 1"
                                 << "up > 1";
        QTest::newRow("empty") << ""
                               << "";
    }

    void theResultStandsInTheCondition()
    {
        QFETCH(QString, condition);
        QFETCH(QString, expression);
        QCOMPARE(QString::fromStdString(withResult(condition.toStdString(), "up")), expression);
        QCOMPARE(hasResult(condition.toStdString()), condition != expression);
    }
};

QTEST_GUILESS_MAIN(TestRolloutAnalysis)
#include "tst_rollout_analysis.moc"
