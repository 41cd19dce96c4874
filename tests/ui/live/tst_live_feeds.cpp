// SPDX-License-Identifier: Apache-2.0
#include "tests/support/ui/PageFixture.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/live/LiveQueryFeed.h"
#include "ui/live/SeriesNames.h"
#include "ui/live/SeriesWindow.h"

#include <QSignalSpy>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

constexpr std::int64_t kNow = StandingClock::kStartMs;

metrics::SeriesPoints points(const char* name, std::vector<metrics::TimestampMs> times)
{
    metrics::SeriesPoints result{{{"name", name}}, std::move(times), {}};
    result.values.assign(result.times.size(), 1.0);
    return result;
}

} // namespace

class LiveFeedsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<PageFixture>(); }

    void incrementsGoToTheEndAndOldPointsGo()
    {
        SeriesWindow window;
        window.apply(true, {points("a", {1000, 2000, 3000}), points("b", {1000})});
        window.apply(false, {points("a", {3000, 4000}), points("c", {4000})});
        QCOMPARE(window.series().size(), std::size_t{3});
        QCOMPARE(window.find({{"name", "a"}})->times.size(), std::size_t{4});
        window.trimBefore(2500);
        // One point before the edge stays; what lies wholly before it goes.
        QCOMPARE(window.find({{"name", "a"}})->times.front(), metrics::TimestampMs{2000});
        QVERIFY(window.find({{"name", "b"}}) == nullptr);
        QVERIFY(window.find({{"name", "c"}}) != nullptr);
        window.apply(true, {points("d", {1})});
        QCOMPARE(window.series().size(), std::size_t{1});
    }

    void olderPointsNeverGoBack()
    {
        SeriesWindow window;
        window.apply(true, {points("a", {1000, 2000})});
        window.apply(false, {points("a", {500, 1500, 2000})});
        QCOMPARE(
            window.find({{"name", "a"}})->times, (std::vector<metrics::TimestampMs>{1000, 2000}));
    }

    void longSeriesAreThinnedWithoutLosingExtremes()
    {
        metrics::SeriesPoints series = points("a", {});
        for (int at = 0; at < 5000; ++at) {
            series.times.push_back(at * 1000);
            series.values.push_back(at == 1234 ? 99 : 1);
        }
        SeriesWindow window;
        window.apply(true, {series});
        window.thin(0, 5'000'000, 2400, 400);
        const metrics::SeriesPoints& thinned = window.series()[0];
        QVERIFY(thinned.times.size() <= 400);
        QCOMPARE(*std::ranges::max_element(thinned.values), 99.0);
        QCOMPARE(thinned.times.back(), metrics::TimestampMs{4'999'000});
    }

    void namesLeaveOutWhatAllShare()
    {
        metrics::Matrix series;
        series.push_back({{{"__name__", "x"}, {"job", "demo"}, {"mode", "idle"}}, {}, {}});
        series.push_back({{{"__name__", "x"}, {"job", "demo"}, {"mode", "user"}}, {}, {}});
        QCOMPARE(
            seriesNames(series, {}), (QStringList{QStringLiteral("idle"), QStringLiteral("user")}));
        series.pop_back();
        QCOMPARE(seriesNames(series, QStringLiteral("p99")), QStringList{QStringLiteral("p99")});
    }

    void followsPausesZoomsAndComesBack()
    {
        LiveQueryFeed feed(m_world->metrics(), m_world->time());
        feed.open(QStringLiteral("up"));
        QCOMPARE(feed.state(), LiveQueryFeed::State::Loading);
        auto& stream = m_world->metrics().queryStream;
        stream.push({true, {points("a", {kNow})}, absl::FromUnixMillis(kNow), 0, {}});
        QTRY_COMPARE(feed.state(), LiveQueryFeed::State::Live);
        m_world->time().setPaused(true);
        QCOMPARE(stream.open().size(), std::size_t{0});
        QTest::qWait(2 * LiveQueryFeed::kSettleMs);
        QCOMPARE(m_world->metrics().rangeQueries.pending(), 0);
        m_world->time().setPaused(false);
        QCOMPARE(stream.open().size(), std::size_t{1});
        for (int step = 1; step < 5; ++step) {
            m_world->time().zoomTo(
                absl::FromUnixMillis(kNow - 900'000 + step * 1000), absl::FromUnixMillis(kNow));
        }
        // Only where the zooming stopped is asked for.
        QTRY_COMPARE(m_world->metrics().rangeQueries.requests().size(), std::size_t{1});
        QCOMPARE(feed.series().size(), std::size_t{1}); // old data stays meanwhile
        m_world->metrics().rangeQueries.answer(metrics::Matrix{});
        QTRY_VERIFY(feed.series().empty());
    }

    void aBrokenEvaluationKeepsDataAndSaysWhy()
    {
        LiveQueryFeed feed(m_world->metrics(), m_world->time());
        feed.open(QStringLiteral("up"));
        auto& stream = m_world->metrics().queryStream;
        stream.push({true, {points("a", {kNow})}, absl::FromUnixMillis(kNow), 0, {}});
        stream.push({false, {}, absl::FromUnixMillis(kNow + 1000), 0, "too many samples"});
        QTRY_COMPARE(feed.state(), LiveQueryFeed::State::Failed);
        QCOMPARE(feed.error().message(), "too many samples");
        QCOMPARE(feed.series().size(), std::size_t{1});
        stream.push(
            {false, {points("a", {kNow + 2000})}, absl::FromUnixMillis(kNow + 2000), 0, {}});
        QTRY_COMPARE(feed.state(), LiveQueryFeed::State::Live);
    }

    void aFloodMakesOneCallAndAsksForASnapshot()
    {
        LiveQueryFeed feed(m_world->metrics(), m_world->time());
        feed.open(QStringLiteral("up"));
        QSignalSpy changed(&feed, &LiveQueryFeed::changed);
        auto& stream = m_world->metrics().queryStream;
        for (int at = 0; at < 500; ++at) {
            stream.push(
                {false, {points("a", {kNow + at})}, absl::FromUnixMillis(kNow + at), 0, {}});
        }
        QTRY_COMPARE(changed.count(), 1);
        QCOMPARE(stream.requests().size(), std::size_t{2});
        QCOMPARE(stream.open().size(), std::size_t{1});
    }

private:
    std::unique_ptr<PageFixture> m_world;
};

PILOTHOUSE_UI_TEST_MAIN(LiveFeedsTest)
#include "tst_live_feeds.moc"
