// SPDX-License-Identifier: Apache-2.0
// What is compared in a chart: magnitudes on a logarithmic scale, the present with the period
// before, one chart with another.
#include "shared/base/Clock.h"
#include "tests/support/ui/Menus.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/charts/AxisScale.h"
#include "ui/charts/ChartCanvas.h"
#include "ui/charts/ChartGroup.h"
#include "ui/charts/ChartLegend.h"
#include "ui/charts/TimeSeriesChart.h"
#include "ui/components/TextLabel.h"

#include <QAbstractItemView>
#include <QClipboard>
#include <QSignalSpy>
#include <QVBoxLayout>

#include <cmath>
#include <map>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

constexpr std::int64_t kNow = 1'700'001'000'000;
constexpr int kSeconds = 1800;
/// Smoothed edges are a mixture of line and background.
constexpr int kColorTolerance = 60;
constexpr int kThinTolerance = 110;
constexpr double kPixelTolerance = 3;

class UnmovedClock : public Clock
{
public:
    absl::Time now() const override { return absl::FromUnixMillis(kNow); }
    absl::Duration monotonic() const override { return absl::Seconds(1); }
};

/// One sample a second for the last half hour; `valueAt` gets the share of it that is over.
template <typename ValueAt>
ChartLine lineOf(const QString& name, int color, ValueAt valueAt)
{
    ChartLine line;
    line.id = name;
    line.name = name;
    line.color = color;
    for (int at = 0; at <= kSeconds; ++at) {
        line.times.push_back(kNow - (kSeconds - at) * 1000);
        line.values.push_back(valueAt(static_cast<double>(at) / kSeconds));
    }
    return line;
}

ChartLine constant(const QString& name, int color, double value)
{
    return lineOf(name, color, [value](double) { return value; });
}

bool isOfColor(QRgb pixel, const QColor& color, int tolerance = kColorTolerance)
{
    return std::abs(qRed(pixel) - color.red()) <= tolerance &&
           std::abs(qGreen(pixel) - color.green()) <= tolerance &&
           std::abs(qBlue(pixel) - color.blue()) <= tolerance;
}

/// Where a line of that colour runs: its mean height by pixel column, from the top.
std::map<int, double> heightsOf(const QImage& image, const QColor& color)
{
    std::map<int, double> heights;
    for (int x = 0; x < image.width(); ++x) {
        double sum = 0;
        int count = 0;
        for (int y = 0; y < image.height(); ++y) {
            if (isOfColor(image.pixel(x, y), color)) {
                sum += y;
                ++count;
            }
        }
        if (count > 0) {
            heights[x] = sum / count;
        }
    }
    return heights;
}

/// How much of the middle half of a pixel row has that colour, and the widest gap in it.
struct RowInk
{
    int pixels = 0;
    int widestGap = 0;
};

RowInk inkOfRow(const QImage& image, int y, const QColor& color)
{
    RowInk ink;
    int last = -1;
    for (int x = image.width() / 4; x < image.width() * 3 / 4; ++x) {
        // Where two pieces of a line meet it is thinner.
        if (isOfColor(image.pixel(x, y), color, kThinTolerance)) {
            ink.widestGap = last < 0 ? 0 : std::max(ink.widestGap, x - last - 1);
            ++ink.pixels;
            last = x;
        }
    }
    return ink;
}

} // namespace

class ChartCompareTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void logAxisHasRoundEnds_data();
    void logAxisHasRoundEnds();
    void logScaleGivesEqualRatiosEqualHeights();
    void logScaleLeavesOutWhatIsNotAboveZero();
    void logScaleOfNothingAboveZeroIsAnEmptyChart();
    void logScaleIsChosenByKeysToo();
    void theEarlierPeriodIsDashedAndThePresentIsNot();
    void theEarlierPeriodWidensTheAxis();
    void onlyTheSameSeriesIsCompared();
    void bothPeriodsAreInWordsTableAndCsv();
    void aLineSwitchedOffTakesItsEarlierPeriodAlong();
    void theComparisonEndsWhereThereIsNothingEarlier();
    void chartsOfAGroupShareTimeAxisAndCrosshair();
    void theImageThatIsCopiedIsTheChart();

private:
    TimeSeriesChart& addChart(const QString& title, Unit unit);
    void show();
    void settle();
    QImage image(TimeSeriesChart& chart)
    {
        settle();
        return chart.canvas().picture().toImage();
    }
    QColor color(int series) const { return m_theme->seriesColor(series); }
    void compare(double before, double now);

    UnmovedClock m_clock;
    std::unique_ptr<Theme> m_theme;
    std::unique_ptr<TimeWindow> m_time;
    std::unique_ptr<ChartGroup> m_group;
    std::unique_ptr<QWidget> m_window;
    TimeSeriesChart* m_chart = nullptr;
};

void ChartCompareTest::init()
{
    m_theme = std::make_unique<Theme>();
    m_theme->applyTo(GuardedApplication::instance());
    m_time = std::make_unique<TimeWindow>(m_clock);
    m_group = std::make_unique<ChartGroup>(*m_time);
    m_window = std::make_unique<QWidget>();
    new QVBoxLayout(m_window.get());
    m_window->resize(800, 420);
    m_chart = &addChart(QStringLiteral("Latency"), Unit::None);
}

void ChartCompareTest::cleanup()
{
    m_window.reset();
    m_group.reset();
    m_time.reset();
    m_theme.reset();
}

TimeSeriesChart& ChartCompareTest::addChart(const QString& title, Unit unit)
{
    auto* chart = new TimeSeriesChart(*m_theme, *m_group, m_window.get());
    chart->setTitle(title);
    chart->setUnit(unit);
    m_window->layout()->addWidget(chart);
    return *chart;
}

void ChartCompareTest::show()
{
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
    settle();
}

void ChartCompareTest::settle()
{
    const QList<ChartCanvas*> canvases = m_window->findChildren<ChartCanvas*>();
    QTRY_VERIFY(std::ranges::all_of(canvases, [](const ChartCanvas* canvas) {
        return !canvas->isVisible() ||
               (canvas->isUpToDate() && canvas->picture().size() == canvas->size());
    }));
}

void ChartCompareTest::compare(double before, double now)
{
    m_chart->setLines({constant(QStringLiteral("p99"), 0, now)});
    m_chart->setPrevious(
        {constant(QStringLiteral("p99"), 0, before)}, QStringLiteral("30 m earlier"));
}

void ChartCompareTest::logAxisHasRoundEnds_data()
{
    QTest::addColumn<double>("least");
    QTest::addColumn<double>("greatest");
    QTest::addColumn<Unit>("unit");
    QTest::addColumn<double>("low");
    QTest::addColumn<double>("high");
    QTest::addColumn<QString>("axisUnit");
    QTest::addColumn<QString>("topLabel");
    QTest::newRow("powers of ten")
        << 1.0 << 1000.0 << Unit::None << 1.0 << 1000.0 << "log" << QStringLiteral("1\u2009k");
    QTest::newRow("in between") << 0.02 << 37.0 << Unit::None << 0.01 << 100.0 << "log"
                                << "100";
    QTest::newRow("one value") << 5.0 << 5.0 << Unit::None << 1.0 << 10.0 << "log"
                               << "10";
    QTest::newRow("a power of ten") << 10.0 << 10.0 << Unit::None << 10.0 << 100.0 << "log"
                                    << "100";
    QTest::newRow("bytes by two") << 1500.0 << 5000.0 << Unit::Bytes << 1024.0 << 8192.0 << "B log"
                                  << QStringLiteral("8\u2009Ki");
}

void ChartCompareTest::logAxisHasRoundEnds()
{
    QFETCH(double, least);
    QFETCH(double, greatest);
    QFETCH(Unit, unit);
    const ValueScale scale = logScale(least, greatest, unit, 5);
    QVERIFY(scale.isLog);
    QTEST(scale.low, "low");
    QTEST(scale.high, "high");
    QTEST(scale.unit, "axisUnit");
    QVERIFY(scale.ticks.size() >= 2 && scale.ticks.size() <= 5);
    QTEST(scale.ticks.back().label, "topLabel");
    QCOMPARE(scale.toPixel(scale.low, 200), 200.0);
    QCOMPARE(scale.toPixel(scale.high, 200), 0.0);
    QCOMPARE(scale.toPixel(0, 200), 200.0);
}

void ChartCompareTest::logScaleGivesEqualRatiosEqualHeights()
{
    m_chart->setLines(
        {lineOf(QStringLiteral("a"), 0, [](double share) { return std::pow(10.0, 4 * share); })});
    show();
    const auto bend = [&] {
        const auto heights = heightsOf(image(*m_chart), color(0));
        const auto& [first, left] = *heights.begin();
        const auto& [last, right] = *heights.rbegin();
        return heights.lower_bound((first + last) / 2)->second - (left + right) / 2;
    };
    QVERIFY2(bend() > 50, qPrintable(QString::number(bend())));
    QSignalSpy chosen(m_chart, &TimeSeriesChart::logScaleChanged);
    QVERIFY(openContextMenu(m_chart->canvas()) != nullptr);
    QVERIFY(!isTicked(QStringLiteral("Logarithmic scale")));
    QVERIFY(clickMenu({QStringLiteral("Logarithmic scale")}));
    QCOMPARE(chosen.count(), 1);
    QVERIFY2(std::abs(bend()) <= kPixelTolerance, qPrintable(QString::number(bend())));
    QVERIFY(m_chart->describe().contains(QStringLiteral("The scale is logarithmic.")));
    // And back.
    openContextMenu(m_chart->canvas());
    QVERIFY(isTicked(QStringLiteral("Logarithmic scale")));
    QVERIFY(clickMenu({QStringLiteral("Logarithmic scale")}));
    QVERIFY(bend() > 50);
}

void ChartCompareTest::logScaleLeavesOutWhatIsNotAboveZero()
{
    m_chart->setLines({lineOf(QStringLiteral("a"), 0, [](double share) {
        return share > 0.4 && share < 0.6 ? 0.0 : 5.0;
    })});
    show();
    const auto isDrawnInTheMiddle = [&] {
        const QImage picture = image(*m_chart);
        const auto heights = heightsOf(picture, color(0));
        return heights.contains(picture.width() / 2 + 10);
    };
    QVERIFY(isDrawnInTheMiddle());
    m_chart->setLogScale(true);
    QVERIFY(!isDrawnInTheMiddle());
    QVERIFY(heightsOf(image(*m_chart), color(0)).size() > 200);
}

void ChartCompareTest::logScaleOfNothingAboveZeroIsAnEmptyChart()
{
    m_chart->setLines({constant(QStringLiteral("a"), 0, -3)});
    m_chart->setLogScale(true);
    show();
    QVERIFY(heightsOf(image(*m_chart), color(0)).empty());
    QVERIFY2(
        m_chart->describe().contains(QStringLiteral("a: now \u22123")),
        qPrintable(m_chart->describe()));
}

void ChartCompareTest::logScaleIsChosenByKeysToo()
{
    m_chart->setLines({constant(QStringLiteral("a"), 0, 3)});
    show();
    openContextMenu(m_chart->canvas());
    QVERIFY(keyMenu({QStringLiteral("Logarithmic scale")}));
    QVERIFY(m_chart->isLogScale());
    // Escape leaves all as it is.
    openContextMenu(m_chart->canvas());
    QTest::keyClick(openMenu(), Qt::Key_Escape);
    QVERIFY(openMenu() == nullptr);
    QVERIFY(m_chart->isLogScale());
}

void ChartCompareTest::theEarlierPeriodIsDashedAndThePresentIsNot()
{
    compare(1, 3.3); // below the top of the axis, where half of a line is cut off
    show();
    const QImage picture = image(*m_chart);
    test::picture(*m_window, QStringLiteral("chart-compare-dark"));
    // The fullest row of the upper half is the present, of the lower half what was before.
    RowInk present;
    RowInk before;
    for (int y = 0; y < picture.height(); ++y) {
        const RowInk ink = inkOfRow(picture, y, color(0));
        RowInk& fullest = y < picture.height() / 2 ? present : before;
        fullest = ink.pixels > fullest.pixels ? ink : fullest;
    }
    QVERIFY2(before.widestGap >= 3, qPrintable(QString::number(before.widestGap)));
    QVERIFY(before.pixels > picture.width() / 6);
    QVERIFY(present.pixels > before.pixels);
    const auto* note = m_chart->findChild<ChartLegend*>()->findChild<TextLabel*>();
    QVERIFY(note->isVisible());
    QCOMPARE(note->text(), QStringLiteral("dashed: 30 m earlier"));
}

void ChartCompareTest::theEarlierPeriodWidensTheAxis()
{
    m_chart->setLines({constant(QStringLiteral("p99"), 0, 1)});
    show();
    const double alone = heightsOf(image(*m_chart), color(0)).begin()->second;
    compare(100, 1);
    const QImage picture = image(*m_chart);
    int lowest = 0;
    for (int y = 0; y < picture.height(); ++y) {
        if (inkOfRow(picture, y, color(0)).pixels > picture.width() / 6) {
            lowest = y;
        }
    }
    QVERIFY2(lowest > alone + 50, qPrintable(QString::number(lowest)));
}

void ChartCompareTest::onlyTheSameSeriesIsCompared()
{
    m_chart->setLines({constant(QStringLiteral("new"), 0, 4)});
    m_chart->setPrevious({constant(QStringLiteral("gone"), 1, 1)}, QStringLiteral("30 m earlier"));
    show();
    QVERIFY(heightsOf(image(*m_chart), color(1)).empty());
    QVERIFY(!m_chart->toCsv().contains(QStringLiteral("gone")));
    QVERIFY(!m_chart->describe().contains(QStringLiteral("earlier")));
}

void ChartCompareTest::bothPeriodsAreInWordsTableAndCsv()
{
    compare(1, 4);
    show();
    QVERIFY2(
        m_chart->describe().contains(QStringLiteral("30 m earlier: lowest 1, highest 1.")),
        qPrintable(m_chart->describe()));
    openContextMenu(m_chart->canvas());
    QVERIFY(clickMenu({QStringLiteral("Copy data as CSV")}));
    const QStringList lines =
        QGuiApplication::clipboard()->text().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
    QCOMPARE(lines.size(), kSeconds + 2);
    QCOMPARE(lines.front(), QStringLiteral("time,p99,\"p99, 30 m earlier\""));
    QCOMPARE(lines.back(), QStringLiteral("2023-11-14T22:30:00.000Z,4,1"));
    openContextMenu(m_chart->canvas());
    QVERIFY(clickMenu({QStringLiteral("Show as table")}));
    const auto* table = m_chart->findChild<QAbstractItemView*>();
    QVERIFY(table->isVisible());
    QCOMPARE(
        table->model()->headerData(2, Qt::Horizontal).toString(),
        QStringLiteral("p99, 30 m earlier"));
    QCOMPARE(table->model()->index(0, 1).data().toString(), QStringLiteral("4"));
    QCOMPARE(table->model()->index(0, 2).data().toString(), QStringLiteral("1"));
}

void ChartCompareTest::aLineSwitchedOffTakesItsEarlierPeriodAlong()
{
    compare(1, 4);
    show();
    auto* item = m_chart->findChild<LegendItem*>();
    QTest::mouseClick(item, Qt::LeftButton);
    QVERIFY(heightsOf(image(*m_chart), color(0)).empty());
    QVERIFY(!m_chart->toCsv().contains(QStringLiteral("p99")));
    QTest::mouseClick(item, Qt::LeftButton);
    QVERIFY(!heightsOf(image(*m_chart), color(0)).empty());
}

void ChartCompareTest::theComparisonEndsWhereThereIsNothingEarlier()
{
    compare(1, 4);
    show();
    m_chart->setPrevious({}, QStringLiteral("30 m earlier"));
    QVERIFY(m_chart->content().previousName.isEmpty());
    QVERIFY(!m_chart->findChild<ChartLegend*>()->findChild<TextLabel*>()->isVisible());
    const auto heights = heightsOf(image(*m_chart), color(0));
    for (const auto& [x, y] : heights) {
        QVERIFY(std::abs(y - heights.begin()->second) <= kPixelTolerance);
    }
}

void ChartCompareTest::chartsOfAGroupShareTimeAxisAndCrosshair()
{
    TimeSeriesChart& other = addChart(QStringLiteral("Memory"), Unit::BytesPerSecond);
    const auto spike = [](double share) { return std::abs(share - 0.3) < 0.001 ? 1.0 : 0.0; };
    m_chart->setLines({lineOf(QStringLiteral("a"), 0, spike)});
    other.setLines(
        {lineOf(QStringLiteral("b"), 0, [&](double share) { return 3e9 * spike(share); })});
    m_window->resize(800, 700);
    show();
    // The same moment stands in the same pixel column, whatever the labels at the left.
    const auto spikeAt = [&](TimeSeriesChart& chart) {
        const auto heights = heightsOf(image(chart), color(0));
        return std::ranges::min_element(heights, {}, [](const auto& at) { return at.second; })
            ->first;
    };
    QVERIFY(std::abs(spikeAt(*m_chart) - spikeAt(other)) <= 1);
    // Keys in one chart move the crosshair in both and zoom both.
    m_chart->canvas().setFocus();
    QTest::keyClick(&m_chart->canvas(), Qt::Key_Left);
    QTest::keyClick(&m_chart->canvas(), Qt::Key_Left, Qt::ShiftModifier);
    QCOMPARE(m_group->crosshair().value(), kNow - 10'000);
    QSignalSpy drawn(&other.canvas(), &ChartCanvas::drawn);
    const std::int64_t before = m_group->from();
    QTest::keyClick(&m_chart->canvas(), Qt::Key_Plus);
    QTRY_VERIFY(drawn.count() > 0);
    QVERIFY(m_group->from() > before);
    QCOMPARE(
        other.describe().section(QLatin1Char('.'), 0, 0).section(QLatin1Char(','), 1),
        m_chart->describe().section(QLatin1Char('.'), 0, 0).section(QLatin1Char(','), 1));
}

void ChartCompareTest::theImageThatIsCopiedIsTheChart()
{
    compare(1, 4);
    show();
    openContextMenu(m_chart->canvas());
    QVERIFY(keyMenu({QStringLiteral("Copy image")}));
    const QImage copied = QGuiApplication::clipboard()->image();
    QCOMPARE(copied.size(), image(*m_chart).size());
    QVERIFY(!heightsOf(copied, color(0)).empty());
}

PILOTHOUSE_UI_TEST_MAIN(ChartCompareTest)
#include "tst_chart_compare.moc"
