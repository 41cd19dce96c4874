// SPDX-License-Identifier: Apache-2.0
// The menus of a chart on the metrics page, by clicks and by keys.
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Menus.h"
#include "tests/support/ui/PageFixture.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/charts/ChartCanvas.h"
#include "ui/charts/TimeSeriesChart.h"
#include "ui/components/Button.h"
#include "ui/metrics/ChartCard.h"
#include "ui/metrics/MetricsPage.h"
#include "ui/shell/CommandIds.h"
#include "ui/shell/CommandRegistry.h"

#include <QClipboard>
#include <QSignalSpy>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

constexpr std::int64_t kNow = StandingClock::kStartMs;
const QString kCpu = QStringLiteral("rate(node_cpu_seconds_total[1m])");
const QString kLog = QStringLiteral("Logarithmic scale");
const QString kCompare = QStringLiteral("Compare with the period before");
const QString kGroupBy = QStringLiteral("Group by");
const QString kAggregate = QStringLiteral("Aggregate");

} // namespace

class ChartMenuTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void theButtonOpensTheMenuByClickAndByKey();
    void logScaleIsKeptInBothMenus_data();
    void logScaleIsKeptInBothMenus();
    void comparisonAsksForThePeriodBeforeAndEnds();
    void groupByPutsTheExpressionTogether_data();
    void groupByPutsTheExpressionTogether();
    void aggregationIsChosenAndTakenBack();
    void aPercentileKeepsItsAggregation();
    void optionsStayWithTheChartAndSurviveARestart();
    void editPutsTheExpressionIntoTheField();
    void removeTakesTheChartAway();
    void ownWindowIsAskedForWithThisChart();
    void imageAndDataAreCopied();
    void describeAndTableByTheContextMenu();
    void zoomIsResetByTheContextMenu();

private:
    ChartCard& card(int at = 0)
    {
        // In the order of the stack, not of their making.
        QList<ChartCard*> cards = m_page->findChildren<ChartCard*>();
        cards.removeIf([](const ChartCard* one) { return one->isHidden(); });
        std::ranges::sort(cards, {}, &QWidget::y);
        return *cards[at];
    }
    MetricsViewModel& model() { return m_page->viewModel(); }
    QPushButton* button(ChartCard& card, const QString& name)
    {
        for (auto* button : card.findChildren<QPushButton*>()) {
            if (button->accessibleName() == name) {
                return button;
            }
        }
        return nullptr;
    }
    void openPage();
    void draw(const QString& expression);
    void openCardMenu()
    {
        QTRY_VERIFY(openMenu() == nullptr);
        QTest::mouseClick(
            button(card(), QStringLiteral("Group, compare and scale")), Qt::LeftButton);
        QTRY_VERIFY(openMenu() != nullptr);
    }
    static metrics::SeriesPoints wave(metrics::Labels labels, double base)
    {
        return PageFixture::wave(std::move(labels), 1800, base, base / 10, kNow);
    }

    std::unique_ptr<PageFixture> m_world;
    std::unique_ptr<MetricsPage> m_page;
};

void ChartMenuTest::init()
{
    m_world = std::make_unique<PageFixture>();
    openPage();
    draw(kCpu);
}

void ChartMenuTest::cleanup()
{
    m_page.reset();
    m_world.reset();
}

void ChartMenuTest::openPage()
{
    PageContext context = m_world->context();
    m_page = std::make_unique<MetricsPage>(context);
    m_page->resize(1236, 786);
    m_page->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
    m_page->setShown(true);
    metrics::LiveSeriesUpdate update;
    update.snapshot = true;
    for (const char* mode : {"idle", "user"}) {
        for (const char* cpu : {"0", "1"}) {
            update.series.push_back(
                wave({{"__name__", "node_cpu_seconds_total"}, {"cpu", cpu}, {"mode", mode}}, 500));
        }
    }
    update.series.push_back(
        wave({{"__name__", "latency_seconds_count"}, {"route", "/v1/quote"}}, 50));
    update.totalSeries = static_cast<std::int64_t>(update.series.size());
    m_world->metrics().seriesStream.push(update);
    QTRY_COMPARE(model().treeState().kind, DataState::Kind::Live);
}

void ChartMenuTest::draw(const QString& expression)
{
    m_page->openObject(expression);
    m_world->metrics().queryStream.push(
        {true,
         {wave({{"mode", "idle"}}, 1.4), wave({{"mode", "user"}}, 0.4)},
         absl::FromUnixMillis(kNow),
         0,
         {}},
        [&](const auto& request) { return request.expression == expression.toStdString(); });
    QTRY_VERIFY(!model().lines(model().chartCount() - 1).empty());
    QTRY_VERIFY(card(model().chartCount() - 1).chart().canvas().isUpToDate());
}

void ChartMenuTest::theButtonOpensTheMenuByClickAndByKey()
{
    const QStringList entries{
        kAggregate, kGroupBy, kCompare, kLog, QStringLiteral("Open in its own window")};
    openCardMenu();
    QCOMPARE(menuEntries(), entries);
    picture(*openMenu(), QStringLiteral("chart-menu-dark"));
    QCOMPARE(unnamedFocusable(*openMenu()), QStringList());
    QTest::keyClick(openMenu(), Qt::Key_Escape);
    QVERIFY(openMenu() == nullptr);
    auto* more = button(card(), QStringLiteral("Group, compare and scale"));
    more->setFocus();
    QTest::keyClick(more, Qt::Key_Space);
    QTRY_VERIFY(openMenu() != nullptr);
    QCOMPARE(menuEntries(), entries);
    QTest::keyClick(openMenu(), Qt::Key_Escape);
}

void ChartMenuTest::logScaleIsKeptInBothMenus_data()
{
    QTest::addColumn<bool>("byKeys");
    QTest::addColumn<bool>("inContextMenu");
    QTest::newRow("button, clicks") << false << false;
    QTest::newRow("button, keys") << true << false;
    QTest::newRow("context menu, clicks") << false << true;
    QTest::newRow("context menu, keys") << true << true;
}

void ChartMenuTest::logScaleIsKeptInBothMenus()
{
    QFETCH(bool, byKeys);
    QFETCH(bool, inContextMenu);
    const auto open = [&](bool contextMenu) {
        if (contextMenu) {
            openContextMenu(card().chart().canvas());
        } else {
            openCardMenu();
        }
    };
    open(inContextMenu);
    QVERIFY(byKeys ? keyMenu({kLog}) : clickMenu({kLog}));
    QVERIFY(model().isLogScale(0));
    QVERIFY(card().chart().isLogScale());
    // The other menu knows of it, and takes it back.
    open(!inContextMenu);
    QVERIFY(isTicked(kLog));
    QVERIFY(byKeys ? keyMenu({kLog}) : clickMenu({kLog}));
    QVERIFY(!model().isLogScale(0));
    QVERIFY(!card().chart().isLogScale());
}

void ChartMenuTest::comparisonAsksForThePeriodBeforeAndEnds()
{
    openCardMenu();
    QVERIFY(!isTicked(kCompare));
    QVERIFY(clickMenu({kCompare}));
    QTRY_COMPARE(m_world->metrics().rangeQueries.pending(), 1);
    metrics::SeriesPoints before = wave({{"mode", "idle"}}, 1.1);
    for (metrics::TimestampMs& time : before.times) {
        time -= 1'800'000;
    }
    m_world->metrics().rangeQueries.answer(metrics::Matrix{before});
    const ChartContent& content = card().chart().content();
    QTRY_COMPARE(content.previous.size(), std::size_t{1});
    QCOMPARE(content.previousName, QStringLiteral("30\u2009m earlier"));
    QVERIFY(content.previousOf(content.lines.front().id) != nullptr);
    QTRY_VERIFY(card().chart().canvas().isUpToDate());
    picture(*m_page, QStringLiteral("chart-menu-compared-dark"));
    openCardMenu();
    QVERIFY(isTicked(kCompare));
    QVERIFY(keyMenu({kCompare}));
    QTRY_VERIFY(content.previous.empty());
    QVERIFY(!model().isCompared(0));
}

void ChartMenuTest::groupByPutsTheExpressionTogether_data()
{
    QTest::addColumn<QString>("before");
    QTest::addColumn<QString>("label");
    QTest::addColumn<bool>("byKeys");
    QTest::addColumn<QString>("after");
    QTest::newRow("every series") << kCpu << "mode" << false
                                  << "sum by (mode) (rate(node_cpu_seconds_total[1m]))";
    QTest::newRow("by keys") << kCpu << "cpu" << true
                             << "sum by (cpu) (rate(node_cpu_seconds_total[1m]))";
    QTest::newRow("a second label")
        << "max by (mode) (node_cpu_seconds_total)"
        << "cpu" << false << "max by (mode, cpu) (node_cpu_seconds_total)";
    QTest::newRow("the last one away") << "avg by (mode) (node_cpu_seconds_total)"
                                       << "mode" << false << "avg(node_cpu_seconds_total)";
    QTest::newRow("percentile")
        << "histogram_quantile(0.99, sum by (le) (rate(latency_seconds_bucket[1m])))"
        << "route" << true
        << "histogram_quantile(0.99, sum by (route, le) (rate(latency_seconds_bucket[1m])))";
}

void ChartMenuTest::groupByPutsTheExpressionTogether()
{
    QFETCH(QString, before);
    QFETCH(QString, label);
    QFETCH(bool, byKeys);
    QFETCH(QString, after);
    model().setCharts({before});
    QTRY_COMPARE(card().expression(), before);
    openCardMenu();
    const QStringList path{kGroupBy, label};
    QVERIFY(byKeys ? keyMenu(path) : clickMenu(path));
    QCOMPARE(model().expressions(), QStringList{after});
    QCOMPARE(card().expression(), after);
    QCOMPARE(m_world->metrics().queryStream.open().back().expression, after.toStdString());
    QCOMPARE(m_world->metrics().queryStream.open().size(), std::size_t{1});
}

void ChartMenuTest::aggregationIsChosenAndTakenBack()
{
    openCardMenu();
    QVERIFY(clickMenu({kAggregate, QStringLiteral("max")}));
    QCOMPARE(card().expression(), QStringLiteral("max(rate(node_cpu_seconds_total[1m]))"));
    openCardMenu();
    QVERIFY(keyMenu({kAggregate, QStringLiteral("Every series")}));
    QCOMPARE(card().expression(), kCpu);
}

void ChartMenuTest::aPercentileKeepsItsAggregation()
{
    model().setCharts({QStringLiteral(
        "histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket[1m])))")});
    openCardMenu();
    QVERIFY(!clickMenu({kAggregate, QStringLiteral("max")}));
    QTest::keyClick(openMenu(), Qt::Key_Escape);
    QCOMPARE(model().chartCount(), 1);
}

void ChartMenuTest::optionsStayWithTheChartAndSurviveARestart()
{
    openCardMenu();
    QVERIFY(clickMenu({kLog}));
    openCardMenu();
    QVERIFY(clickMenu({kCompare}));
    // Another grouping of the same chart keeps them.
    openCardMenu();
    QVERIFY2(
        keyMenu({kGroupBy, QStringLiteral("mode")}),
        qPrintable(menuEntries().join(QLatin1Char(','))));
    const QString grouped = QStringLiteral("sum by (mode) (rate(node_cpu_seconds_total[1m]))");
    QVERIFY(model().isLogScale(0) && model().isCompared(0));
    QCOMPARE(m_world->metrics().rangeQueries.requests().back().expression, grouped.toStdString());
    const QByteArray layout = m_page->saveLayout();
    m_page.reset();
    m_page = std::make_unique<MetricsPage>(m_world->context());
    m_page->restoreLayout(layout);
    QCOMPARE(model().expressions(), QStringList{grouped});
    m_page->resize(1236, 786);
    m_page->show();
    m_page->setShown(true);
    QVERIFY(card().chart().isLogScale());
    openCardMenu();
    QVERIFY(isTicked(kLog) && isTicked(kCompare));
    QTest::keyClick(openMenu(), Qt::Key_Escape);
}

void ChartMenuTest::editPutsTheExpressionIntoTheField()
{
    QTest::mouseClick(button(card(), QStringLiteral("Edit expression")), Qt::LeftButton);
    QWidget* field = QApplication::focusWidget();
    QVERIFY(field != nullptr);
    QVERIFY(field->accessibleName().contains(QStringLiteral("xpression")));
}

void ChartMenuTest::removeTakesTheChartAway()
{
    draw(QStringLiteral("up"));
    QTest::mouseClick(button(card(0), QStringLiteral("Remove chart")), Qt::LeftButton);
    QTRY_COMPARE(model().expressions(), QStringList{QStringLiteral("up")});
    QCOMPARE(card().expression(), QStringLiteral("up"));
    QCOMPARE(m_world->metrics().queryStream.open().size(), std::size_t{1});
}

void ChartMenuTest::ownWindowIsAskedForWithThisChart()
{
    PageContext context = m_world->context();
    QWidget window;
    CommandRegistry commands(context.settings, window);
    Command tearOff;
    tearOff.id = command::kTearOff;
    QString asked;
    tearOff.run = [&] { asked = m_page->tornOffObject(); };
    commands.add(tearOff);
    context.commands = &commands;
    m_page = std::make_unique<MetricsPage>(context);
    m_page->resize(1236, 786);
    m_page->show();
    m_page->setShown(true);
    draw(kCpu);
    draw(QStringLiteral("up"));
    openCardMenu();
    QVERIFY(clickMenu({QStringLiteral("Open in its own window")}));
    QTRY_COMPARE(asked, kCpu);
    m_page.reset();
}

void ChartMenuTest::imageAndDataAreCopied()
{
    openContextMenu(card().chart().canvas());
    QVERIFY(clickMenu({QStringLiteral("Copy data as CSV")}));
    const QString csv = QGuiApplication::clipboard()->text();
    QVERIFY2(csv.startsWith(QStringLiteral("time,idle,user\n")), qPrintable(csv.left(80)));
    openContextMenu(card().chart().canvas());
    QVERIFY(keyMenu({QStringLiteral("Copy image")}));
    QCOMPARE(QGuiApplication::clipboard()->image().size(), card().chart().canvas().size());
    QVERIFY(inkOf(QGuiApplication::clipboard()->image()) > 0.01);
}

void ChartMenuTest::describeAndTableByTheContextMenu()
{
    TimeSeriesChart& chart = card().chart();
    openContextMenu(chart.canvas());
    QVERIFY(keyMenu({QStringLiteral("Show as table")}));
    QVERIFY(chart.showsTable());
    // The table has the menu too, and the way back.
    openContextMenu(*QApplication::focusWidget());
    QVERIFY(clickMenu({QStringLiteral("Show as chart")}));
    QVERIFY(!chart.showsTable());
    QCOMPARE(QApplication::focusWidget(), &chart.canvas());
    QSignalSpy described(&chart.canvas(), &ChartCanvas::describeRequested);
    openContextMenu(chart.canvas());
    QVERIFY(clickMenu({QStringLiteral("Describe in words")}));
    QTest::keyClick(&chart.canvas(), Qt::Key_D, Qt::AltModifier);
    QCOMPARE(described.count(), 2);
}

void ChartMenuTest::zoomIsResetByTheContextMenu()
{
    TimeSeriesChart& chart = card().chart();
    chart.canvas().setFocus();
    QTest::keyClick(&chart.canvas(), Qt::Key_Plus);
    QVERIFY(m_world->time().isZoomed());
    openContextMenu(chart.canvas());
    QVERIFY(clickMenu({QStringLiteral("Reset zoom")}));
    QVERIFY(!m_world->time().isZoomed());
}

PILOTHOUSE_UI_TEST_MAIN(ChartMenuTest)
#include "tst_chart_menu.moc"
