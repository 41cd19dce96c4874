// SPDX-License-Identifier: Apache-2.0
#include "shared/jobs/Cron.h"

#include <QTest>

using namespace pilothouse::jobs;

namespace {

absl::Time at(const QString& text)
{
    absl::Time time;
    std::string error;
    // RFC 3339, with its offset.
    return absl::ParseTime(absl::RFC3339_full, text.toStdString(), &time, &error)
               ? time
               : absl::InfinitePast();
}

QString text(absl::Time time)
{
    return QString::fromStdString(
        absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone()));
}

} // namespace

class TestCron : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nextTimes_data()
    {
        QTest::addColumn<QString>("cron");
        QTest::addColumn<QString>("zone");
        QTest::addColumn<QString>("after");
        QTest::addColumn<QStringList>("expected");
        const auto row = [](const char* name,
                            const char* cron,
                            const char* zone,
                            const char* after,
                            const QStringList& expected) {
            QTest::newRow(name) << QString(cron) << QString(zone) << QString(after) << expected;
        };
        row("every minute",
            "* * * * *",
            "",
            "2026-03-01T12:00:30Z",
            {"2026-03-01T12:01:00Z", "2026-03-01T12:02:00Z"});
        row("strictly after", "0 12 * * *", "", "2026-03-01T12:00:00Z", {"2026-03-02T12:00:00Z"});
        row("steps",
            "*/20 8-9 * * *",
            "",
            "2026-03-01T08:30:00Z",
            {"2026-03-01T08:40:00Z",
             "2026-03-01T09:00:00Z",
             "2026-03-01T09:20:00Z",
             "2026-03-01T09:40:00Z",
             "2026-03-02T08:00:00Z"});
        row("list and open step",
            "5/25 0 * * *",
            "",
            "2026-03-01T00:00:00Z",
            {"2026-03-01T00:05:00Z", "2026-03-01T00:30:00Z", "2026-03-01T00:55:00Z"});
        row("names",
            "0 9 * jan,DEC Mon-Fri",
            "",
            "2026-01-30T10:00:00Z",
            {"2026-12-01T09:00:00Z", "2026-12-02T09:00:00Z"});
        row("sunday is 0 and 7", "0 0 * * 7", "", "2026-03-02T00:00:00Z", {"2026-03-08T00:00:00Z"});
        row("either day",
            "0 0 13 * fri",
            "",
            "2026-02-10T00:00:00Z",
            {"2026-02-13T00:00:00Z",
             "2026-02-20T00:00:00Z",
             "2026-02-27T00:00:00Z",
             "2026-03-06T00:00:00Z"});
        row("both days with a star",
            "0 0 */2 * mon",
            "",
            "2026-03-01T00:00:00Z",
            {"2026-03-09T00:00:00Z", "2026-03-23T00:00:00Z"});
        row("leap day", "0 0 29 2 *", "", "2026-03-01T00:00:00Z", {"2028-02-29T00:00:00Z"});
        row("leap day over 2100",
            "0 0 29 2 *",
            "",
            "2096-03-01T00:00:00Z",
            {"2104-02-29T00:00:00Z"});
        row("month ends",
            "0 0 31 * *",
            "",
            "2026-01-31T00:00:00Z",
            {"2026-03-31T00:00:00Z", "2026-05-31T00:00:00Z"});
        row("macro", "@weekly", "", "2026-03-02T00:00:00Z", {"2026-03-08T00:00:00Z"});
        row("zone",
            "30 2 * * *",
            "Europe/Berlin",
            "2026-01-15T00:00:00Z",
            {"2026-01-15T01:30:00Z"});
        row("half-hour zone",
            "0 9 * * *",
            "Asia/Kolkata",
            "2026-01-15T00:00:00Z",
            {"2026-01-15T03:30:00Z"});

        // Berlin, 29 March 2026: 02:00 becomes 03:00 at 01:00Z.
        row("gap: a time in it runs when it ends",
            "30 2 * * *",
            "Europe/Berlin",
            "2026-03-28T12:00:00Z",
            {"2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"});
        row("gap: two times in it run once",
            "15,45 2 * * *",
            "Europe/Berlin",
            "2026-03-28T12:00:00Z",
            {"2026-03-29T01:00:00Z", "2026-03-30T00:15:00Z"});
        row("gap: a time at its end is not doubled",
            "30 2,3 * * *",
            "Europe/Berlin",
            "2026-03-28T12:00:00Z",
            {"2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"});
        row("gap: elapsed time leaves it out",
            "30 * * * *",
            "Europe/Berlin",
            "2026-03-29T00:00:00Z",
            {"2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z"});
        row("gap: every two hours",
            "0 */2 * * *",
            "Europe/Berlin",
            "2026-03-28T23:30:00Z",
            {"2026-03-29T02:00:00Z", "2026-03-29T04:00:00Z"});
        // Berlin, 25 October 2026: 03:00 becomes 02:00 at 01:00Z.
        row("fold: a time runs in the first",
            "30 2 * * *",
            "Europe/Berlin",
            "2026-10-24T12:00:00Z",
            {"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"});
        row("fold: asked between the two",
            "30 2 * * *",
            "Europe/Berlin",
            "2026-10-25T00:45:00Z",
            {"2026-10-26T01:30:00Z"});
        row("fold: elapsed time runs in both",
            "30 * * * *",
            "Europe/Berlin",
            "2026-10-25T00:00:00Z",
            {"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"});
        // Lord Howe moves by half an hour; on 4 October 2026 02:00 becomes 02:30 at 15:30Z.
        row("half-hour gap",
            "15 2 * * *",
            "Australia/Lord_Howe",
            "2026-10-03T12:00:00Z",
            {"2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"});
        // Samoa left out the whole of 30 December 2011.
        row("a day that never was",
            "0 12 * * *",
            "Pacific/Apia",
            "2011-12-29T23:00:00Z",
            {"2011-12-30T10:00:00Z", "2011-12-30T22:00:00Z"});
    }

    void nextTimes()
    {
        QFETCH(QString, cron);
        QFETCH(QString, zone);
        QFETCH(QString, after);
        QFETCH(QStringList, expected);
        const auto parsed = Cron::parse(cron.toStdString(), zone.toStdString());
        QVERIFY2(parsed.ok(), std::string(parsed.status().message()).c_str());
        absl::Time time = at(after);
        QStringList found;
        for (qsizetype count = 0; count < expected.size(); ++count) {
            time = parsed->next(time);
            found << text(time);
        }
        QCOMPARE(found, expected);
    }

    void wrongExpressionsSayWhere_data()
    {
        QTest::addColumn<QString>("cron");
        QTest::addColumn<QString>("zone");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* cron, const char* zone, const char* message) {
            QTest::newRow(cron) << QString(cron) << QString(zone) << QString(message);
        };
        row("* * * *", "", "4 fields");
        row("60 * * * *", "", "minute '60' is not between 0 and 59");
        row("* 24 * * *", "", "hour '24' is not between 0 and 23");
        row("* * 0 * *", "", "day of month '0' is not between 1 and 31");
        row("* * * 13 *", "", "month '13'");
        row("* * * * mond", "", "day of week 'mond'");
        row("*/0 * * * *", "", "step that is not a positive number");
        row("30-10 * * * *", "", "runs backwards");
        row("1, * * * *", "", "minute ''");
        row("-5 * * * *", "", "minute ''");
        row("+5 * * * *", "", "minute '+5'");
        row("0 0 30 2 *", "", "never comes true");
        row("0 0 * * *", "Mars/Olympus", "no time zone 'Mars/Olympus'");
    }

    void wrongExpressionsSayWhere()
    {
        QFETCH(QString, cron);
        QFETCH(QString, zone);
        QFETCH(QString, message);
        const auto parsed = Cron::parse(cron.toStdString(), zone.toStdString());
        QVERIFY(absl::IsInvalidArgument(parsed.status()));
        const QString said = QString::fromStdString(std::string(parsed.status().message()));
        QVERIFY2(said.contains(message), qPrintable(said));
    }

    void latestCountsWhatPassed()
    {
        const auto cron = Cron::parse("0 * * * *", "");
        QVERIFY(cron.ok());
        const auto none = cron->latest(at("2026-03-01T12:00:00Z"), at("2026-03-01T12:59:00Z"));
        QCOMPARE(none.passed, 0);
        const auto three = cron->latest(at("2026-03-01T12:00:00Z"), at("2026-03-01T15:00:00Z"));
        QCOMPARE(three.passed, 3);
        QCOMPARE(text(three.time), QString("2026-03-01T15:00:00Z"));
    }

    void theEndsOfTimeAreNoTimes()
    {
        for (const char* expression : {"* * * * *", "0 9 * * 1"}) {
            const auto cron = Cron::parse(expression, "Europe/Berlin");
            QVERIFY(cron.ok());
            QCOMPARE(cron->next(absl::InfiniteFuture()), absl::InfiniteFuture());
            QVERIFY(cron->next(absl::InfinitePast()) < absl::UnixEpoch());
        }
    }

    void previewSaysItInWords_data()
    {
        QTest::addColumn<QString>("cron");
        QTest::addColumn<QString>("words");
        QTest::newRow("daily") << "30 2 * * *"
                               << "at 02:30 every day (UTC)";
        QTest::newRow("often") << "*/5 * * * *"
                               << "every 5 minutes every day (UTC)";
        QTest::newRow("hourly") << "15 * * * *"
                                << "at minute 15 of every hour every day (UTC)";
        QTest::newRow("week") << "0 9,17 * * 1-5"
                              << "at 09:00, 17:00 on 1-5 (UTC)";
        QTest::newRow("month") << "0 0 1 * *"
                               << "at 00:00 on day 1 of the month (UTC)";
    }

    void previewSaysItInWords()
    {
        QFETCH(QString, cron);
        QFETCH(QString, words);
        const auto parsed = Cron::parse(cron.toStdString(), "UTC");
        QVERIFY(parsed.ok());
        const SchedulePreview preview = parsed->preview(at("2026-03-01T12:00:00Z"), 7);
        QCOMPARE(QString::fromStdString(preview.description), words);
        QCOMPARE(preview.times.size(), std::size_t(7));
    }
};

QTEST_APPLESS_MAIN(TestCron)
#include "tst_cron.moc"
