// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/baseline/BaselineReport.h"
#include "server/metrics/baseline/BaselineText.h"
#include "shared/metrics/Baseline.h"

#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTest>

#include <cmath>
#include <limits>

using namespace pilothouse::metrics;

namespace {

/// What another program reads in it; pages end with a form feed.
QString textOf(const std::string& pdf)
{
    QProcess reader;
    reader.start("pdftotext", {"-layout", "-enc", "UTF-8", "-", "-"});
    reader.write(pdf.data(), static_cast<qint64>(pdf.size()));
    reader.closeWriteChannel();
    return reader.waitForFinished() && reader.exitCode() == 0
               ? QString::fromUtf8(reader.readAllStandardOutput())
               : QString();
}

} // namespace

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

    void paperShowsEverySeriesOnNumberedPages()
    {
        if (QStandardPaths::findExecutable("pdftotext").isEmpty()) {
            QSKIP("pdftotext is not installed");
        }
        const std::vector<double> low = {10, 10};
        const std::vector<double> high = {15, 15};
        Baseline then;
        then.name = "then";
        Baseline now;
        now.name = "now";
        for (int index = 0; index < 200; ++index) {
            const std::string name = "series" + std::to_string(index);
            then.series.push_back({name, "x", "", summarize(low)});
            now.series.push_back({name, "x", "", summarize(high)});
        }
        now.empty = {"nothing_there"};
        const auto pdf = baselinePdf(now, then);
        QVERIFY2(pdf.ok(), pdf.status().ToString().c_str());
        const QString text = textOf(*pdf);
        QVERIFY(text.contains("Baseline now"));
        QVERIFY(text.contains("Against then"));
        QCOMPARE(text.count("+50.0 %"), 400);
        QVERIFY(text.contains("nothing_there"));
        for (int index = 0; index < 200; ++index) {
            QCOMPARE(text.count(QString("series%1 ").arg(index)), 2);
        }
        const QStringList pages = text.split('\f', Qt::SkipEmptyParts);
        QVERIFY(pages.size() > 5);
        for (int page = 0; page < pages.size(); ++page) {
            QVERIFY(pages[page].contains(QString("%1 / %2").arg(page + 1).arg(pages.size())));
            QVERIFY(pages[page].contains("Series") || page == pages.size() - 1);
        }
    }

    void paperShowsWhatItsLettersLack_data()
    {
        QTest::addColumn<QByteArray>("label");
        QTest::addColumn<QString>("shown");
        QTest::newRow("latin") << QByteArray("M\xC3\xBCnchen") << QString("München");
        QTest::newRow("beyond") << QByteArray("\xE4\xB8\xAD") << "\\u{4E2D}";
        QTest::newRow("beyond the plane") << QByteArray("\xF0\x9F\x9A\xA2") << "\\u{1F6A2}";
        QTest::newRow("control") << QByteArray("a\nb") << "a\\u{000A}b";
        QTest::newRow("no utf-8") << QByteArray("a\xFFz") << "a\\x{FF}z";
        QTest::newRow("cut short") << QByteArray("a\xE4\xB8") << "a\\x{E4}\\x{B8}";
        QTest::newRow("overlong") << QByteArray("\xC0\xAF") << "\\x{C0}\\x{AF}";
        QTest::newRow("surrogate") << QByteArray("\xED\xA0\x80") << "\\x{ED}\\x{A0}\\x{80}";
    }

    void paperShowsWhatItsLettersLack()
    {
        if (QStandardPaths::findExecutable("pdftotext").isEmpty()) {
            QSKIP("pdftotext is not installed");
        }
        QFETCH(QByteArray, label);
        QFETCH(QString, shown);
        const std::vector<double> values = {1};
        Baseline baseline;
        baseline.name = "letters";
        baseline.series = {{"s", "x", label.toStdString(), summarize(values)}};
        const auto pdf = baselinePdf(baseline, std::nullopt);
        QVERIFY2(pdf.ok(), pdf.status().ToString().c_str());
        QVERIFY2(textOf(*pdf).contains(shown), qPrintable(textOf(*pdf)));
    }

    void paperBreaksWhatIsLong()
    {
        if (QStandardPaths::findExecutable("pdftotext").isEmpty()) {
            QSKIP("pdftotext is not installed");
        }
        const std::vector<double> values = {1};
        Baseline baseline;
        baseline.name = "long";
        // One word over several pages, then words.
        std::string expression(40000, 'e');
        for (int word = 0; word < 200; ++word) {
            expression += " word" + std::to_string(word);
        }
        baseline.series = {
            {"s", expression, "", summarize(values)}, {"behind", "x", "", summarize(values)}};
        const auto pdf = baselinePdf(baseline, std::nullopt);
        QVERIFY2(pdf.ok(), pdf.status().ToString().c_str());
        const QString text = textOf(*pdf);
        QVERIFY(text.count('e') > 40000);
        for (int word = 0; word < 200; ++word) {
            QVERIFY2(
                text.contains(QRegularExpression(QString("word%1\\b").arg(word))),
                qPrintable(QString::number(word)));
        }
        QVERIFY(text.contains("behind"));
        QVERIFY(text.count('\f') > 3);
    }
};

QTEST_APPLESS_MAIN(TestBaseline)
#include "tst_baseline.moc"
