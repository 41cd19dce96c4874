// SPDX-License-Identifier: Apache-2.0
#include "app/demo/extraction/CircuitBreaker.h"
#include "app/demo/extraction/ContentGate.h"
#include "app/demo/extraction/ExtractionCache.h"
#include "app/demo/extraction/Pages.h"

#include <QTest>

using namespace pilothouse::demo;

class ExtractionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textOfMarkup_data();
    void textOfMarkup();
    void gateFollowsShape_data();
    void gateFollowsShape();
    void samePageEveryTime();
    void cacheMovesColdEntriesAndExpires();
    void cacheIsBounded();
    void breakerOpensProbesAndCloses();
};

void ExtractionTest::textOfMarkup_data()
{
    QTest::addColumn<QByteArray>("html");
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("words");
    QTest::newRow("empty") << QByteArray() << QByteArray() << 0;
    QTest::newRow("folds white space") << QByteArray("a \n\t b") << QByteArray("a b") << 2;
    QTest::newRow("blocks break lines")
        << QByteArray("<p>a</p><p>b</p>") << QByteArray("a\nb\n") << 2;
    QTest::newRow("entities") << QByteArray("a &amp; b &lt;c") << QByteArray("a & b <c") << 4;
    QTest::newRow("drops script with tags inside")
        << QByteArray("x<script>if (a<b) '<p>';</SCRIPT>y") << QByteArray("xy") << 1;
    QTest::newRow("drops comments") << QByteArray("x<!-- <p>no</p> -->y") << QByteArray("xy") << 1;
    QTest::newRow("unclosed tag") << QByteArray("x<p") << QByteArray("x") << 1;
    QTest::newRow("unclosed script") << QByteArray("x<script>y") << QByteArray("x") << 1;
    QTest::newRow("unclosed comment") << QByteArray("x<!-- y") << QByteArray("x") << 1;
}

void ExtractionTest::textOfMarkup()
{
    QFETCH(QByteArray, html);
    QFETCH(QByteArray, text);
    QFETCH(int, words);
    const std::string input = html.toStdString();
    const Extraction extraction = extractText(input, shapeOf(input));
    QCOMPARE(QByteArray::fromStdString(extraction.text), text);
    QCOMPARE(extraction.words, words);
    QVERIFY(extraction.quality >= 0 && extraction.quality <= 1);
}

void ExtractionTest::gateFollowsShape_data()
{
    QTest::addColumn<PageShape>("shape");
    QTest::addColumn<int>("route");
    const auto row = [](const char* name, PageShape shape, Route route) {
        QTest::newRow(name) << shape << static_cast<int>(route);
    };
    row("small and plain", {.bytes = 2000}, Route::FastTrack);
    row("small with a table", {.bytes = 2000, .tables = 1}, Route::Standard);
    row("medium", {.bytes = 40000}, Route::Standard);
    row("large", {.bytes = 200000}, Route::Intensive);
    row("many parts", {.bytes = 2000, .tables = 2, .scripts = 2}, Route::Intensive);
}

void ExtractionTest::gateFollowsShape()
{
    QFETCH(PageShape, shape);
    QFETCH(int, route);
    QCOMPARE(static_cast<int>(decideRoute(shape)), route);
}

void ExtractionTest::samePageEveryTime()
{
    int routes[4] = {};
    for (int number = 0; number < 60; ++number) {
        const Page page = makePage(number);
        QCOMPARE(page.html, makePage(number).html);
        ++routes[static_cast<int>(decideRoute(shapeOf(page.html)))];
    }
    QVERIFY(routes[static_cast<int>(Route::FastTrack)] > 0);
    QVERIFY(routes[static_cast<int>(Route::Standard)] > 0);
    QVERIFY(routes[static_cast<int>(Route::Intensive)] > 0);
}

void ExtractionTest::cacheMovesColdEntriesAndExpires()
{
    ExtractionCache cache(3000, 100000, std::chrono::seconds(60));
    const ExtractionCache::Time start{};
    for (int page = 0; page < 10; ++page) {
        Extraction extraction;
        extraction.text = std::string(1000, static_cast<char>('a' + page));
        cache.put(page, std::move(extraction), start);
    }
    const auto cold = cache.get(0, start);
    QVERIFY(cold.has_value());
    QCOMPARE(cold->text, std::string(1000, 'a'));
    QVERIFY(!cache.get(0, start + std::chrono::seconds(60)).has_value());
    QVERIFY(!cache.get(99, start).has_value());
    QCOMPARE(cache.hits(), 1U);
    QCOMPARE(cache.misses(), 2U);
}

void ExtractionTest::cacheIsBounded()
{
    constexpr std::size_t kHot = 10000;
    constexpr std::size_t kCold = 5000;
    ExtractionCache cache(kHot, kCold, std::chrono::seconds(60));
    for (int page = 0; page < 2000; ++page) {
        Extraction extraction;
        extraction.text = makePage(page).html.substr(0, 900);
        cache.put(page, std::move(extraction), {});
        QVERIFY(cache.bytes() <= kHot + kCold);
    }
    QVERIFY(cache.entries() > 5);
}

void ExtractionTest::breakerOpensProbesAndCloses()
{
    CircuitBreaker breaker;
    CircuitBreaker::Time now{};
    for (int call = 0; call < 40; ++call) {
        QVERIFY(breaker.allows(now));
        breaker.record(call % 2 == 0, now);
    }
    QCOMPARE(breaker.state(), CircuitBreaker::State::Open);
    QCOMPARE(breaker.trips(), 1U);
    QVERIFY(!breaker.allows(now + std::chrono::seconds(1)));

    now += std::chrono::seconds(3);
    QVERIFY(breaker.allows(now));
    QVERIFY2(!breaker.allows(now), "one probe at a time");
    breaker.record(false, now);
    QCOMPARE(breaker.state(), CircuitBreaker::State::Open);
    QCOMPARE(breaker.trips(), 2U);

    now += std::chrono::seconds(3);
    QVERIFY(breaker.allows(now));
    breaker.record(true, now);
    QCOMPARE(breaker.state(), CircuitBreaker::State::Closed);
}

QTEST_APPLESS_MAIN(ExtractionTest)
#include "tst_extraction.moc"
