// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/baseline/BaselineReport.h"
#include "server/metrics/baseline/BaselineTables.h"
#include "shared/metrics/Baseline.h"

#include <QTest>

#include <cmath>
#include <limits>

using namespace pilothouse::metrics;

class TestBaseline : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void summaryOfKnownValues()
    {
        std::vector<double> values;
        for (int value = 100; value >= 0; --value) {
            values.push_back(value);
        }
        values.push_back(std::numeric_limits<double>::quiet_NaN());
        values.push_back(std::numeric_limits<double>::infinity());
        const Summary summary = summarize(values);
        QCOMPARE(summary.samples, std::size_t(101));
        QCOMPARE(summary.minimum, 0.0);
        QCOMPARE(summary.maximum, 100.0);
        QCOMPARE(summary.mean, 50.0);
        QCOMPARE(summary.p50, 50.0);
        QCOMPARE(summary.p90, 90.0);
        QCOMPARE(summary.p95, 95.0);
        QCOMPARE(summary.p99, 99.0);
        QVERIFY(std::abs(summary.standardDeviation - 29.154759) < 1e-5);
    }

    void summaryOfNothing()
    {
        QCOMPARE(summarize({}), Summary());
        const std::vector<double> one = {7};
        QCOMPARE(summarize(one).p99, 7.0);
        QCOMPARE(summarize(one).standardDeviation, 0.0);
    }

    void reportComesBackAsItWent()
    {
        Baseline baseline;
        baseline.name = "before";
        baseline.start = absl::FromUnixSeconds(1700000000);
        baseline.end = absl::FromUnixSeconds(1700003600);
        const std::vector<double> values = {1, 2, 3.5};
        baseline.series = {{"throughput", "sum(rate(x[1m]))", "{a=\"b\"}", summarize(values)}};
        baseline.empty = {"nothing_there"};
        const auto read = baselineOf(baselineJson(baseline));
        QVERIFY(read.ok());
        QCOMPARE(read->name, baseline.name);
        QVERIFY(read->end == baseline.end);
        QCOMPARE(read->series.front().summary, baseline.series.front().summary);
        QCOMPARE(read->empty, baseline.empty);
        QVERIFY(absl::IsDataLoss(baselineOf("{}").status()));
        QVERIFY(absl::IsDataLoss(baselineOf("not json").status()));
    }

    void htmlComparesAndEscapes()
    {
        Baseline then;
        then.name = "then";
        const std::vector<double> low = {10, 10};
        const std::vector<double> high = {15, 15};
        then.series = {{"t", "x", "", summarize(low)}};
        Baseline now = then;
        now.name = "<now>";
        now.series.front().summary = summarize(high);
        const QString html = QString::fromStdString(baselineHtml(now, then));
        QVERIFY(html.contains("&lt;now&gt;"));
        QVERIFY(!html.contains("<now>"));
        QVERIFY(html.contains("+50.0 %"));
        const auto changes = compare(now.series, then.series);
        QCOMPARE(changes.size(), std::size_t(1));
        QCOMPARE(changes.front().meanRatio, 1.5);
    }

    void numbersAreShort_data()
    {
        QTest::addColumn<double>("value");
        QTest::addColumn<QString>("shown");
        QTest::newRow("nothing") << 0.0 << "0";
        QTest::newRow("small") << 0.00081321 << "0.0008132";
        QTest::newRow("exact") << 9999.0 << "9999";
        QTest::newRow("thousands") << 62190.0 << "62.19k";
        QTest::newRow("millions") << -55061234.0 << "-55.06M";
        QTest::newRow("thousands of millions") << 1e9 << "1G";
        QTest::newRow("beyond") << 1.5e18 << "1.5e+06T";
        QTest::newRow("infinite") << std::numeric_limits<double>::infinity() << "inf";
    }

    void numbersAreShort()
    {
        QFETCH(double, value);
        QFETCH(QString, shown);
        QCOMPARE(QString::fromStdString(baseline::number(value)), shown);
    }
};

QTEST_APPLESS_MAIN(TestBaseline)
#include "tst_baseline.moc"
