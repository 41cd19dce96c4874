// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/Decimate.h"

#include <QtTest>

#include <algorithm>
#include <cmath>

using namespace pilothouse::metrics;

namespace {

SeriesPoints wave(TimestampMs start, int count, TimestampMs step)
{
    SeriesPoints points;
    for (int at = 0; at < count; ++at) {
        points.times.push_back(start + at * step);
        points.values.push_back(std::sin(at * 0.1));
    }
    return points;
}

bool holds(const SeriesPoints& points, TimestampMs time, double value)
{
    for (std::size_t at = 0; at < points.times.size(); ++at) {
        if (points.times[at] == time && points.values[at] == value) {
            return true;
        }
    }
    return false;
}

} // namespace

class DecimateTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void neverMoreThanAsked_data()
    {
        QTest::addColumn<int>("count");
        QTest::addColumn<qint64>("step");
        QTest::addColumn<int>("maxPoints");
        QTest::newRow("half an hour on 600") << 1801 << qint64(1000) << 600;
        QTest::newRow("a day on 100") << 86401 << qint64(1000) << 100;
        QTest::newRow("one more than asked") << 601 << qint64(1000) << 600;
        QTest::newRow("odd bound") << 5000 << qint64(250) << 333;
        QTest::newRow("fewest") << 5000 << qint64(1000) << kMinDecimatedPoints;
        QTest::newRow("fewer than the fewest") << 5000 << qint64(1000) << 1;
        QTest::newRow("all in one millisecond") << 50 << qint64(0) << 10;
    }

    void neverMoreThanAsked()
    {
        QFETCH(int, count);
        QFETCH(qint64, step);
        QFETCH(int, maxPoints);
        for (const TimestampMs start :
             {TimestampMs(0), TimestampMs(1795223801123), TimestampMs(-777)}) {
            const SeriesPoints points = wave(start, count, step);
            const SeriesPoints out =
                decimate(points, points.times.front(), points.times.back(), maxPoints);
            QVERIFY(int(out.times.size()) <= std::max(maxPoints, kMinDecimatedPoints));
            QCOMPARE(out.times.size(), out.values.size());
            QVERIFY(std::is_sorted(out.times.begin(), out.times.end()));
            QCOMPARE(out.times.back(), points.times.back());
        }
    }

    void aSpikeOfOneSampleSurvives()
    {
        for (int at = 0; at < 3600; at += 7) {
            SeriesPoints points = wave(5000, 3600, 1000);
            points.values[std::size_t(at)] = at % 2 == 0 ? 1000.0 : -1000.0;
            const SeriesPoints out = decimate(points, 5000, 5000 + 3599 * 1000, 200);
            QVERIFY(holds(out, points.times[std::size_t(at)], points.values[std::size_t(at)]));
        }
    }

    void shortSeriesIsUntouched()
    {
        const SeriesPoints points = wave(1000, 600, 1000);
        QCOMPARE(decimate(points, 1000, 600000, 600), points);
    }

    void gapsStayGaps()
    {
        SeriesPoints points = wave(0, 4000, 1000);
        for (std::size_t at = 1000; at < 2000; ++at) {
            points.values[at] = std::nan("");
        }
        const SeriesPoints out = decimate(points, 0, 3999000, 100);
        const bool hasGap = std::any_of(
            out.values.begin(), out.values.end(), [](double value) { return std::isnan(value); });
        QVERIFY(hasGap);
        QVERIFY(int(out.times.size()) <= 100);
    }

    void aMovedWindowShowsTheSamePoints()
    {
        const SeriesPoints all = wave(0, 5000, 1000);
        const auto cut = [&](std::size_t from, std::size_t to) {
            SeriesPoints part;
            part.times.assign(
                all.times.begin() + qsizetype(from), all.times.begin() + qsizetype(to));
            part.values.assign(
                all.values.begin() + qsizetype(from), all.values.begin() + qsizetype(to));
            return decimate(part, part.times.front(), part.times.back(), 100);
        };
        const SeriesPoints before = cut(0, 3601);
        const SeriesPoints after = cut(1, 3602);
        // All but the first and last bucket are the same points.
        for (std::size_t at = 4; at + 4 < before.times.size(); ++at) {
            QVERIFY(holds(after, before.times[at], before.values[at]));
        }
    }
};

QTEST_APPLESS_MAIN(DecimateTest)
#include "DecimateTest.moc"
