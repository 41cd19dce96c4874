// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/live/LiveHistory.h"
#include "server/metrics/live/LiveQueries.h"
#include "tests/support/Programs.h"

#include <QtTest>

#include <atomic>
#include <cmath>

using namespace pilothouse;
using namespace pilothouse::metrics;
using pilothouse::test::waitUntil;

namespace {

constexpr TimestampMs kStart = 1'700'000'000'000;

class ManualClock final : public Clock
{
public:
    absl::Time now() const override { return absl::FromUnixMillis(kStart + m_millis.load()); }
    absl::Duration monotonic() const override { return absl::Milliseconds(m_millis.load()); }
    void advance(TimestampMs millis) { m_millis += millis; }

private:
    std::atomic<TimestampMs> m_millis = 0;
};

/// Answers one series whose value is its time in seconds, and counts.
struct Engine
{
    std::atomic<int> evaluations = 0;
    std::atomic<int> series = 1;
    std::atomic<TimestampMs> lastSpan = 0;
    std::atomic<bool> fails = false;
    /// Time of one value that is raised to a spike.
    std::atomic<TimestampMs> spikeAt = 0;
    ManualClock* clock = nullptr;
    std::atomic<TimestampMs> costMs = 0;

    class Expression final : public StandingExpression
    {
    public:
        explicit Expression(Engine& engine) : m_engine(engine) {}

        absl::StatusOr<Matrix> range(TimestampMs start, TimestampMs end, TimestampMs step) override
        {
            ++m_engine.evaluations;
            m_engine.lastSpan = (end - start) / step + 1;
            m_engine.clock->advance(m_engine.costMs);
            if (m_engine.fails) {
                return absl::InvalidArgumentError("many-to-many matching");
            }
            Matrix matrix;
            for (int number = 0; number < m_engine.series; ++number) {
                SeriesPoints points;
                points.labels = {{"number", std::to_string(number)}};
                for (TimestampMs time = start; time <= end; time += step) {
                    points.times.push_back(time);
                    const TimestampMs seconds = time / 1000;
                    points.values.push_back(time == m_engine.spikeAt ? 1e18 : double(seconds));
                }
                matrix.push_back(std::move(points));
            }
            return matrix;
        }

    private:
        Engine& m_engine;
    };
};

struct Fixture
{
    explicit Fixture(LiveLimits limits = {}, int queue = 64)
        : executor("queries", 1, queue),
          queries(
              [this](
                  const std::string& text) -> absl::StatusOr<std::unique_ptr<StandingExpression>> {
                  if (text == "bad(") {
                      return absl::InvalidArgumentError("1:5: parse error");
                  }
                  return std::make_unique<Engine::Expression>(engine);
              },
              executor,
              clock,
              instruments,
              limits)
    {
        engine.clock = &clock;
    }

    /// Moves to the next second and waits until the evaluation is done.
    void second()
    {
        const int before = engine.evaluations;
        clock.advance(1000);
        queries.tick();
        QVERIFY(waitUntil([&] { return engine.evaluations > before; }));
        settle();
    }

    void settle()
    {
        QVERIFY(waitUntil([&] {
            const auto status = executor.status();
            return status.active == 0 && status.queued == 0;
        }));
    }

    ManualClock clock;
    prometheus::Registry registry;
    Instruments instruments{registry};
    Engine engine;
    platform::Executor executor;
    LiveQueries queries;
};

LiveQueryRequest minute(int maxPoints = 600)
{
    return {.expression = "x", .window = absl::Minutes(1), .maxPoints = maxPoints};
}

LiveMessage taken(LiveWatch& watch)
{
    std::optional<LiveMessage> message;
    waitUntil([&] {
        message = watch.take();
        return message.has_value();
    });
    return message.value_or(LiveMessage());
}

SeriesPoints points(std::vector<TimestampMs> times, std::vector<double> values)
{
    return {.labels = {{"a", "b"}}, .times = std::move(times), .values = std::move(values)};
}

} // namespace

class LiveTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void historyMarksWhereASeriesStops()
    {
        LiveHistory history(1000);
        history.append(1000, 5000, {points({1000, 2000, 5000}, {1, 2, 5})});
        QCOMPARE(history.last(), TimestampMs(5000));
        Matrix all = history.since(0);
        QCOMPARE(all.size(), std::size_t(1));
        QCOMPARE(all[0].times, (std::vector<TimestampMs>{1000, 2000, 3000, 5000}));
        QVERIFY(std::isnan(all[0].values[2]));
        history.append(6000, 7000, {});
        const Matrix rest = history.since(5000);
        QCOMPARE(rest[0].times, (std::vector<TimestampMs>{6000}));
        QVERIFY(std::isnan(rest[0].values[0]));
        QVERIFY(history.since(6000).empty());
        QVERIFY(history.since(7000).empty());
    }

    void historyForgetsSeriesThatEnded()
    {
        LiveHistory history(1000);
        history.append(1000, 2000, {points({1000, 2000}, {1, 2})});
        for (TimestampMs time = 3000; time <= 200000; time += 1000) {
            history.append(time, time, {});
            history.dropBefore(time - 10000);
        }
        QCOMPARE(history.points(), std::size_t(0));
        QVERIFY(history.first() >= 190000);
        history.dropBefore(300000);
        QVERIFY(history.empty());
    }

    void snapshotThenIncrements()
    {
        Fixture fixture;
        auto watch = fixture.queries.watch(minute(), "", [] {});
        QVERIFY(watch.ok());
        const LiveMessage first = taken(**watch);
        QVERIFY(first.update.snapshot);
        QCOMPARE(first.update.series.size(), std::size_t(1));
        QCOMPARE(first.update.series[0].times.size(), std::size_t(61));
        QCOMPARE(first.update.series[0].times.back(), kStart);
        for (int round = 1; round <= 3; ++round) {
            fixture.second();
            const LiveMessage next = taken(**watch);
            QVERIFY(!next.update.snapshot);
            QCOMPARE(next.update.conflated, 0);
            QCOMPARE(
                next.update.series[0].times, (std::vector<TimestampMs>{kStart + round * 1000}));
        }
        QCOMPARE(fixture.engine.lastSpan.load(), TimestampMs(1));
        QVERIFY(!(*watch)->take().has_value());
    }

    void oneEvaluationForAllWatchers()
    {
        Fixture fixture;
        std::vector<std::unique_ptr<LiveWatch>> watches;
        std::atomic<int> calls = 0;
        for (int number = 0; number < 20; ++number) {
            auto watch = fixture.queries.watch(minute(), "", [&] { ++calls; });
            QVERIFY(watch.ok());
            watches.push_back(std::move(*watch));
        }
        fixture.settle();
        for (const auto& watch : watches) {
            QVERIFY(taken(*watch).update.snapshot);
        }
        QCOMPARE(fixture.engine.evaluations.load(), 1);
        fixture.second();
        QCOMPARE(fixture.engine.evaluations.load(), 2);
        QCOMPARE(fixture.instruments.liveWatchers.Value(), 20.0);
        QCOMPARE(fixture.instruments.liveQueries.Value(), 1.0);
        QVERIFY(calls >= 40);
    }

    void slowWatcherGetsWhatItMissedAsOneMessage()
    {
        Fixture fixture;
        auto watch = fixture.queries.watch(minute(), "", [] {});
        taken(**watch);
        for (int round = 0; round < 5; ++round) {
            fixture.second();
        }
        const LiveMessage message = taken(**watch);
        QVERIFY(!message.update.snapshot);
        QCOMPARE(message.update.conflated, 4);
        QCOMPARE(message.update.series[0].times.size(), std::size_t(5));
        QCOMPARE(fixture.instruments.liveConflations.Value(), 4.0);
    }

    void watcherBehindItsWindowGetsASnapshot()
    {
        Fixture fixture;
        auto watch = fixture.queries.watch(minute(), "", [] {});
        taken(**watch);
        fixture.clock.advance(120'000);
        fixture.second();
        const LiveMessage message = taken(**watch);
        QVERIFY(message.update.snapshot);
        QCOMPARE(message.update.series[0].times.size(), std::size_t(61));
    }

    void neverMoreThanMaxPointsAndNoSpikeLost()
    {
        Fixture fixture;
        fixture.engine.spikeAt = kStart - 100'000;
        LiveQueryRequest request{.expression = "x", .window = absl::Minutes(10), .maxPoints = 60};
        auto watch = fixture.queries.watch(request, "", [] {});
        std::vector<TimestampMs> held;
        int snapshots = 0;
        for (int round = 0; round < 100; ++round) {
            const LiveMessage message = taken(**watch);
            if (message.update.snapshot) {
                ++snapshots;
                held.clear();
                const auto& values = message.update.series[0].values;
                QVERIFY(std::find(values.begin(), values.end(), 1e18) != values.end());
            }
            const auto& times = message.update.series[0].times;
            held.insert(held.end(), times.begin(), times.end());
            QVERIFY(held.size() <= 60);
            QVERIFY(std::is_sorted(held.begin(), held.end()));
            fixture.second();
        }
        QVERIFY(snapshots > 1 && snapshots < 10);
    }

    void resumesWithoutASnapshot()
    {
        Fixture fixture;
        auto watch = fixture.queries.watch(minute(), "", [] {});
        taken(**watch);
        fixture.second();
        const LiveMessage last = taken(**watch);
        watch->reset();
        fixture.clock.advance(7000);
        auto again = fixture.queries.watch(minute(), last.resumeToken, [] {});
        fixture.settle();
        const LiveMessage message = taken(**again);
        QVERIFY(!message.update.snapshot);
        QCOMPARE(message.update.series[0].times.size(), std::size_t(7));
        QCOMPARE(message.update.series[0].times.front(), last.update.series[0].times.back() + 1000);
    }

    void badTokenOnlyCostsASnapshot_data()
    {
        QTest::addColumn<QByteArray>("token");
        QTest::newRow("noise") << QByteArray("garbage");
        QTest::newRow("dots") << QByteArray("...");
        QTest::newRow("numbers") << QByteArray("1.2.3");
        QTest::newRow("overflow") << QByteArray("ffffffffffffffffff.1.1");
        QTest::newRow("negative") << QByteArray("1.-5.1");
    }

    void badTokenOnlyCostsASnapshot()
    {
        QFETCH(QByteArray, token);
        Fixture fixture;
        auto watch = fixture.queries.watch(minute(), token.toStdString(), [] {});
        QVERIFY(watch.ok());
        QVERIFY(taken(**watch).update.snapshot);
    }

    void tokenOfAnotherRequestOnlyCostsASnapshot()
    {
        Fixture fixture;
        auto watch = fixture.queries.watch(minute(), "", [] {});
        const LiveMessage message = taken(**watch);
        LiveQueryRequest other = minute();
        other.window = absl::Minutes(2);
        auto second = fixture.queries.watch(other, message.resumeToken, [] {});
        fixture.settle();
        const LiveMessage answer = taken(**second);
        QVERIFY(answer.update.snapshot);
        QCOMPARE(answer.update.series[0].times.size(), std::size_t(121));
    }

    void aLongerWindowFillsTheSharedHistory()
    {
        Fixture fixture;
        auto shorter = fixture.queries.watch(minute(), "", [] {});
        taken(**shorter);
        LiveQueryRequest request = minute();
        request.window = absl::Minutes(5);
        auto longer = fixture.queries.watch(request, "", [] {});
        fixture.settle();
        QCOMPARE(taken(**longer).update.series[0].times.size(), std::size_t(301));
        QCOMPARE(fixture.engine.evaluations.load(), 2);
        fixture.second();
        QCOMPARE(fixture.engine.evaluations.load(), 3);
        QCOMPARE(taken(**longer).update.series[0].times.size(), std::size_t(1));
        QVERIFY(!taken(**shorter).update.snapshot);
    }

    void anErrorTravelsAndTheStreamGoesOn()
    {
        Fixture fixture;
        auto watch = fixture.queries.watch(minute(), "", [] {});
        taken(**watch);
        fixture.engine.fails = true;
        fixture.second();
        const LiveMessage failed = taken(**watch);
        QVERIFY(failed.update.error.find("many-to-many") != std::string::npos);
        QVERIFY(!failed.update.snapshot);
        // The chart shows a gap from here on.
        QVERIFY(std::isnan(failed.update.series[0].values[0]));
        fixture.engine.fails = false;
        fixture.second();
        const LiveMessage recovered = taken(**watch);
        QVERIFY(recovered.update.error.empty());
        QCOMPARE(recovered.update.series[0].values.size(), std::size_t(1));
    }

    void aSlowQueryIsEvaluatedLessOften()
    {
        Fixture fixture;
        fixture.engine.costMs = 2000;
        auto watch = fixture.queries.watch(minute(), "", [] {});
        fixture.settle();
        QCOMPARE(fixture.engine.evaluations.load(), 1);
        for (int tenth = 0; tenth < 70; ++tenth) {
            fixture.clock.advance(100);
            fixture.queries.tick();
            fixture.settle();
        }
        QCOMPARE(fixture.engine.evaluations.load(), 1);
        fixture.clock.advance(1100);
        fixture.queries.tick();
        QVERIFY(waitUntil([&] { return fixture.engine.evaluations == 2; }));
        // The steps in between are not lost.
        taken(**watch);
        QVERIFY(fixture.engine.lastSpan > 8);
    }

    void badRequestsAreRefused_data()
    {
        QTest::addColumn<QByteArray>("expression");
        QTest::addColumn<qint64>("seconds");
        QTest::addColumn<int>("maxPoints");
        QTest::newRow("bad expression") << QByteArray("bad(") << qint64(60) << 0;
        QTest::newRow("no expression") << QByteArray() << qint64(60) << 0;
        QTest::newRow("no window") << QByteArray("x") << qint64(0) << 0;
        QTest::newRow("negative window") << QByteArray("x") << qint64(-5) << 0;
        QTest::newRow("endless window") << QByteArray("x") << qint64(86400 * 400) << 0;
        QTest::newRow("negative points") << QByteArray("x") << qint64(60) << -1;
    }

    void badRequestsAreRefused()
    {
        QFETCH(QByteArray, expression);
        QFETCH(qint64, seconds);
        QFETCH(int, maxPoints);
        Fixture fixture;
        const LiveQueryRequest request{
            .expression = expression.toStdString(),
            .window = absl::Seconds(seconds),
            .maxPoints = maxPoints};
        const auto watch = fixture.queries.watch(request, "", [] {});
        QCOMPARE(watch.status().code(), absl::StatusCode::kInvalidArgument);
        QCOMPARE(fixture.instruments.liveWatchers.Value(), 0.0);
    }

    void limitsAreClear()
    {
        Fixture fixture({.queries = 2, .watchers = 3});
        std::vector<std::unique_ptr<LiveWatch>> watches;
        for (const char* expression : {"a", "b"}) {
            LiveQueryRequest request = minute();
            request.expression = expression;
            auto watch = fixture.queries.watch(request, "", [] {});
            QVERIFY(watch.ok());
            watches.push_back(std::move(*watch));
        }
        LiveQueryRequest third = minute();
        third.expression = "c";
        QCOMPARE(
            fixture.queries.watch(third, "", [] {}).status().code(),
            absl::StatusCode::kResourceExhausted);
        third.expression = "a";
        watches.push_back(std::move(*fixture.queries.watch(third, "", [] {})));
        QCOMPARE(
            fixture.queries.watch(third, "", [] {}).status().code(),
            absl::StatusCode::kResourceExhausted);
        // An abandoned query makes room after a while.
        watches.clear();
        fixture.settle();
        fixture.clock.advance(61'000);
        third.expression = "c";
        fixture.queries.tick();
        QVERIFY(fixture.queries.watch(third, "", [] {}).ok());
    }

    void tooManySeriesIsAnErrorOfThatQuery()
    {
        Fixture fixture({.series = 10, .pointsOfOne = 1000});
        fixture.engine.series = 11;
        auto watch = fixture.queries.watch(minute(), "", [] {});
        QVERIFY(taken(**watch).update.error.find("11 series") != std::string::npos);
        fixture.engine.series = 10;
        fixture.second();
        QVERIFY(taken(**watch).update.error.empty());
    }

    void aFullExecutorDelays()
    {
        Fixture fixture({}, 1);
        std::atomic<bool> isOpen = false;
        std::atomic<bool> isBlocking = false;
        QVERIFY(fixture.executor
                    .submit([&] {
                        isBlocking = true;
                        while (!isOpen) {
                            QThread::yieldCurrentThread();
                        }
                    })
                    .ok());
        QVERIFY(waitUntil([&] { return isBlocking.load(); }));
        QVERIFY(fixture.executor.submit([] {}).ok());
        auto watch = fixture.queries.watch(minute(), "", [] {});
        QVERIFY(watch.ok());
        QCOMPARE(fixture.instruments.liveEvaluationsDelayed.Value(), 1.0);
        isOpen = true;
        fixture.settle();
        fixture.queries.tick();
        QVERIFY(taken(**watch).update.snapshot);
    }

    void aClockThatJumpsBackBeginsAnew()
    {
        Fixture fixture;
        auto watch = fixture.queries.watch(minute(), "", [] {});
        taken(**watch);
        fixture.clock.advance(3'600'000);
        fixture.second();
        taken(**watch);
        fixture.clock.advance(-1'800'000);
        fixture.queries.tick();
        fixture.settle();
        // Monotonic time went back too here, so that only a new watch makes the query due.
        auto second = fixture.queries.watch(minute(), "", [] {});
        fixture.settle();
        QVERIFY(taken(**watch).update.snapshot);
    }

    void aWatchCanEndInsideItsCallback()
    {
        Fixture fixture;
        std::unique_ptr<LiveWatch> held;
        std::mutex mutex;
        std::atomic<bool> isDone = false;
        {
            const std::lock_guard lock(mutex);
            auto watch = fixture.queries.watch(minute(), "", [&] {
                const std::lock_guard inner(mutex);
                held.reset();
                isDone = true;
            });
            held = std::move(*watch);
        }
        QVERIFY(waitUntil([&] { return isDone.load(); }));
        QCOMPARE(fixture.instruments.liveWatchers.Value(), 0.0);
    }

    void stepGrowsWithTheWindow()
    {
        QCOMPARE(LiveQueries::stepOf(absl::Minutes(30)), absl::Seconds(1));
        QCOMPARE(LiveQueries::stepOf(absl::Hours(2)), absl::Seconds(1));
        QCOMPARE(LiveQueries::stepOf(absl::Hours(3)), absl::Seconds(2));
        QCOMPARE(LiveQueries::stepOf(absl::Hours(24)), absl::Seconds(15));
        QCOMPARE(LiveQueries::stepOf(absl::Hours(24 * 7)), absl::Seconds(120));
    }
};

QTEST_APPLESS_MAIN(LiveTest)
#include "LiveTest.moc"
