// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/baseline/BaselineReport.h"
#include "shared/metrics/Baseline.h"

#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTest>

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

class TestBaselinePdf : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (QStandardPaths::findExecutable("pdftotext").isEmpty()) {
            QSKIP("pdftotext is not installed");
        }
    }

    void paperShowsEverySeriesOnNumberedPages()
    {
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

QTEST_APPLESS_MAIN(TestBaselinePdf)
#include "tst_baseline_pdf.moc"
