// SPDX-License-Identifier: Apache-2.0
// The period before, beside the present: what is asked of the server, when again, and where it
// stands in a chart.
#include "tests/support/ui/PageFixture.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/charts/ChartCanvas.h"
#include "ui/charts/ChartGroup.h"
#include "ui/charts/TimeSeriesChart.h"
#include "ui/live/LiveQueryFeed.h"
#include "ui/live/PreviousPeriodFeed.h"
#include "ui/live/SeriesNames.h"

#include <QSignalSpy>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

constexpr std::int64_t kNow = StandingClock::kStartMs;
constexpr std::int64_t kHalfHour = 1'800'000;
const QString kExpression = QStringLiteral("sum by (mode) (x)");

/// Half an hour of samples that ends half an hour ago.
metrics::Matrix earlier(double value)
{
    metrics::SeriesPoints points{{{"mode", "idle"}}, {}, {}};
    for (std::int64_t time = kNow - 2 * kHalfHour; time <= kNow - kHalfHour; time += 5000) {
        points.times.push_back(time);
        points.values.push_back(value);
    }
    return {points};
}

} // namespace

class PreviousPeriodTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<PageFixture>();
        m_feed = std::make_unique<PreviousPeriodFeed>(m_world->metrics(), m_world->time());
    }
    void cleanup()
    {
        m_feed.reset();
        m_world.reset();
    }

    void asksForTheWindowsLengthBefore_data()
    {
        QTest::addColumn<int>("minutes");
        QTest::addColumn<int>("marginSeconds");
        QTest::addColumn<int>("stepSeconds");
        QTest::newRow("five minutes") << 5 << 10 << 1;
        QTest::newRow("half an hour") << 30 << 60 << 5;
        QTest::newRow("a day") << 1440 << 2880 << 216;
    }
    void asksForTheWindowsLengthBefore()
    {
        QFETCH(int, minutes);
        QFETCH(int, marginSeconds);
        QFETCH(int, stepSeconds);
        const absl::Duration length = absl::Minutes(minutes);
        const absl::Duration margin = absl::Seconds(marginSeconds);
        m_world->time().setRange(TimeRange::lastOf(length));
        m_feed->open(kExpression);
        QCOMPARE(requests().size(), std::size_t{1});
        const client::QueryRange& asked = requests().front();
        QCOMPARE(asked.expression, kExpression.toStdString());
        // Beyond the end lies what the window reaches until it is asked again.
        QVERIFY(asked.start == m_world->clock().now() - 2 * length - margin);
        QVERIFY(asked.end == m_world->clock().now() - length + margin);
        QVERIFY(asked.step == absl::Seconds(stepSeconds));
    }

    void aFixedStretchIsAskedForExactly()
    {
        const absl::Time to = m_world->clock().now() - absl::Hours(3);
        m_world->time().setRange(TimeRange::between(to - absl::Hours(1), to));
        m_feed->open(kExpression);
        QVERIFY(requests().front().start == to - absl::Hours(2));
        QVERIFY(requests().front().end == to - absl::Hours(1));
    }

    void standsAtTheTimesOfTheWindow()
    {
        QSignalSpy changed(m_feed.get(), &PreviousPeriodFeed::changed);
        m_feed->open(kExpression);
        m_world->metrics().rangeQueries.answer(earlier(2));
        QTRY_COMPARE(changed.count(), 1);
        QVERIFY(m_feed->shift() == absl::Minutes(30));
        const metrics::SeriesPoints& moved = m_feed->series().front();
        QCOMPARE(moved.times.front(), kNow - kHalfHour);
        QCOMPARE(moved.times.back(), kNow);
        QCOMPARE(moved.values.front(), 2.0);
    }

    void aChartDrawsItBesideThePresent()
    {
        ChartGroup group(m_world->time());
        TimeSeriesChart chart(m_world->theme(), group);
        SeriesColors colors;
        LiveQueryFeed present(m_world->metrics(), m_world->time());
        connect(&present, &LiveQueryFeed::changed, &chart, [&] {
            group.advanceTo(present.evaluatedAt());
            chart.setLines(toChartLines(present.series(), kExpression, colors));
        });
        connect(m_feed.get(), &PreviousPeriodFeed::changed, &chart, [&] {
            chart.setPrevious(
                toChartLines(m_feed->series(), kExpression, colors),
                QStringLiteral("30 m earlier"));
        });
        chart.resize(700, 320);
        chart.show();
        QVERIFY(QTest::qWaitForWindowExposed(&chart));
        present.open(kExpression);
        m_feed->open(kExpression);
        metrics::Matrix now = earlier(4);
        for (metrics::TimestampMs& time : now.front().times) {
            time += kHalfHour;
        }
        m_world->metrics().queryStream.push({true, now, absl::FromUnixMillis(kNow), 0, {}});
        m_world->metrics().rangeQueries.answer(earlier(2));
        QTRY_COMPARE(chart.content().previous.size(), std::size_t{1});
        // The same series, hence the same colour and one entry in the legend.
        QTRY_COMPARE(chart.content().lines.size(), std::size_t{1});
        QVERIFY(chart.content().previousOf(chart.content().lines.front().id) != nullptr);
        QVERIFY2(
            chart.toCsv().endsWith(QStringLiteral("2023-11-14T22:30:00.000Z,4,2\n")),
            qPrintable(chart.toCsv().right(80)));
        // Without it nothing of it is left.
        m_feed->close();
        chart.setPrevious(toChartLines(m_feed->series(), kExpression, colors), {});
        QVERIFY(chart.toCsv().endsWith(QStringLiteral("2023-11-14T22:30:00.000Z,4\n")));
    }

    void onlyTheRangeThatStandsIsAskedFor()
    {
        m_feed->open(kExpression);
        m_world->metrics().rangeQueries.answer(earlier(2));
        for (int step = 1; step < 6; ++step) {
            m_world->time().zoomTo(
                absl::FromUnixMillis(kNow - 900'000 + step * 1000), absl::FromUnixMillis(kNow));
        }
        QCOMPARE(requests().size(), std::size_t{1});
        QTRY_COMPARE(requests().size(), std::size_t{2});
        const absl::Duration length = absl::Milliseconds(895'000);
        QVERIFY(requests().back().end == absl::FromUnixMillis(kNow) - length);
        // What was shown stays until the answer.
        QCOMPARE(m_feed->series().size(), std::size_t{1});
    }

    void aPauseStandsWhereItWasMade()
    {
        m_feed->open(kExpression);
        m_world->time().setPaused(true);
        QTRY_COMPARE(requests().size(), std::size_t{2});
        QVERIFY(requests().back().end == m_world->clock().now() - absl::Minutes(30));
    }

    void whatTheServerRefusesIsSaidAndNothingIsShown()
    {
        m_feed->open(kExpression);
        m_world->metrics().rangeQueries.answer(earlier(2));
        m_world->time().setPaused(true);
        QTRY_COMPARE(requests().size(), std::size_t{2});
        m_world->metrics().rangeQueries.answer(
            absl::ResourceExhaustedError("the expression needs too many samples"));
        QTRY_VERIFY(!m_feed->error().ok());
        QVERIFY(m_feed->series().empty());
        // The next answer that is one takes the error away.
        m_world->time().setPaused(false);
        QTRY_COMPARE(requests().size(), std::size_t{3});
        m_world->metrics().rangeQueries.answer(earlier(3));
        QTRY_VERIFY(m_feed->error().ok());
        QCOMPARE(m_feed->series().front().values.front(), 3.0);
    }

    void anotherExpressionForgetsTheOldOne()
    {
        m_feed->open(kExpression);
        m_world->metrics().rangeQueries.answer(earlier(2));
        QTRY_VERIFY(!m_feed->series().empty());
        m_feed->open(QStringLiteral("y"));
        QVERIFY(m_feed->series().empty());
        QCOMPARE(m_world->metrics().rangeQueries.pending(), 1);
        QCOMPARE(requests().back().expression, std::string("y"));
    }

    void closedAsksNothingMore()
    {
        m_feed->open(kExpression);
        m_feed->close();
        QCOMPARE(m_world->metrics().rangeQueries.pending(), 0);
        m_world->time().zoomTo(
            absl::FromUnixMillis(kNow - 900'000), absl::FromUnixMillis(kNow - 300'000));
        QTest::qWait(2 * LiveQueryFeed::kSettleMs);
        QCOMPARE(requests().size(), std::size_t{1});
        QVERIFY(!m_feed->isOpen());
    }

private:
    const std::vector<client::QueryRange>& requests() const
    {
        return m_world->metrics().rangeQueries.requests();
    }

    std::unique_ptr<PageFixture> m_world;
    std::unique_ptr<PreviousPeriodFeed> m_feed;
};

PILOTHOUSE_UI_TEST_MAIN(PreviousPeriodTest)
#include "tst_previous_period.moc"
