// SPDX-License-Identifier: Apache-2.0
#include "shared/base/StatusHelpers.h"
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/PageFixture.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/charts/ChartCanvas.h"
#include "ui/components/DataTable.h"
#include "ui/components/KpiTile.h"
#include "ui/components/StatusChip.h"
#include "ui/overview/OverviewPage.h"
#include "ui/overview/OverviewText.h"

#include <QSignalSpy>
#include <QTableView>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

constexpr std::int64_t kNow = StandingClock::kStartMs;

metrics::LiveQueryUpdate snapshot(metrics::Matrix series)
{
    return {true, std::move(series), absl::FromUnixMillis(kNow), 0, {}};
}

bool asks(const metrics::LiveQueryRequest& request, const char* text)
{
    return request.expression.find(text) != std::string::npos;
}

system::Health healthy()
{
    system::Health health;
    const auto add = [&](const char* name, system::HealthState state, int ms, const char* message) {
        health.components.push_back(
            {name,
             state,
             absl::Milliseconds(ms),
             absl::FromUnixMillis(kNow),
             message,
             absl::FromUnixMillis(kNow - 7'500'000)});
    };
    add("database", system::HealthState::Healthy, 2, "");
    add("metrics store", system::HealthState::Healthy, 1, "");
    add("scraper", system::HealthState::Healthy, 14, "");
    add("redis", system::HealthState::Absent, 0, "");
    add("disk space", system::HealthState::Healthy, 0, "");
    return health;
}

metrics::Target target(const char* job, const char* instance, metrics::TargetHealth health)
{
    metrics::Target target;
    target.job = job;
    target.url = std::string("http://") + instance + "/metrics";
    target.labels = metrics::Labels{{"instance", instance}};
    target.health = health;
    target.lastScrape = absl::FromUnixMillis(kNow - 400);
    target.lastScrapeDuration = absl::Microseconds(3200);
    target.lastSamples = 184;
    target.lastError = health == metrics::TargetHealth::Down ? "connection refused" : "";
    return target;
}

} // namespace

class OverviewTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_world = std::make_unique<PageFixture>();
        m_page = std::make_unique<OverviewPage>(m_world->context());
        m_page->resize(1236, 786); // the body of a 1440 x 900 window
    }
    void cleanup()
    {
        m_page.reset();
        m_world.reset();
    }

    void opensStreamsOnlyWhileShown()
    {
        QCOMPARE(m_world->metrics().queryStream.open().size(), std::size_t{0});
        m_page->setShown(true);
        QVERIFY(m_world->metrics().queryStream.open().size() >= 8);
        m_page->setShown(false);
        QCOMPARE(m_world->metrics().queryStream.open().size(), std::size_t{0});
    }

    void prefersThePlatformsFiguresOverTheServersOwn()
    {
        m_page->setShown(true);
        answerOwn();
        QTRY_COMPARE(tile(0)->view().label, QStringLiteral("Server calls"));
        answerPlatform();
        QTRY_COMPARE(tile(0)->view().label, QStringLiteral("Requests"));
        QCOMPARE(tile(0)->view().severity, Severity::Ok);
    }

    void levelsFollowTheTable_data()
    {
        QTest::addColumn<int>("kpi");
        QTest::addColumn<double>("value");
        QTest::addColumn<Severity>("level");
        QTest::newRow("p99 fine") << 1 << 4.0 << Severity::Ok;
        QTest::newRow("p99 slow") << 1 << 12.0 << Severity::Warning;
        QTest::newRow("p99 critical") << 1 << 15.5 << Severity::Critical;
        QTest::newRow("few requests") << 0 << 30.0 << Severity::Warning;
        QTest::newRow("no requests") << 0 << 1.0 << Severity::Critical;
        QTest::newRow("errors") << 2 << 0.2 << Severity::Critical;
        QTest::newRow("cold cache") << 3 << 0.5 << Severity::Warning;
        QTest::newRow("nothing") << 3 << std::nan("") << Severity::Unknown;
    }
    void levelsFollowTheTable()
    {
        QFETCH(int, kpi);
        QFETCH(double, value);
        QTEST(levelOf(overviewKpis()[static_cast<std::size_t>(kpi)][0], value), "level");
    }

    void saysWhatIsWrongFirst()
    {
        system::Health health = healthy();
        QCOMPARE(
            shiftSentence(health, {target("demo", "a:1", metrics::TargetHealth::Up)}),
            QStringLiteral("All 4 components healthy · 1 of 1 targets up"));
        health.components[0].state = system::HealthState::Degraded;
        QCOMPARE(
            shiftSentence(health, {target("demo", "a:1", metrics::TargetHealth::Down)}),
            QStringLiteral("database degraded · 1 of 1 targets down"));
    }

    void whoLeadsStandsInTheListOfComponents()
    {
        system::Health health = healthy();
        health.components.push_back({});
        health.components.back().name = "leader";
        health.components.back().message = "eu-prod-1b";
        health.components.back().state = system::HealthState::Healthy;
        const auto leaderRow = [&] {
            const auto rows = healthRows(health, absl::FromUnixMillis(kNow));
            return *std::ranges::find(rows, QStringLiteral("leader"), &TableRow::key);
        };
        QCOMPARE(leaderRow().cells[0].text, QStringLiteral("leader: eu-prod-1b"));
        // What is wrong is said by its state, and not by its name.
        health.components.back().state = system::HealthState::Degraded;
        QCOMPARE(leaderRow().cells[0].text, QStringLiteral("leader"));
        QVERIFY(leaderRow().cells[1].spoken.contains(QStringLiteral("eu-prod-1b")));
    }

    void enterOnATileOpensItsMetric()
    {
        m_page->setShown(true);
        answerPlatform();
        QTRY_COMPARE(tile(0)->view().state, KpiView::State::Live);
        QSignalSpy opened(m_page.get(), &Page::openRequested);
        QTest::keyClick(tile(0), Qt::Key_Return);
        QCOMPARE(opened.count(), 1);
        QCOMPARE(opened[0][0].toString(), QStringLiteral("metrics"));
        QVERIFY(opened[0][1].toString().contains(QStringLiteral("riptide_requests_total")));
    }

    void staleDataSaysAsOfWhen()
    {
        fill();
        client::ConnectionStatus lost = m_world->connection().status();
        lost.state = client::ConnectionState::Reconnecting;
        m_world->connection().setStatus(lost);
        QTRY_COMPARE(tile(0)->view().staleNote, QStringLiteral("as of 22:30:00"));
        QCOMPARE(
            m_page->findChild<StatusChip*>()->accessibleName(),
            QStringLiteral("Healthy, as of 22:30:00"));
        settle();
        picture(*m_page, QStringLiteral("overview-stale-dark"));
        for (const auto* states : m_page->findChildren<StateView*>()) {
            const auto* overlay = states->findChild<StaleOverlay*>();
            QVERIFY(overlay != nullptr && !overlay->isHidden());
            QVERIFY(states->contentsRect().bottom() < overlay->height() - overlay->noteHeight());
        }
    }

    void failuresAreShownWithTheirHint()
    {
        m_page->setShown(true);
        m_page->show();
        m_world->metrics().targets.answer(
            withHint(absl::UnavailableError("the store is opening"), "Wait a few seconds."));
        m_world->connection().systemClient.healthStream.end(
            absl::PermissionDeniedError("the role viewer lacks system.view"));
        auto* table = m_page->findChildren<DataTable*>()[1];
        QTRY_COMPARE(
            table->findChild<StateView*>()->state().message,
            QStringLiteral("the store is opening"));
        QCOMPARE(
            table->findChild<StateView*>()->state().hint, QStringLiteral("Wait a few seconds."));
    }

    void everyFocusableThingHasAName()
    {
        fill();
        QCOMPARE(unnamedFocusable(*m_page), QStringList());
    }

    void looksRight_data()
    {
        QTest::addColumn<ThemeMode>("mode");
        QTest::addColumn<QSize>("size");
        QTest::addColumn<int>("scale");
        QTest::newRow("overview-dark") << ThemeMode::Dark << QSize(1236, 786) << 100;
        QTest::newRow("overview-light") << ThemeMode::Light << QSize(1236, 786) << 100;
        QTest::newRow("overview-small-dark") << ThemeMode::Dark << QSize(968, 586) << 100;
        QTest::newRow("overview-150-light") << ThemeMode::Light << QSize(1236, 786) << 150;
        QTest::newRow("overview-contrast")
            << ThemeMode::HighContrastDark << QSize(1236, 786) << 100;
    }
    void namesInTablesAreReadWhole_data()
    {
        QTest::addColumn<int>("width");
        QTest::newRow("1440 wide window") << 1236;
        QTest::newRow("1920 wide window") << 1716;
        QTest::newRow("1024 wide window") << 968;
    }
    void namesInTablesAreReadWhole()
    {
        QFETCH(int, width);
        m_page->resize(width, 786);
        fill();
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
        const QList<DataTable*> tables = m_page->findChildren<DataTable*>();
        QCOMPARE(tables.size(), 2);
        for (const DataTable* table : tables) {
            const auto* view = table->findChild<QTableView*>();
            const QFontMetrics metrics(view->font());
            QVERIFY(view->model()->rowCount() > 0);
            QStringList names{QStringLiteral("control-database")};
            for (int row = 0; row < view->model()->rowCount(); ++row) {
                names << view->model()->index(row, 0).data().toString();
            }
            for (const QString& name : names) {
                QTRY_VERIFY2(
                    view->columnWidth(0) >= metrics.horizontalAdvance(name) + 16, qPrintable(name));
            }
        }
    }

    void looksRight()
    {
        QFETCH(ThemeMode, mode);
        QFETCH(QSize, size);
        QFETCH(int, scale);
        m_world->theme().setMode(mode);
        m_world->theme().setTextScale(scale);
        m_page->resize(size);
        fill();
        const StallGuard guard;
        const QImage image = picture(*m_page, QString::fromLatin1(QTest::currentDataTag()));
        QVERIFY(contains(image, m_world->theme().seriesColor(0), 40));
        QVERIFY(contains(image, m_world->theme().color(Color::Ok), 20));
        QVERIFY(inkOf(image) > 0.05);
    }

    void aSecondOfLiveDataNeverStalls()
    {
        fill();
        const StallGuard guard;
        QSignalSpy drawn(m_page->findChild<ChartCanvas*>(), &ChartCanvas::drawn);
        for (int second = 1; second <= 5; ++second) {
            metrics::LiveQueryUpdate update;
            update.evaluatedAt = absl::FromUnixMillis(kNow + second * 1000);
            update.series = {{metrics::Labels{}, {kNow + second * 1000}, {0.2}}};
            m_world->metrics().queryStream.push(update);
            QTRY_VERIFY(drawn.count() >= second);
            settle();
        }
        qInfo("worst event: %s", qPrintable(guard.report()));
        QVERIFY2(guard.passed(), qPrintable(guard.report()));
    }

private:
    KpiTile* tile(int index) { return m_page->findChildren<KpiTile*>()[index]; }

    void push(const char* expression, metrics::Matrix series)
    {
        m_world->metrics().queryStream.push(snapshot(std::move(series)), [&](const auto& request) {
            return asks(request, expression);
        });
    }
    static metrics::SeriesPoints wave(metrics::Labels labels, double base, double swing)
    {
        return PageFixture::wave(std::move(labels), 1800, base, swing, kNow);
    }
    void answerOwn() { push("pilothouse_rpc_calls", {wave({}, 12, 2)}); }
    void answerPlatform()
    {
        push("sum(rate(riptide_requests_total[1m]))", {wave({}, 184, 12)});
        push("riptide_requests_total{outcome", {wave({}, 0.0008, 0.0002)});
        push("riptide_cache_hit_ratio", {wave({}, 0.946, 0.01)});
        push("quantile(0.5, sum by (le) (rate(riptide", {wave({}, 0.034, 0.006)});
        push("quantile(0.95, sum by (le) (rate(riptide", {wave({}, 0.128, 0.02)});
        push("quantile(0.99, sum by (le) (rate(riptide", {wave({}, 0.212, 0.03)});
    }
    void answerHost()
    {
        push("node_cpu_seconds_total{mode!", {wave({}, 0.9, 0.15)});
        push("sum(rate(process_cpu", {wave({}, 0.12, 0.02)});
        push(
            "by (process) (rate(process_cpu",
            {wave({{"process", "postgres"}}, 0.06, 0.02),
             wave({{"process", "haproxy"}}, 0.03, 0.01)});
        push("node_memory_MemTotal_bytes) - ", {wave({}, 2.4e9, 0.1e9)});
        push("sum(process_resident", {wave({}, 0.19e9, 0.002e9)});
        push(
            "by (process) (process_resident",
            {wave({{"process", "postgres"}}, 0.4e9, 0.02e9),
             wave({{"process", "haproxy"}}, 0.05e9, 0.001e9)});
    }
    void settle()
    {
        QTRY_VERIFY(std::ranges::all_of(
            m_page->findChildren<ChartCanvas*>(), [](const ChartCanvas* canvas) {
                return !canvas->isVisible() || canvas->visibleRegion().isEmpty() ||
                       (canvas->isUpToDate() && canvas->picture().size() == canvas->size());
            }));
    }
    void fill()
    {
        m_page->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_page.get()));
        m_page->setShown(true);
        answerPlatform();
        answerHost();
        m_world->connection().systemClient.healthStream.push(healthy());
        m_world->metrics().targets.answer(std::vector<metrics::Target>{
            target("extraction", "127.0.0.1:9101", metrics::TargetHealth::Up),
            target("extraction", "127.0.0.1:9102", metrics::TargetHealth::Up),
            target("haproxy", "127.0.0.1:8404", metrics::TargetHealth::Up),
            target("pilothouse", "local", metrics::TargetHealth::Up)});
        metrics::StoreStatus store;
        store.series = 2184;
        store.seriesLimit = 1'000'000;
        store.samplesPerSecond = 912;
        store.memoryBytes = 34 << 20;
        m_world->metrics().storeStatus.answer(store);
        QTRY_COMPARE(tile(0)->view().state, KpiView::State::Live);
        settle();
    }

    std::unique_ptr<PageFixture> m_world;
    std::unique_ptr<OverviewPage> m_page;
};

PILOTHOUSE_UI_TEST_MAIN(OverviewTest)
#include "tst_overview.moc"
