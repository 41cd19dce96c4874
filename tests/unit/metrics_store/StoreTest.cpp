// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/store/Store.h"
#include "tests/unit/metrics_store/ManualClock.h"

#include <QtTest>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

using namespace pilothouse;
using namespace pilothouse::metrics;

namespace {

constexpr TimestampMs kStart = 1800000000000;
constexpr TimestampMs kForever = TimestampMs(1) << 50;

LabelMatcher equal(const std::string& name, const std::string& value)
{
    return {MatchType::Equal, name, value};
}

SampleColumns readAll(const Store& store, const std::vector<LabelMatcher>& matchers)
{
    SampleColumns samples;
    const auto selected = store.select(matchers, 0, kForever);
    if (selected.ok() && selected->size() == 1) {
        store.read(selected->front().id, 0, kForever, samples);
    }
    return samples;
}

std::size_t selectedCount(
    const Store& store,
    const std::vector<LabelMatcher>& matchers,
    TimestampMs start,
    TimestampMs end)
{
    return store.select(matchers, start, end).value_or(std::vector<SelectedSeries>()).size();
}

} // namespace

class StoreTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsAppendedIsRead_data();
    void whatIsAppendedIsRead();
    void rangesAreInclusive();
    void readManyEqualsRead();
    void latestIsTheEndOfRead();
    void theGenerationTellsNewSelections();
    void aVanishedSeriesGetsAStaleMarker();
    void aFailedScrapeEndsEverySeries();
    void outOfOrderIsRejectedAndCounted();
    void secondValueInARowIsCounted();
    void theCardinalityLimitIsHeldWithAnAlarm();
    void oldSamplesAreDropped();
    void pointsBeyondTheLimitAreDropped();
    void removedSeriesMakeRoom();
    void slotsOfRemovedSeriesChangeTheGeneration();
    void aSeriesInTwoGroupsIsOne();
    void samplesWithOwnTimes();
    void labelNamesAndValues();
    void theLargestNamesAreCounted();
    void metricsAreListedWithSeries();
    void readersAndWritersAtOnce();

private:
    test::ManualClock m_clock;
};

void StoreTest::whatIsAppendedIsRead_data()
{
    QTest::addColumn<int>("rows");
    for (const int rows : {1, 2, 23, 24, 25, 119, 120, 121, 240, 1000}) {
        QTest::newRow(qPrintable(QString::number(rows))) << rows;
    }
}

void StoreTest::whatIsAppendedIsRead()
{
    QFETCH(int, rows);
    Store store({}, m_clock);
    const auto group = store.group("job a");
    const auto counter = group->slot(Labels{{"__name__", "c"}});
    const auto wave = group->slot(Labels{{"__name__", "w"}});
    const auto odd = group->slot(Labels{{"__name__", "o"}});
    QVERIFY(counter.ok() && wave.ok() && odd.ok());
    SampleColumns expected[3];
    for (int row = 0; row < rows; ++row) {
        const TimestampMs time = kStart + row * 1000 + (row * 7) % 13;
        std::vector<SlotValue> values{{*counter, row * 3.0}, {*wave, std::sin(row)}};
        expected[0].times.push_back(time);
        expected[0].values.push_back(row * 3.0);
        expected[1].times.push_back(time);
        expected[1].values.push_back(std::sin(row));
        if (row % 2 == 0) {
            values.push_back({*odd, row * 0.25});
        }
        if (row % 2 == 0 || row > 0) {
            expected[2].times.push_back(time);
            expected[2].values.push_back(row % 2 == 0 ? row * 0.25 : staleMarker());
        }
        group->append(time, values);
    }
    const char* const names[] = {"c", "w", "o"};
    for (int series = 0; series < 3; ++series) {
        const SampleColumns samples = readAll(store, {equal("__name__", names[series])});
        QCOMPARE(samples.times, expected[series].times);
        QCOMPARE(samples.values.size(), expected[series].values.size());
        for (std::size_t at = 0; at < samples.values.size(); ++at) {
            QCOMPARE(
                std::bit_cast<quint64>(samples.values[at]),
                std::bit_cast<quint64>(expected[series].values[at]));
        }
    }
}

void StoreTest::rangesAreInclusive()
{
    Store store({}, m_clock);
    const auto group = store.group("g");
    const Slot slot = *group->slot(Labels{{"__name__", "x"}});
    for (int row = 0; row < 300; ++row) {
        const SlotValue value{slot, double(row)};
        group->append(kStart + row * 1000, {&value, 1});
    }
    const auto selected = store.select(std::vector{equal("__name__", "x")}, 0, kForever);
    QCOMPARE(selected->size(), 1U);
    for (const auto& [from, to] : {std::pair(0, 0), {119, 120}, {5, 299}, {121, 250}, {298, 299}}) {
        SampleColumns samples;
        store.read(selected->front().id, kStart + from * 1000, kStart + to * 1000, samples);
        QCOMPARE(int(samples.size()), to - from + 1);
        QCOMPARE(samples.values.front(), double(from));
        QCOMPARE(samples.values.back(), double(to));
    }
    SampleColumns none;
    store.read(selected->front().id, kStart + 1, kStart + 999, none);
    QCOMPARE(none.size(), 0U);
}

void StoreTest::readManyEqualsRead()
{
    Store store({}, m_clock);
    for (int target = 0; target < 3; ++target) {
        const auto group = store.group(std::to_string(target));
        std::vector<SlotValue> values;
        for (int series = 0; series < 10; ++series) {
            values.push_back(
                {*group->slot(Labels{
                     {"__name__", "m" + std::to_string(series)}, {"t", std::to_string(target)}}),
                 0});
        }
        for (int row = 0; row < 150; ++row) {
            for (std::size_t at = 0; at < values.size(); ++at) {
                values[at].value = double(row) * double(at) + target;
            }
            group->append(kStart + row * 1000 + target, values);
        }
    }
    const auto selected = store.select(
        std::vector{LabelMatcher{MatchType::Regex, "__name__", "m[0-4]"}}, 0, kForever);
    QCOMPARE(selected->size(), 15U);
    std::vector<SeriesId> ids;
    for (const SelectedSeries& series : *selected) {
        ids.insert(ids.begin(), series.id);
    }
    std::vector<int> calls(ids.size());
    store.readMany(
        ids, kStart, kStart + 149000, [&](std::size_t index, const SampleColumns& samples) {
            ++calls[index];
            SampleColumns alone;
            store.read(ids[index], kStart, kStart + 149000, alone);
            QCOMPARE(samples.times, alone.times);
            QCOMPARE(samples.values, alone.values);
            QVERIFY(samples.size() >= 149);
        });
    QCOMPARE(std::count(calls.begin(), calls.end(), 1), std::ptrdiff_t(ids.size()));
}

void StoreTest::latestIsTheEndOfRead()
{
    Store store({}, m_clock);
    const auto group = store.group("g");
    const Slot often = *group->slot(Labels{{"__name__", "often"}});
    const Slot seldom = *group->slot(Labels{{"__name__", "seldom"}});
    for (int row = 0; row < 400; ++row) {
        std::vector<SlotValue> values{{often, double(row)}};
        if (row % 90 == 7) {
            values.push_back({seldom, double(row)});
        }
        group->append(kStart + row * 1000, values);
    }
    for (const char* name : {"often", "seldom"}) {
        const auto selected = store.select(std::vector{equal("__name__", name)}, 0, kForever);
        const SeriesId id = selected->front().id;
        for (int end = -1; end < 402; ++end) {
            const TimestampMs to = kStart + end * 1000 + end % 3 - 1;
            SampleColumns samples;
            store.read(id, to - 60000, to, samples);
            const auto latest = store.latest(id, to - 60000, to);
            QCOMPARE(latest.has_value(), samples.size() > 0);
            if (latest) {
                QCOMPARE(latest->time, samples.times.back());
                QCOMPARE(
                    std::bit_cast<quint64>(latest->value),
                    std::bit_cast<quint64>(samples.values.back()));
            }
        }
    }
}

void StoreTest::theGenerationTellsNewSelections()
{
    Store store({}, m_clock);
    const auto group = store.group("g");
    const Slot one = *group->slot(Labels{{"__name__", "x"}, {"n", "1"}});
    const Slot two = *group->slot(Labels{{"__name__", "x"}, {"n", "2"}});
    TimestampMs time = kStart;
    const std::vector<SlotValue> both{{one, 1}, {two, 1}};
    group->append(time, both);
    auto generation = store.generation();
    group->append(time += 1000, both);
    QCOMPARE(store.generation(), generation);
    group->append(time += 1000, std::vector<SlotValue>{{one, 1}});
    group->append(time += 400000, std::vector<SlotValue>{{one, 1}});
    QCOMPARE(selectedCount(store, {equal("__name__", "x")}, time - 1000, time), 1U);
    generation = store.generation();
    group->append(time += 1000, both); // it is back: a kept selection would miss it
    QVERIFY(store.generation() != generation);
    QCOMPARE(selectedCount(store, {equal("__name__", "x")}, time - 1000, time), 2U);
}

void StoreTest::aVanishedSeriesGetsAStaleMarker()
{
    Store store({}, m_clock);
    const auto group = store.group("g");
    const Slot stays = *group->slot(Labels{{"__name__", "stays"}});
    const Slot goes = *group->slot(Labels{{"__name__", "goes"}});
    group->append(kStart, std::vector<SlotValue>{{stays, 1}, {goes, 1}});
    QCOMPARE(group->append(kStart + 1000, std::vector<SlotValue>{{stays, 1}}).vanished, 1U);
    QCOMPARE(group->append(kStart + 2000, std::vector<SlotValue>{{stays, 1}}).vanished, 0U);
    const SampleColumns samples = readAll(store, {equal("__name__", "goes")});
    QCOMPARE(samples.size(), 2U);
    QVERIFY(isStaleMarker(samples.values[1]));
    QCOMPARE(samples.times[1], kStart + 1000);
    QCOMPARE(readAll(store, {equal("__name__", "stays")}).size(), 3U);
    // It is not selected for a time after its end, and comes back when it comes back.
    QCOMPARE(selectedCount(store, {equal("__name__", "goes")}, kStart + 1001, kForever), 0U);
    QCOMPARE(selectedCount(store, {equal("__name__", "goes")}, kStart + 1000, kForever), 1U);
    group->append(kStart + 3000, std::vector<SlotValue>{{goes, 7}});
    QCOMPARE(readAll(store, {equal("__name__", "goes")}).values.back(), 7.0);
}

void StoreTest::aFailedScrapeEndsEverySeries()
{
    Store store({}, m_clock);
    const auto group = store.group("g");
    const Slot up = *group->slot(Labels{{"__name__", "up"}});
    const Slot one = *group->slot(Labels{{"__name__", "one"}});
    group->append(kStart, std::vector<SlotValue>{{up, 1}, {one, 5}});
    group->append(kStart + 1000, std::vector<SlotValue>{{up, 0}});
    QVERIFY(isStaleMarker(readAll(store, {equal("__name__", "one")}).values.back()));
    QCOMPARE(readAll(store, {equal("__name__", "up")}).values.back(), 0.0);
    group->append(kStart + 2000, {});
    QVERIFY(isStaleMarker(readAll(store, {equal("__name__", "up")}).values.back()));
}

void StoreTest::outOfOrderIsRejectedAndCounted()
{
    Store store({}, m_clock);
    const auto group = store.group("g");
    const std::vector<SlotValue> row{{*group->slot(Labels{{"__name__", "x"}}), 1}};
    group->append(kStart, row);
    QCOMPARE(group->append(kStart, row).outOfOrder, 1U);
    QCOMPARE(group->append(kStart - 1, row).outOfOrder, 1U);
    QCOMPARE(group->append(TimestampMs(1) << 60, row).outOfOrder, 1U);
    QCOMPARE(readAll(store, {equal("__name__", "x")}).size(), 1U);
    QCOMPARE(store.status().samplesOutOfOrder, 3);
}

void StoreTest::secondValueInARowIsCounted()
{
    Store store({}, m_clock);
    const auto group = store.group("g");
    const Slot slot = *group->slot(Labels{{"__name__", "x"}});
    const auto result =
        group->append(kStart, std::vector<SlotValue>{{slot, 1}, {slot, 2}, {kNoSlot, 1}, {77, 1}});
    QCOMPARE(result.duplicates, 1U);
    QCOMPARE(result.unknown, 2U);
    QCOMPARE(readAll(store, {equal("__name__", "x")}).values, std::vector<double>{1});
    QCOMPARE(store.status().samplesDuplicate, 1);
}

void StoreTest::theCardinalityLimitIsHeldWithAnAlarm()
{
    StoreOptions options;
    options.maxSeries = 3;
    Store store(options, m_clock);
    const auto group = store.group("g");
    for (int series = 0; series < 3; ++series) {
        QVERIFY(group->slot(Labels{{"__name__", "x"}, {"id", std::to_string(series)}}).ok());
    }
    QVERIFY(store.status().alarms.empty());
    const auto refused = group->slot(Labels{{"__name__", "x"}, {"id", "3"}});
    QCOMPARE(refused.status().code(), absl::StatusCode::kResourceExhausted);
    QVERIFY(group->slot(Labels{{"__name__", "x"}, {"id", "2"}}).ok());
    QCOMPARE(store.status().series, 3);
    QCOMPARE(store.status().seriesRejected, 1);
    QCOMPARE(store.status().alarms.size(), 1U);
    // The alarm ends when nothing is refused any more.
    store.maintain();
    store.maintain();
    QVERIFY(store.status().alarms.empty());
}

void StoreTest::oldSamplesAreDropped()
{
    StoreOptions options;
    options.retention = absl::Minutes(10);
    Store store(options, m_clock);
    m_clock.time = absl::FromUnixMillis(kStart);
    const auto group = store.group("g");
    const Slot slot = *group->slot(Labels{{"__name__", "x"}});
    for (int row = 0; row < 3600; ++row) {
        const SlotValue value{slot, double(row)};
        group->append(kStart + row * 1000, {&value, 1});
    }
    m_clock.time = absl::FromUnixMillis(kStart + 3599000);
    store.maintain();
    const SampleColumns samples = readAll(store, {equal("__name__", "x")});
    QVERIFY(samples.times.front() <= kStart + 2999000);
    QVERIFY(samples.times.front() > kStart + (2999 - 2 * int(kBlockRows)) * 1000);
    QCOMPARE(samples.values.back(), 3599.0);
    QCOMPARE(absl::ToUnixMillis(store.status().oldestSample), samples.times.front());
}

void StoreTest::pointsBeyondTheLimitAreDropped()
{
    StoreOptions options;
    options.maxPointsPerSeries = 500;
    Store store(options, m_clock);
    m_clock.time = absl::FromUnixMillis(kStart + 3600000);
    const auto group = store.group("g");
    const Slot slot = *group->slot(Labels{{"__name__", "x"}});
    for (int row = 0; row < 3600; ++row) {
        const SlotValue value{slot, double(row)};
        group->append(kStart + row * 1000, {&value, 1});
    }
    store.maintain();
    const std::size_t points = readAll(store, {equal("__name__", "x")}).size();
    QVERIFY(points >= 500 && points < 500 + kBlockRows);
}

void StoreTest::removedSeriesMakeRoom()
{
    StoreOptions options;
    options.retention = absl::Minutes(10);
    options.maxSeries = 100;
    Store store(options, m_clock);
    const auto group = store.group("g");
    TimestampMs time = kStart;
    // Ten times the limit in series that come and go.
    for (int generation = 0; generation < 10; ++generation) {
        std::vector<SlotValue> values;
        for (int series = 0; series < 100; ++series) {
            const auto slot = group->slot(
                Labels{{"__name__", "x"}, {"id", std::to_string(generation * 100 + series)}});
            QVERIFY2(slot.ok(), slot.status().ToString().c_str());
            values.push_back({*slot, 1});
        }
        group->append(time, values);
        group->append(time + 1000, {});
        time += 3600000;
        m_clock.time = absl::FromUnixMillis(time);
        store.maintain();
        store.maintain();
        QCOMPARE(store.status().series, 0);
        QVERIFY(store.labelNames({}, 0, kForever)->empty());
    }
    QCOMPARE(store.status().seriesRejected, 0);
}

void StoreTest::slotsOfRemovedSeriesChangeTheGeneration()
{
    Store store({}, m_clock);
    const auto group = store.group("g");
    const Slot slot = *group->slot(Labels{{"__name__", "x"}});
    const SlotValue value{slot, 1};
    group->append(kStart, {&value, 1});
    const auto generation = group->generation();
    store.maintain();
    QCOMPARE(group->generation(), generation);
    m_clock.time = absl::FromUnixMillis(kStart) + absl::Hours(25);
    store.maintain();
    QVERIFY(group->generation() != generation);
    QCOMPARE(group->append(kStart + 26 * 3600000, {&value, 1}).unknown, 1U);
}

void StoreTest::aSeriesInTwoGroupsIsOne()
{
    Store store({}, m_clock);
    const Labels labels{{"__name__", "x"}, {"job", "j"}};
    const auto before = store.group("old address");
    const auto after = store.group("new address");
    const SlotValue first{*before->slot(labels), 1};
    before->append(kStart, {&first, 1});
    const SlotValue second{*after->slot(labels), 2};
    after->append(kStart + 1000, {&second, 1});
    before->append(kStart + 1000, {}); // the target went: ends at the same moment
    QCOMPARE(selectedCount(store, {equal("job", "j")}, 0, kForever), 1U);
    QCOMPARE(store.status().series, 1);
    const SampleColumns samples = readAll(store, {equal("job", "j")});
    QCOMPARE(samples.values, (std::vector<double>{1, 2}));
    QCOMPARE(samples.times, (std::vector<TimestampMs>{kStart, kStart + 1000}));
}

void StoreTest::samplesWithOwnTimes()
{
    Store store({}, m_clock);
    const std::vector<LabelledSample> samples{
        {Labels{{"__name__", "a"}}, kStart + 5, 1},
        {Labels{{"__name__", "b"}}, kStart + 3, 2},
        {Labels{{"__name__", "a"}}, kStart + 6, 3},
        {Labels{{"__name__", "a"}}, kStart + 6, 4}};
    const AppendResult result = store.appendSamples(samples);
    QCOMPARE(result.appended, 3U);
    QCOMPARE(result.outOfOrder, 1U);
    QCOMPARE(readAll(store, {equal("__name__", "a")}).values, (std::vector<double>{1, 3}));
    QCOMPARE(readAll(store, {equal("__name__", "b")}).times, std::vector<TimestampMs>{kStart + 3});
}

void StoreTest::theLargestNamesAreCounted()
{
    Store store({}, m_clock);
    const auto group = store.group("g");
    std::vector<SlotValue> row;
    for (const char* code : {"200", "404", "500"}) {
        for (const char* path : {"/", "/a"}) {
            row.push_back(
                {*group->slot(Labels{{"__name__", "req"}, {"code", code}, {"path", path}}), 1});
        }
    }
    row.push_back({*group->slot(Labels{{"__name__", "up"}, {"code", "200"}}), 1});
    group->append(kStart, row);
    const Cardinality counted = *store.cardinality(2);
    QCOMPARE(counted.series, 7);
    QCOMPARE(counted.labelPairs, 7);
    QCOMPARE(counted.seriesByMetric, (std::vector<CountedName>{{"req", 6}, {"up", 1}}));
    QCOMPARE(counted.valuesByLabel, (std::vector<CountedName>{{"code", 3}, {"__name__", 2}}));
    QCOMPARE(
        counted.seriesByPair, (std::vector<CountedName>{{"__name__=req", 6}, {"code=200", 3}}));
    // Counting over the label sets themselves says the same.
    for (const std::size_t largest : {0U, 1U, 100U}) {
        const Cardinality fast = *store.cardinality(largest);
        const Cardinality slow = *store.SampleSource::cardinality(largest);
        QCOMPARE(fast.seriesByMetric, slow.seriesByMetric);
        QCOMPARE(fast.valuesByLabel, slow.valuesByLabel);
        QCOMPARE(fast.seriesByPair, slow.seriesByPair);
    }
}

void StoreTest::labelNamesAndValues()
{
    Store store({}, m_clock);
    const auto group = store.group("g");
    std::vector<SlotValue> row;
    for (const char* code : {"200", "404", "500"}) {
        row.push_back({*group->slot(Labels{{"__name__", "req"}, {"code", code}}), 1});
    }
    row.push_back({*group->slot(Labels{{"__name__", "up"}, {"job", "j"}}), 1});
    group->append(kStart, row);
    QCOMPARE(
        *store.labelNames({}, 0, kForever), (std::vector<std::string>{"__name__", "code", "job"}));
    QCOMPARE(
        *store.labelNames(std::vector{equal("__name__", "up")}, 0, kForever),
        (std::vector<std::string>{"__name__", "job"}));
    QCOMPARE(
        *store.labelValues("code", {}, 0, kForever),
        (std::vector<std::string>{"200", "404", "500"}));
    QCOMPARE(
        *store.labelValues(
            "code", std::vector{LabelMatcher{MatchType::NotRegex, "code", "4.."}}, 0, kForever),
        (std::vector<std::string>{"200", "500"}));
    QVERIFY(store.labelValues("none", {}, 0, kForever)->empty());
    QCOMPARE(
        store.select(std::vector{LabelMatcher{MatchType::Regex, "code", "("}}, 0, kForever)
            .status()
            .code(),
        absl::StatusCode::kInvalidArgument);
}

void StoreTest::metricsAreListedWithSeries()
{
    Store store({}, m_clock);
    const auto group = store.group("g");
    for (const char* bound : {"1", "2", "+Inf"}) {
        QVERIFY(group->slot(Labels{{"__name__", "d_bucket"}, {"le", bound}}).ok());
    }
    QVERIFY(group->slot(Labels{{"__name__", "d_sum"}}).ok());
    QVERIFY(group->slot(Labels{{"__name__", "d_count"}}).ok());
    QVERIFY(group->slot(Labels{{"__name__", "plain"}}).ok());
    store.describe(std::vector<Metric>{
        {"d", MetricType::Histogram, "seconds", "how long", 0},
        {"gone", MetricType::Gauge, "", "", 0}});
    const std::vector<Metric> metrics = store.metrics();
    QCOMPARE(metrics.size(), 2U);
    QCOMPARE(metrics[0].name, std::string("d"));
    QCOMPARE(metrics[0].series, 5);
    QCOMPARE(metrics[0].help, std::string("how long"));
    QCOMPARE(metrics[1].name, std::string("plain"));
    QCOMPARE(int(metrics[1].type), int(MetricType::Unknown));
}

void StoreTest::readersAndWritersAtOnce()
{
    StoreOptions options;
    options.maxPointsPerSeries = 400;
    Store store(options, m_clock);
    m_clock.time = absl::FromUnixMillis(kStart + 3000000);
    std::atomic<bool> isDone{false};
    std::atomic<int> failures{0};
    std::vector<std::thread> threads;
    for (int target = 0; target < 2; ++target) {
        threads.emplace_back([&, target] {
            const auto group = store.group(std::to_string(target));
            std::vector<SlotValue> values;
            for (int row = 0; row < 3000; ++row) {
                if (row % 100 == 0) { // new series while others are read
                    values.push_back(
                        {*group->slot(Labels{
                             {"__name__", "v"},
                             {"n", std::to_string(row)},
                             {"t", std::to_string(target)}}),
                         0});
                }
                for (SlotValue& value : values) {
                    value.value = row;
                }
                group->append(kStart + row * 1000, values);
            }
        });
    }
    threads.emplace_back([&] {
        while (!isDone) {
            store.maintain();
            store.status();
        }
    });
    for (int reader = 0; reader < 2; ++reader) {
        threads.emplace_back([&] {
            SampleColumns samples;
            while (!isDone) {
                const auto selected =
                    store.select(std::vector{equal("__name__", "v")}, 0, kForever);
                for (const SelectedSeries& series : *selected) {
                    samples.clear();
                    store.read(series.id, 0, kForever, samples);
                    for (std::size_t at = 0; at < samples.size(); ++at) {
                        // Every row carries its own number.
                        if (samples.values[at] * 1000 != double(samples.times[at] - kStart)) {
                            ++failures;
                        }
                    }
                }
            }
        });
    }
    threads[0].join();
    threads[1].join();
    isDone = true;
    for (std::size_t at = 2; at < threads.size(); ++at) {
        threads[at].join();
    }
    QCOMPARE(failures.load(), 0);
    QCOMPARE(store.status().series, 60);
}

QTEST_APPLESS_MAIN(StoreTest)
#include "StoreTest.moc"
