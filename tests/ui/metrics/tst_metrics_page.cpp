// SPDX-License-Identifier: Apache-2.0
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/PageFixture.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/charts/ChartCanvas.h"
#include "ui/charts/TimeSeriesChart.h"
#include "ui/components/DataTable.h"
#include "ui/metrics/ChartCard.h"
#include "ui/metrics/CrosshairTable.h"
#include "ui/metrics/ExpressionField.h"
#include "ui/metrics/MetricTreeView.h"
#include "ui/metrics/MetricsPage.h"
#include "ui/metrics/PromText.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

constexpr std::int64_t kNow = StandingClock::kStartMs;

metrics::Metric family(const char* name, metrics::MetricType type, const char* help)
{
    metrics::Metric metric;
    metric.name = name;
    metric.type = type;
    metric.help = help;
    return metric;
}

} // namespace

class MetricsPageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<PageFixture>();
        m_page = std::make_unique<MetricsPage>(m_world->context());
        m_page->resize(1236, 786);
    }
    void cleanup()
    {
        m_page.reset();
        m_world.reset();
    }

    void picksAnExpressionThatFitsTheType_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("type");
        QTest::addColumn<QString>("expression");
        using T = metrics::MetricType;
        const auto row = [](const char* name, T type, const char* expression) {
            QTest::newRow(name) << QString::fromLatin1(name) << static_cast<int>(type)
                                << QString::fromLatin1(expression);
        };
        row("up", T::Gauge, "up");
        row("http_requests_total", T::Counter, "rate(http_requests_total[1m])");
        row("calls_total", T::Unknown, "rate(calls_total[1m])");
        row("temperature_sum", T::Gauge, "temperature_sum");
        row("latency_seconds",
            T::Histogram,
            "histogram_quantile(0.99, sum by (le) (rate(latency_seconds_bucket[1m])))");
    }
    void picksAnExpressionThatFitsTheType()
    {
        QFETCH(QString, name);
        QFETCH(int, type);
        QTEST(expressionFor(name, static_cast<metrics::MetricType>(type)), "expression");
    }

    void guessesTheUnit_data()
    {
        QTest::addColumn<QString>("expression");
        QTest::addColumn<int>("unit");
        const auto row = [](const char* expression, Unit unit) {
            QTest::newRow(expression) << QString::fromLatin1(expression) << static_cast<int>(unit);
        };
        row("process_resident_memory_bytes", Unit::Bytes);
        row("rate(node_network_receive_bytes_total[1m])", Unit::BytesPerSecond);
        row("rate(http_requests_total[1m])", Unit::PerSecond);
        row("rate(process_cpu_seconds_total[1m])", Unit::None);
        row("histogram_quantile(0.99, sum by (le) (rate(x_seconds_bucket[1m])))", Unit::Seconds);
        row("a_bytes / b_bytes", Unit::None);
        row("a{label=\"x_bytes\"}", Unit::None);
        row("riptide_cache_hit_ratio", Unit::Ratio);
    }
    void guessesTheUnit()
    {
        QFETCH(QString, expression);
        QFETCH(int, unit);
        QCOMPARE(static_cast<int>(unitOfExpression(expression)), unit);
    }

    void findsTheErrorsPlace()
    {
        const QString expression = QStringLiteral("rate(x[1m]");
        QCOMPARE(
            errorPosition(
                QStringLiteral("1:5: parse error: unclosed left parenthesis"), expression),
            std::optional<qsizetype>(4));
        QVERIFY(!errorPosition(QStringLiteral("server is busy"), expression));
        QVERIFY(!errorPosition(QStringLiteral("9:1: parse error"), expression));
        // Columns count bytes.
        QCOMPARE(
            errorPosition(QStringLiteral("1:5: parse error"), QStringLiteral("é\u00e9x")),
            std::optional<qsizetype>(2));
    }

    void theTreeGroupsSeriesAndKeepsItsModelPromises()
    {
        QAbstractItemModelTester tester(
            &tree(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        open();
        QVERIFY(row("node_cpu_seconds_total").isValid());
        QCOMPARE(tree().rowCount(row("node_cpu_seconds_total")), 8);
        QCOMPARE(tree().rowCount(row("node_load1")), 0);
        // Counts of a histogram stand for the histogram.
        QCOMPARE(
            row("riptide_extraction_duration_seconds")
                .data(MetricTreeModel::ExpressionRole)
                .toString(),
            QStringLiteral("histogram_quantile(0.99, sum by (le) "
                           "(rate(riptide_extraction_duration_seconds_bucket[1m])))"));
        QCOMPARE(
            tree().index(2, 0, row("node_cpu_seconds_total")).data().toString(),
            QStringLiteral("cpu=0, mode=system"));
    }

    void pinsComeFirstAndSurviveARestart()
    {
        open();
        tree().togglePin(row("node_load1"));
        QCOMPARE(tree().index(0, 0).data().toString(), QStringLiteral("node_load1"));
        const QByteArray layout = m_page->saveLayout();
        m_page = std::make_unique<MetricsPage>(m_world->context());
        m_page->restoreLayout(layout);
        open();
        QCOMPARE(tree().index(0, 0).data().toString(), QStringLiteral("node_load1"));
    }

    void enterOnAMetricDrawsIt()
    {
        open();
        auto* view = m_page->findChild<MetricTreeView*>();
        view->setCurrentIndex(row("node_load1"));
        QTest::keyClick(view, Qt::Key_Return);
        QCOMPARE(m_page->viewModel().expressions(), QStringList{QStringLiteral("node_load1")});
        // Again: the same chart.
        QTest::keyClick(view, Qt::Key_Return);
        QCOMPARE(m_page->viewModel().chartCount(), 1);
        QCOMPARE(m_page->object(), QStringLiteral("node_load1"));
    }

    void atMostEightCharts()
    {
        open();
        for (int at = 0; at < 10; ++at) {
            m_page->openObject(QStringLiteral("x%1").arg(at));
        }
        QCOMPARE(m_page->viewModel().chartCount(), 8);
        QCOMPARE(m_world->metrics().queryStream.open().size(), std::size_t{8});
        auto* field = m_page->findChild<ExpressionField*>();
        QVERIFY(!field->edit().accessibleDescription().isEmpty());
    }

    void aBadExpressionIsMarkedWhereItIsWrong()
    {
        open();
        auto* field = m_page->findChild<ExpressionField*>();
        QTest::keyClicks(&field->edit(), QStringLiteral("rate(x[1m]"));
        QTest::keyClick(&field->edit(), Qt::Key_Return);
        m_world->metrics().queryStream.end(
            absl::InvalidArgumentError("1:5: parse error: unclosed left parenthesis"));
        QTRY_COMPARE(field->edit().errorAt(), std::optional<qsizetype>(4));
        settle();
        picture(*m_page, QStringLiteral("metrics-error-dark"));
        // Typing takes the mark away.
        QTest::keyClicks(&field->edit(), QStringLiteral(")"));
        QVERIFY(!field->edit().errorAt());
    }

    void searchNarrowsOnTheServer()
    {
        open();
        m_page->viewModel().search(QStringLiteral("cpu.x"));
        const auto requests = m_world->metrics().seriesStream.open();
        QCOMPARE(requests.size(), std::size_t{1});
        QCOMPARE(
            QString::fromStdString(requests[0].matches[0]),
            QStringLiteral("{__name__=~\"(?i).*cpu\\\\.x.*\",__name__!~\".+_bucket\"}"));
        m_world->metrics().seriesStream.push({true, {}, 0});
        QTRY_COMPARE(m_page->viewModel().treeState().kind, DataState::Kind::FilteredEmpty);
    }

    void theDrawerFollowsTheCrosshairAndSorts()
    {
        open();
        draw();
        auto* canvas = m_page->findChild<ChartCanvas*>();
        canvas->setFocus();
        QTest::keyClick(canvas, Qt::Key_Left);
        auto& table = m_page->findChild<CrosshairTable*>()->table();
        QTRY_COMPARE(table.model().rowCount(), 8);
        table.sortBy(QStringLiteral("value"), Qt::DescendingOrder);
        const QString text = table.text(TableFormat::Csv);
        QVERIFY(text.startsWith(QStringLiteral("Series,Value,Lowest,Highest,Chart\n")));
    }

    void zoomAsksForARangeAndComesBackToLive()
    {
        open();
        draw();
        m_world->time().zoomTo(
            absl::FromUnixMillis(kNow - 600'000), absl::FromUnixMillis(kNow - 300'000));
        QTRY_COMPARE(m_world->metrics().rangeQueries.pending(), 3);
        QCOMPARE(m_world->metrics().queryStream.open().size(), std::size_t{0});
        m_world->time().resetZoom();
        QTRY_COMPARE(m_world->metrics().queryStream.open().size(), std::size_t{3});
    }

    void everyFocusableThingHasAName()
    {
        open();
        draw();
        QCOMPARE(unnamedFocusable(*m_page), QStringList());
    }

    void looksRight_data()
    {
        QTest::addColumn<ThemeMode>("mode");
        QTest::addColumn<QSize>("size");
        QTest::newRow("metrics-dark") << ThemeMode::Dark << QSize(1236, 786);
        QTest::newRow("metrics-light") << ThemeMode::Light << QSize(1236, 786);
        QTest::newRow("metrics-small-dark") << ThemeMode::Dark << QSize(968, 586);
    }
    void looksRight()
    {
        QFETCH(ThemeMode, mode);
        QFETCH(QSize, size);
        m_world->theme().setMode(mode);
        m_page->resize(size);
        open();
        tree().togglePin(row("node_load1"));
        m_page->findChild<MetricTreeView*>()->expand(row("node_cpu_seconds_total"));
        draw();
        auto* view = m_page->findChild<MetricTreeView*>();
        QTRY_VERIFY(!view->sparkline(row("node_load1")).isNull());
        const QImage image = picture(*m_page, QString::fromLatin1(QTest::currentDataTag()));
        QVERIFY(contains(image, m_world->theme().seriesColor(0), 40));
        QVERIFY(inkOf(image) > 0.05);
    }

    void emptyPageSaysWhatToDo()
    {
        m_page->show();
        m_page->setShown(true);
        QTest::qWait(StateView::kSkeletonAfterMs + 50);
        picture(*m_page, QStringLiteral("metrics-loading-dark"));
        open();
        settle();
        picture(*m_page, QStringLiteral("metrics-empty-dark"));
        QVERIFY(!m_page->findChildren<StateView*>().isEmpty());
        QCOMPARE(m_page->viewModel().chartCount(), 0);
    }

private:
    MetricTreeModel& tree() { return m_page->viewModel().tree(); }
    QModelIndex row(const char* name)
    {
        for (int at = 0; at < tree().rowCount(); ++at) {
            if (tree().index(at, 0).data().toString() == QLatin1String(name)) {
                return tree().index(at, 0);
            }
        }
        return {};
    }
    static metrics::SeriesPoints wave(
        metrics::Labels labels, double base, double swing, int seconds = 450)
    {
        return PageFixture::wave(std::move(labels), seconds, base, swing, kNow);
    }
    void open()
    {
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
        m_page->setShown(true);
        metrics::LiveSeriesUpdate update;
        update.snapshot = true;
        for (const char* mode : {"idle", "iowait", "system", "user"}) {
            for (const char* cpu : {"0", "1"}) {
                update.series.push_back(wave(
                    {{"__name__", "node_cpu_seconds_total"}, {"cpu", cpu}, {"mode", mode}},
                    5000,
                    300));
            }
        }
        for (const char* name :
             {"node_load1",
              "node_load5",
              "node_memory_MemAvailable_bytes",
              "node_memory_MemTotal_bytes",
              "riptide_cache_hit_ratio",
              "riptide_memory_usage_bytes",
              "riptide_requests_per_second",
              "process_resident_memory_bytes",
              "up",
              "pilothouse_live_queries",
              "pilothouse_scrape_targets_up"}) {
            const bool bytes = QByteArray(name).contains("bytes");
            update.series.push_back(
                wave({{"__name__", name}, {"job", "demo"}}, bytes ? 2e9 : 0.9, bytes ? 3e8 : 0.1));
        }
        for (const char* suffix : {"_count", "_sum"}) {
            update.series.push_back(wave(
                {{"__name__", std::string("riptide_extraction_duration_seconds") + suffix},
                 {"route", "standard"}},
                800,
                100));
        }
        update.totalSeries = static_cast<std::int64_t>(update.series.size());
        m_world->metrics().seriesStream.push(update);
        m_world->metrics().metricFamilies.answer(std::vector<metrics::Metric>{
            family("node_cpu_seconds_total", metrics::MetricType::Counter, "Seconds by mode."),
            family(
                "riptide_extraction_duration_seconds", metrics::MetricType::Histogram, "Time.")});
        QTRY_COMPARE(m_page->viewModel().treeState().kind, DataState::Kind::Live);
        QTRY_VERIFY(row("riptide_extraction_duration_seconds").isValid());
    }
    void draw()
    {
        m_page->openObject(QStringLiteral("sum by (mode) (rate(node_cpu_seconds_total[1m]))"));
        m_page->openObject(QStringLiteral("riptide_memory_usage_bytes"));
        m_page->openObject(QStringLiteral("rate(riptide_requests_total[1m])"));
        const auto push = [&](const char* text, metrics::Matrix series) {
            m_world->metrics().queryStream.push(
                {true, std::move(series), absl::FromUnixMillis(kNow), 0, {}},
                [&](const auto& request) {
                    return request.expression.find(text) != std::string::npos;
                });
        };
        push(
            "cpu",
            {wave({{"mode", "idle"}}, 1.4, 0.1, 1800),
             wave({{"mode", "iowait"}}, 0.05, 0.02, 1800),
             wave({{"mode", "system"}}, 0.2, 0.05, 1800),
             wave({{"mode", "user"}}, 0.45, 0.1, 1800)});
        push(
            "memory",
            {wave({{"colour", "blue"}}, 2.1e8, 1e7, 1800),
             wave({{"colour", "green"}}, 1.9e8, 1e7, 1800)});
        push(
            "requests_total",
            {wave({{"outcome", "success"}}, 38, 4, 1800),
             wave({{"outcome", "error"}}, 0.6, 0.3, 1800)});
        settle();
    }
    void settle()
    {
        QTRY_VERIFY(std::ranges::all_of(
            m_page->findChildren<ChartCanvas*>(), [](const ChartCanvas* canvas) {
                return !canvas->isVisible() || canvas->visibleRegion().isEmpty() ||
                       (canvas->isUpToDate() && canvas->picture().size() == canvas->size());
            }));
        QTest::qWait(2 * CrosshairTable::kEveryMs);
    }

    std::unique_ptr<PageFixture> m_world;
    std::unique_ptr<MetricsPage> m_page;
};

PILOTHOUSE_UI_TEST_MAIN(MetricsPageTest)
#include "tst_metrics_page.moc"
