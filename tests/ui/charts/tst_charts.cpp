// SPDX-License-Identifier: Apache-2.0
#include "shared/base/Clock.h"
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/charts/AxisScale.h"
#include "ui/charts/ChartCanvas.h"
#include "ui/charts/ChartGroup.h"
#include "ui/charts/ChartLegend.h"
#include "ui/charts/PixelColumns.h"
#include "ui/charts/SeriesColors.h"
#include "ui/charts/TimeSeriesChart.h"
#include "ui/components/Card.h"

#include <QAbstractItemView>
#include <QAccessible>
#include <QClipboard>
#include <QSignalSpy>
#include <QVBoxLayout>

#include <cmath>
#include <limits>
#include <set>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

constexpr std::int64_t kNow = 1'700'001'000'000;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

class FixedClock : public Clock
{
public:
    absl::Time now() const override { return absl::FromUnixMillis(kNow); }
    absl::Duration monotonic() const override { return absl::Seconds(1); }
};

/// One sample a second for the last `seconds`.
ChartLine wave(const QString& name, int seconds, double base, double swing, int color)
{
    ChartLine line;
    line.id = name;
    line.name = name;
    line.color = color;
    for (int at = 0; at <= seconds; ++at) {
        line.times.push_back(kNow - (seconds - at) * 1000);
        const double phase = at / 120.0 + color;
        line.values.push_back(
            base +
            swing * (std::sin(phase) + 0.3 * std::sin(phase * 7.3) + 0.2 * std::sin(phase * 31)));
    }
    return line;
}

} // namespace

class ChartsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_theme = std::make_unique<Theme>();
        m_theme->applyTo(GuardedApplication::instance());
        m_time = std::make_unique<TimeWindow>(m_clock);
        m_group = std::make_unique<ChartGroup>(*m_time);
        m_card = std::make_unique<Card>(*m_theme, QStringLiteral("Latency"));
        m_chart = new TimeSeriesChart(*m_theme, *m_group, m_card.get());
        m_chart->setTitle(QStringLiteral("Latency"));
        m_chart->setUnit(Unit::Seconds);
        m_card->body()->addWidget(m_chart);
        m_card->resize(800, 420);
    }
    void cleanup()
    {
        m_card.reset();
        m_group.reset();
        m_time.reset();
        m_theme.reset();
    }

    void keepsExtremesWithTwoPointsAColumn()
    {
        ChartLine line = wave(QStringLiteral("a"), 10000, 0, 0, 0);
        std::ranges::fill(line.values, 1.0);
        line.values[5000] = 99;
        line.values[7000] = -99;
        const auto runs = toPixelColumns(line, line.times.front(), line.times.back(), 100);
        QCOMPARE(runs.size(), std::size_t{1});
        QVERIFY(runs[0].size() <= 2 * 101);
        const auto [low, high] = std::ranges::minmax(runs[0], {}, &QPointF::y);
        QCOMPARE(low.y(), -99.0);
        QCOMPARE(high.y(), 99.0);
    }

    void breaksLinesAtGaps()
    {
        ChartLine line = wave(QStringLiteral("a"), 100, 1, 0, 0);
        line.values[50] = kNan;
        QCOMPARE(toPixelColumns(line, line.times[0], kNow, 800).size(), std::size_t{2});
        // A pause without NaN is a gap too.
        line.values[50] = 1;
        line.times.erase(line.times.begin() + 60, line.times.begin() + 80);
        line.values.erase(line.values.begin() + 60, line.values.begin() + 80);
        QCOMPARE(toPixelColumns(line, line.times[0], kNow, 800).size(), std::size_t{2});
    }

    /// A chart that was opened on a server that runs for a while.
    void coarseHistoryBeforeLiveDataIsNoGap()
    {
        ChartLine line;
        line.name = QStringLiteral("a");
        std::int64_t time = kNow - 700'000;
        const auto add = [&](int count, std::int64_t step) {
            for (int at = 0; at < count; ++at) {
                line.times.push_back(time += step);
                line.values.push_back(1);
            }
        };
        add(50, 7000);
        add(200, 1000);
        QCOMPARE(toPixelColumns(line, line.times[0], kNow, 800).size(), std::size_t{1});
        // The least and the greatest of an interval, close together.
        for (int at = 0; at < 30; ++at) {
            add(1, 200);
            add(1, 1800);
        }
        QCOMPARE(toPixelColumns(line, line.times[0], kNow, 800).size(), std::size_t{1});
        add(1, 30'000);
        add(40, 1000);
        QCOMPARE(toPixelColumns(line, line.times[0], kNow + 100'000, 800).size(), std::size_t{2});
    }

    void boundsTheNumberOfStretches()
    {
        ChartLine line = wave(QStringLiteral("a"), 2000, 1, 0, 0);
        for (std::size_t at = 0; at < line.values.size(); at += 10) {
            line.values[at] = kNan;
        }
        QCOMPARE(toPixelColumns(line, line.times[0], kNow, 800).size(), kMostRuns);
    }

    void valueAxisIsRound_data()
    {
        QTest::addColumn<double>("least");
        QTest::addColumn<double>("greatest");
        QTest::addColumn<Unit>("unit");
        QTest::addColumn<double>("low");
        QTest::addColumn<double>("high");
        QTest::addColumn<QString>("axisUnit");
        QTest::newRow("from zero") << 12.0 << 87.0 << Unit::None << 0.0 << 100.0 << "";
        QTest::newRow("milliseconds") << 0.05 << 0.212 << Unit::Seconds << 0.0 << 0.3 << "ms";
        QTest::newRow("narrow band") << 980.0 << 1000.0 << Unit::None << 970.0 << 1000.0 << "k";
        QTest::newRow("ratio stops at 100 %") << 0.9 << 1.0 << Unit::Ratio << 0.85 << 1.0 << "%";
        QTest::newRow("negative") << -3.0 << 4.0 << Unit::None << -4.0 << 4.0 << "";
        QTest::newRow("one value") << 5.0 << 5.0 << Unit::None << 0.0 << 6.0 << "";
        QTest::newRow("nothing") << double(INFINITY) << -double(INFINITY) << Unit::None << 0.0
                                 << 1.0 << "";
        QTest::newRow("MiB") << 0.0 << 3.0 * 1048576 << Unit::Bytes << 0.0 << 3.0 * 1048576
                             << "MiB";
    }
    void valueAxisIsRound()
    {
        QFETCH(double, least);
        QFETCH(double, greatest);
        QFETCH(Unit, unit);
        QFETCH(QString, axisUnit);
        const ValueScale scale = valueScale(least, greatest, unit, 5);
        QTEST(scale.low, "low");
        QTEST(scale.high, "high");
        QCOMPARE(scale.unit, axisUnit);
        QVERIFY(scale.ticks.size() >= 2 && scale.ticks.size() <= 7);
    }

    void timeTicksAreRoundTimes()
    {
        const auto ticks = timeTicks(kNow - 1'800'000, kNow, 7, true);
        QVERIFY(ticks.size() >= 4);
        for (const AxisTick& tick : ticks) {
            QCOMPARE(static_cast<std::int64_t>(tick.at) % 300'000, std::int64_t{0});
        }
    }

    void colorsAreStableAndApart()
    {
        SeriesColors colors;
        const QStringList ids{QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")};
        const QList<int> first = colors.assign(ids);
        QCOMPARE(QSet<int>(first.begin(), first.end()).size(), 3);
        QCOMPARE(colors.assign(ids), first);
        QCOMPARE(SeriesColors().assign(ids), first);
        // A deployment colour is drawn in its own.
        QCOMPARE(
            SeriesColors().assign(
                {QStringLiteral("{colour=\"green\"}"), QStringLiteral("{colour=\"blue\"}")}),
            (QList<int>{4, 0}));
    }

    void drawsAllLinesAndTurnsTheRestIntoABand()
    {
        std::vector<ChartLine> lines;
        for (int at = 0; at < 9; ++at) {
            lines.push_back(
                wave(QStringLiteral("route %1").arg(at), 1800, 0.1 + 0.02 * at, 0.02, at % 6));
        }
        m_chart->setLines(std::move(lines));
        show();
        QCOMPARE(m_chart->content().lines.size(), kMostLines);
        QCOMPARE(m_chart->content().others, 3);
        const QImage image = picture(*m_card, QStringLiteral("chart-others"));
        for (int color = 0; color < 6; ++color) {
            QVERIFY2(
                contains(image, m_theme->seriesColor(color), 40),
                qPrintable(QString::number(color)));
        }
    }

    void looksRightInBothThemes()
    {
        setThreeLines();
        show();
        m_group->setCrosshair(kNow - 700'000);
        m_chart->canvas().setFocus();
        picture(*m_card, QStringLiteral("chart-dark"));
        m_theme->setMode(ThemeMode::Light);
        settle();
        m_chart->setThresholds({{0.3, Severity::Warning, QStringLiteral("warning")}});
        m_chart->setAnnotations({{kNow - 400'000, QStringLiteral("deploy"), Severity::Info}});
        settle();
        const QImage light = picture(*m_card, QStringLiteral("chart-light"));
        QVERIFY(contains(light, m_theme->color(Color::Warning)));
    }

    void legendTogglesALineByKeyboard()
    {
        setThreeLines();
        show();
        auto* item = m_chart->findChild<LegendItem*>();
        QVERIFY(item != nullptr && item->isChecked());
        item->setFocus();
        QTest::keyClick(item, Qt::Key_Space);
        QVERIFY(m_chart->content().hidden.contains(item->id()));
        QTest::mouseClick(item, Qt::LeftButton);
        QVERIFY(m_chart->content().hidden.isEmpty());
    }

    void legendTakesASecondRowBeforeItElidesNames_data()
    {
        QTest::addColumn<int>("width");
        QTest::addColumn<int>("rows");
        QTest::newRow("wide") << 900 << 1;
        QTest::newRow("narrow") << 380 << 2;
    }
    void legendTakesASecondRowBeforeItElidesNames()
    {
        QFETCH(int, width);
        QFETCH(int, rows);
        m_chart->setLines(
            {wave(QStringLiteral("progress"), 1800, 0.08, 0.02, 0),
             wave(QStringLiteral("control-database"), 1800, 0.18, 0.03, 1),
             wave(QStringLiteral("pilothouse-server"), 1800, 0.26, 0.05, 2),
             wave(QStringLiteral("haproxy"), 1800, 0.3, 0.05, 3)});
        m_card->resize(width, 360);
        show();
        std::set<int> tops;
        const QList<LegendItem*> items = m_chart->findChildren<LegendItem*>();
        for (const LegendItem* item : items) {
            QVERIFY2(item->width() >= item->nameWidth(), qPrintable(item->text()));
            QVERIFY(item->parentWidget()->rect().contains(item->geometry()));
            for (const LegendItem* other : items) {
                QVERIFY(other == item || !other->geometry().intersects(item->geometry()));
            }
            tops.insert(item->y());
        }
        QCOMPARE(static_cast<int>(tops.size()), rows);
        picture(*m_card, QStringLiteral("chart-legend-%1").arg(width));
    }

    void dragSelectsARangeForAllAndDoubleClickComesBack()
    {
        setThreeLines();
        show();
        QWidget& canvas = m_chart->canvas();
        const absl::Duration before = m_time->length();
        QTest::mousePress(&canvas, Qt::LeftButton, {}, {200, 100});
        QMouseEvent move(
            QEvent::MouseMove,
            QPointF(400, 120),
            canvas.mapToGlobal(QPointF(400, 120)),
            Qt::NoButton,
            Qt::LeftButton,
            {});
        QApplication::sendEvent(&canvas, &move);
        QTest::mouseRelease(&canvas, Qt::LeftButton, {}, {400, 120});
        QVERIFY(m_time->isZoomed());
        QVERIFY(m_time->length() < before / 2);
        QTest::mouseDClick(&canvas, Qt::LeftButton, {}, {300, 100});
        QCOMPARE(m_time->length(), before);
    }

    void keysMoveTheCrosshairAndZoom()
    {
        setThreeLines();
        show();
        ChartCanvas& canvas = m_chart->canvas();
        canvas.setFocus();
        QTest::keyClick(&canvas, Qt::Key_Left);
        QCOMPARE(m_group->crosshair().value(), kNow);
        QTest::keyClick(&canvas, Qt::Key_Left);
        QCOMPARE(m_group->crosshair().value(), kNow - 1000);
        QTest::keyClick(&canvas, Qt::Key_Left, Qt::ShiftModifier);
        QCOMPARE(m_group->crosshair().value(), kNow - 11000);
        QTest::keyClick(&canvas, Qt::Key_Plus);
        QVERIFY(m_time->isZoomed());
        QTest::keyClick(&canvas, Qt::Key_0);
        QVERIFY(!m_time->isZoomed());
        QTest::keyClick(&canvas, Qt::Key_Escape);
        QVERIFY(!m_group->crosshair());
    }

    void speaksAsAChart()
    {
        setThreeLines();
        show();
        QAccessibleInterface* face = QAccessible::queryAccessibleInterface(&m_chart->canvas());
        QCOMPARE(face->role(), QAccessible::Chart);
        QCOMPARE(face->text(QAccessible::Name), QStringLiteral("Latency"));
        const QString words = face->text(QAccessible::Description);
        QVERIFY2(words.contains(QStringLiteral("p99: now")), qPrintable(words));
        QCOMPARE(unnamedFocusable(*m_card), QStringList());
    }

    void tableAndCsvHoldTheSameNumbers()
    {
        ChartLine line = wave(QStringLiteral("p99, all"), 2, 0, 0, 0);
        line.values = {0.1, kNan, 0.25};
        m_chart->setLines({line});
        show();
        QCOMPARE(
            m_chart->toCsv(),
            QStringLiteral("time,\"p99, all\"\n2023-11-14T22:29:58.000Z,0.10000000000000001\n"
                           "2023-11-14T22:29:59.000Z,\n2023-11-14T22:30:00.000Z,0.25\n"));
        m_chart->setShowsTable(true);
        const auto* table = m_chart->findChild<QAbstractItemView*>();
        QVERIFY(table->isVisible());
        QCOMPARE(table->model()->index(0, 1).data().toString(), QStringLiteral("250\u2009ms"));
        QCOMPARE(table->model()->index(1, 1).data().toString(), QStringLiteral("–"));
    }

    void hiddenChartsAreNotDrawn()
    {
        QSignalSpy drawn(&m_chart->canvas(), &ChartCanvas::drawn);
        setThreeLines();
        QTest::qWait(60);
        QCOMPARE(drawn.count(), 0);
        show();
        QVERIFY(drawn.count() > 0);
    }

    void aStackOfChartsNeverHoldsTheThread()
    {
        QWidget window;
        auto* layout = new QVBoxLayout(&window);
        std::vector<TimeSeriesChart*> charts;
        for (int at = 0; at < 8; ++at) {
            charts.push_back(new TimeSeriesChart(*m_theme, *m_group, &window));
            layout->addWidget(charts.back());
        }
        window.resize(1100, 1600);
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        const StallGuard guard;
        QSignalSpy drawn(&m_group->scheduler(), &ChartScheduler::drawn);
        for (TimeSeriesChart* chart : charts) {
            std::vector<ChartLine> lines;
            for (int line = 0; line < 6; ++line) {
                lines.push_back(wave(QString::number(line), 900, line, 0.5, line));
            }
            chart->setLines(std::move(lines));
        }
        QTRY_VERIFY(drawn.count() >= 8 && m_group->scheduler().isIdle());
        double worst = 0;
        for (const QList<QVariant>& one : drawn) {
            worst = std::max(worst, one.at(0).toDouble());
        }
        qInfo("worst chart %.1f ms, worst event %s", worst, qPrintable(guard.report()));
        QVERIFY2(guard.passed(), qPrintable(guard.report()));
    }

private:
    void setThreeLines()
    {
        m_chart->setLines(
            {wave(QStringLiteral("p50"), 1800, 0.08, 0.02, 0),
             wave(QStringLiteral("p95"), 1800, 0.18, 0.03, 1),
             wave(QStringLiteral("p99"), 1800, 0.26, 0.05, 2)});
    }
    void settle() { QTRY_VERIFY(m_group->scheduler().isIdle()); }
    void show()
    {
        m_card->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_card.get()));
        QSignalSpy drawn(&m_chart->canvas(), &ChartCanvas::drawn);
        QTRY_VERIFY(drawn.count() > 0);
        settle();
    }

    FixedClock m_clock;
    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<TimeWindow> m_time;
    std::unique_ptr<ChartGroup> m_group;
    std::unique_ptr<Card> m_card;
    TimeSeriesChart* m_chart = nullptr;
};

PILOTHOUSE_UI_TEST_MAIN(ChartsTest)
#include "tst_charts.moc"
