// SPDX-License-Identifier: Apache-2.0
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/components/Button.h"
#include "ui/components/Card.h"
#include "ui/components/DataTable.h"
#include "ui/components/Format.h"
#include "ui/components/KpiTile.h"
#include "ui/components/SearchField.h"
#include "ui/components/Sparkline.h"
#include "ui/components/SparklineRenderer.h"
#include "ui/components/StateView.h"
#include "ui/components/StatusChip.h"
#include "ui/components/TableFilter.h"
#include "ui/components/TextLabel.h"

#include <QAbstractItemModelTester>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QProgressBar>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>
#include <QVBoxLayout>

#include <cmath>

using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<TableColumn> columns()
{
    return {
        {QStringLiteral("severity"), QStringLiteral("Severity"), 110},
        {QStringLiteral("alert"), QStringLiteral("Alert"), 0},
        {QStringLiteral("tenant"), QStringLiteral("Tenant"), 110},
        {QStringLiteral("since"), QStringLiteral("Since"), 80, true}};
}

TableRow row(const char* key, Severity severity, const char* alert, const char* tenant, int minutes)
{
    return {
        QString::fromLatin1(key),
        {{lookOf(severity).word, static_cast<int>(severity), severity, {}, {}},
         {QString::fromLatin1(alert), {}, {}, {}, {}},
         {QString::fromLatin1(tenant), {}, {}, {}, {}},
         {QStringLiteral("%1 m").arg(minutes), minutes, {}, {}, {}}}};
}

std::vector<TableRow> rows()
{
    return {
        row("a", Severity::Critical, "error budget 92 %", "acme", 4),
        row("b", Severity::Error, "restore drill failed", "globex", 9),
        row("c", Severity::Warning, "p99 over 200 ms", "acme", 11),
        row("d", Severity::Warning, "replica lag 3.2 s", "initech", 26),
        row("e", Severity::Info, "certificate expires in 21 d", "umbrella", 120)};
}

} // namespace

class ComponentsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_theme = std::make_unique<Theme>();
        m_theme->applyTo(GuardedApplication::instance());
    }

    void numbersReadWell_data()
    {
        QTest::addColumn<double>("value");
        QTest::addColumn<Unit>("unit");
        QTest::addColumn<QString>("text");
        const auto add = [](const char* name, double value, Unit unit, const QString& text) {
            QTest::newRow(name) << value << unit << text;
        };
        const QChar thin(0x2009);
        add("thousands",
            18430,
            Unit::PerSecond,
            QStringLiteral("18.4") + thin + QStringLiteral("k/s"));
        add("rounds up a prefix",
            999.96,
            Unit::None,
            QStringLiteral("1") + thin + QStringLiteral("k"));
        add("milliseconds",
            0.2123,
            Unit::Seconds,
            QStringLiteral("212") + thin + QStringLiteral("ms"));
        add("microseconds",
            0.0000421,
            Unit::Seconds,
            QStringLiteral("42.1") + thin + QStringLiteral("µs"));
        add("minutes",
            100,
            Unit::Seconds,
            QStringLiteral("1") + thin + QStringLiteral("m 40") + thin + QStringLiteral("s"));
        add("bytes",
            3.5 * 1024 * 1024,
            Unit::Bytes,
            QStringLiteral("3.5") + thin + QStringLiteral("MiB"));
        add("percent", 0.0008, Unit::Ratio, QStringLiteral("0.08") + thin + QStringLiteral("%"));
        add("negative", -12.34, Unit::None, QStringLiteral("−12.3"));
        add("zero", 0, Unit::None, QStringLiteral("0"));
        add("nothing", kNan, Unit::Seconds, QStringLiteral("–"));
        add("infinite", INFINITY, Unit::None, QStringLiteral("∞"));
        add("tiny", 0.00012, Unit::None, QStringLiteral("0.00012"));
    }
    void numbersReadWell()
    {
        QFETCH(double, value);
        QFETCH(Unit, unit);
        QTEST(formatValue(value, unit).text(), "text");
    }

    void metricUnits_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<Unit>("unit");
        QTest::newRow("suffix") << QStringLiteral("x_seconds") << Unit::Seconds;
        QTest::newRow("counter") << QStringLiteral("x_bytes_total") << Unit::Bytes;
        QTest::newRow("bucket") << QStringLiteral("x_seconds_bucket") << Unit::Seconds;
        QTest::newRow("count of seconds") << QStringLiteral("x_seconds_count") << Unit::None;
        QTest::newRow("none") << QStringLiteral("up") << Unit::None;
    }
    void metricUnits()
    {
        QFETCH(QString, name);
        QFETCH(Unit, unit);
        QCOMPARE(unitOfMetric(name, {}), unit);
    }

    void sparklinesSpeak()
    {
        QCOMPARE(
            describeSparkline(QStringLiteral("p99"), {0.14, 0.16, 0.18, 0.2, 0.212}, Unit::Seconds),
            QStringLiteral(
                "p99, now 212\u2009ms, lowest 140\u2009ms, highest 212\u2009ms, rising"));
        QCOMPARE(
            describeSparkline(QStringLiteral("p99"), {kNan}, Unit::Seconds),
            QStringLiteral("p99, no data"));
    }

    void sparklinePicturesHaveGapsAndALine()
    {
        SparklinePicture picture{{1, 2, kNan, kNan, 2, 1}, {60, 20}, 1, Qt::red, Qt::transparent};
        const QImage image = paintSparkline(picture);
        QVERIFY(contains(image, Qt::red, 60));
        bool gap = true;
        for (int y = 0; y < image.height(); ++y) {
            gap = gap && image.pixelColor(28, y).alpha() == 0;
        }
        QVERIFY(gap);
        picture.values = {kNan};
        QVERIFY(!contains(paintSparkline(picture), Qt::red, 60));
    }

    void rendererAnswersOnlyTheNewestAndNeverTheDead()
    {
        SparklineRenderer renderer;
        QObject keeper;
        auto dead = std::make_unique<QObject>();
        int answers = 0;
        for (int at = 0; at < 200; ++at) {
            renderer.request(
                &keeper, 1, {{1, 2, double(at)}, {60, 20}, 1, Qt::red, {}}, [&](const QImage&) {
                    ++answers;
                });
        }
        bool called = false;
        renderer.request(dead.get(), 2, {{1, 2}, {60, 20}, 1, Qt::red, {}}, [&](const QImage&) {
            called = true;
        });
        dead.reset();
        QTRY_VERIFY(answers > 0);
        QTest::qWait(50);
        QVERIFY(answers < 200);
        QVERIFY(!called);
    }

    void tilesSpeak_data()
    {
        QTest::addColumn<double>("change");
        QTest::addColumn<bool>("lowerIsBetter");
        QTest::addColumn<QString>("spoken");
        QTest::newRow("worse") << 0.38 << true
                               << QStringLiteral("p99, 212\u2009ms, up 38 percent, worse, Warning");
        QTest::newRow("better") << -0.1 << true
                                << QStringLiteral(
                                       "p99, 212\u2009ms, down 10 percent, better, Warning");
        QTest::newRow("good rise")
            << 0.1 << false << QStringLiteral("p99, 212\u2009ms, up 10 percent, better, Warning");
        QTest::newRow("from next to nothing")
            << 896.25 << true
            << QStringLiteral("p99, 212\u2009ms, up more than 999 percent, worse, Warning");
        QTest::newRow("same") << 0.001 << false
                              << QStringLiteral("p99, 212\u2009ms, unchanged, Warning");
    }
    void tilesSpeak()
    {
        QFETCH(double, change);
        QFETCH(bool, lowerIsBetter);
        KpiView view{
            QStringLiteral("p99"),
            KpiView::State::Live,
            0.212,
            Unit::Seconds,
            change,
            lowerIsBetter,
            Severity::Warning,
            {},
            {}};
        QTEST(KpiTile::spoken(view), "spoken");
        view.state = KpiView::State::NoData;
        QCOMPARE(KpiTile::spoken(view), QStringLiteral("p99, no data"));
    }

    void filterWords_data()
    {
        QTest::addColumn<QString>("filter");
        QTest::addColumn<int>("left");
        QTest::newRow("nothing") << QString() << 5;
        QTest::newRow("anywhere") << QStringLiteral("acme") << 2;
        QTest::newRow("column") << QStringLiteral("severity:warning") << 2;
        QTest::newRow("both") << QStringLiteral("severity:warning tenant:acme") << 1;
        QTest::newRow("excluded") << QStringLiteral("-tenant:acme") << 3;
        QTest::newRow("quoted") << QStringLiteral("\"error budget\"") << 1;
        QTest::newRow("unknown column is text") << QStringLiteral("nope:acme") << 0;
        QTest::newRow("none") << QStringLiteral("zebra") << 0;
    }
    void filterWords()
    {
        QFETCH(QString, filter);
        TableModel model(columns());
        model.setRows(rows());
        TableFilter proxy;
        proxy.setSourceModel(&model);
        proxy.setFilter(filter);
        QTEST(proxy.rowCount(), "left");
    }

    void tableModelKeepsItsPromises()
    {
        TableModel model(columns());
        QAbstractItemModelTester tester(
            &model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRows(rows());
        auto fewer = rows();
        fewer.erase(fewer.begin() + 1, fewer.begin() + 3);
        fewer.push_back(row("f", Severity::Ok, "new", "acme", 1));
        model.setRows(fewer);
        QCOMPARE(model.rowCount(), 4);
        QSignalSpy changed(&model, &TableModel::dataChanged);
        model.setRows(fewer);
        QCOMPARE(changed.count(), 0);
        model.setRows({});
        QCOMPARE(model.rowCount(), 0);
    }

    void liveUpdatesKeepSelectionAndScroll()
    {
        DataTable table(*m_theme, QStringLiteral("Alerts"), columns());
        std::vector<TableRow> many;
        for (int at = 0; at < 500; ++at) {
            many.push_back(row(qPrintable(QString::number(at)), Severity::Info, "x", "t", at));
        }
        table.setRows(many);
        table.resize(600, 400);
        table.show();
        table.select(QStringLiteral("300"));
        const int scrolled = table.view().verticalScrollBar()->value();
        QVERIFY(scrolled > 0);
        for (TableRow& one : many) {
            one.cells[3].text = QStringLiteral("now");
        }
        many.erase(many.begin() + 400);
        const StallGuard guard;
        table.setRows(many);
        QCOMPARE(table.selectedKeys(), QStringList{QStringLiteral("300")});
        QCOMPARE(table.view().verticalScrollBar()->value(), scrolled);
    }

    void copiesInFourFormats()
    {
        DataTable table(*m_theme, QStringLiteral("Alerts"), columns());
        table.setRows({row("a", Severity::Critical, "a, \"b\" | c", "acme", 4)});
        table.setColumnShown(QStringLiteral("tenant"), false);
        QCOMPARE(
            table.text(TableFormat::Tsv),
            QStringLiteral("Severity\tAlert\tSince\nCritical\ta, \"b\" | c\t4 m\n"));
        QCOMPARE(
            table.text(TableFormat::Csv),
            QStringLiteral("Severity,Alert,Since\nCritical,\"a, \"\"b\"\" | c\",4 m\n"));
        QCOMPARE(
            table.text(TableFormat::Markdown),
            QStringLiteral("| Severity | Alert | Since |\n| --- | --- | --- |\n| Critical | a, "
                           "\"b\" \\| c | 4 m |\n"));
        const QJsonArray json =
            QJsonDocument::fromJson(table.text(TableFormat::Json).toUtf8()).array();
        QCOMPARE(
            json.at(0).toObject().value(QStringLiteral("Since")).toString(), QStringLiteral("4 m"));
        table.view().setFocus();
        QTest::keyClick(&table.view(), Qt::Key_C, Qt::ControlModifier);
        QCOMPARE(QGuiApplication::clipboard()->text(), table.text(TableFormat::Tsv));
    }

    void sortsByKeyNotByText()
    {
        DataTable table(*m_theme, QStringLiteral("Alerts"), columns());
        table.setRows(rows());
        table.sortBy(QStringLiteral("since"), Qt::DescendingOrder);
        QVERIFY(table.text(TableFormat::Tsv)
                    .section(QLatin1Char('\n'), 1, 1)
                    .endsWith(QStringLiteral("120 m")));
    }

    void countsAndFilteredEmpty()
    {
        DataTable table(*m_theme, QStringLiteral("Alerts"), columns());
        table.setRows(rows());
        QCOMPARE(table.countText(), QStringLiteral("5 rows"));
        table.setTotal(12408);
        table.setFilter(QStringLiteral("acme"));
        QCOMPARE(table.countText(), QStringLiteral("2 of 12\u2009408"));
        table.setFilter(QStringLiteral("zebra"));
        auto* states = table.findChild<StateView*>();
        QCOMPARE(states->state().kind, DataState::Kind::FilteredEmpty);
        Q_EMIT states->actionTriggered();
        QCOMPARE(states->state().kind, DataState::Kind::Live);
    }

    void searchWaitsForAPause()
    {
        SearchField field(*m_theme, QStringLiteral("Search"));
        QSignalSpy searched(&field, &SearchField::searched);
        QTest::keyClicks(&field, QStringLiteral("cpu"));
        QTRY_COMPARE(searched.count(), 1);
        QCOMPARE(searched[0][0].toString(), QStringLiteral("cpu"));
        QTest::keyClick(&field, Qt::Key_Escape);
        QCOMPARE(searched.count(), 2);
        QVERIFY(field.text().isEmpty());
    }

    void skeletonComesOnlyAfterAWhile()
    {
        auto* content = new QWidget;
        StateView view(*m_theme, content);
        view.resize(200, 100);
        view.show();
        QVERIFY(content->isVisible());
        view.setState(DataState::live());
        QTest::qWait(StateView::kSkeletonAfterMs + 50);
        QVERIFY(content->isVisible());
        view.setState({});
        QVERIFY(content->isVisible());
        QTRY_VERIFY(!content->isVisible());
    }

    void everyStateLooksRight_data()
    {
        QTest::addColumn<DataState>("state");
        QTest::addColumn<QString>("stale");
        const auto add = [](const char* name, const DataState& state, const QString& stale = {}) {
            QTest::newRow(name) << state << stale;
        };
        add("state-live", DataState::live());
        add("state-stale", DataState::live(), QStringLiteral("as of 14:29:58"));
        add("state-loading", {});
        add("state-empty",
            {DataState::Kind::Empty,
             QStringLiteral("No alert is firing."),
             {},
             QStringLiteral("Open rules")});
        add("state-filtered",
            {DataState::Kind::FilteredEmpty,
             QStringLiteral("No row matches “zebra”."),
             {},
             QStringLiteral("Clear filter")});
        add("state-error",
            {DataState::Kind::Error,
             QStringLiteral("the alert store is not reachable"),
             QStringLiteral("Check the database under Services."),
             QStringLiteral("Retry")});
        add("state-forbidden",
            {DataState::Kind::Forbidden,
             QStringLiteral("The role operator may see alerts."),
             {},
             {}});
    }
    void everyStateLooksRight()
    {
        QFETCH(DataState, state);
        QFETCH(QString, stale);
        QWidget window;
        window.resize(720, 320);
        auto* layout = new QVBoxLayout(&window);
        auto* card = new Card(*m_theme, QStringLiteral("Open alerts"), &window);
        card->setFact(QStringLiteral("3 firing · 1 silenced"));
        auto* table = new DataTable(
            *m_theme, QStringLiteral("Open alerts"), columns(), DataTable::Chrome::Full, card);
        card->body()->addWidget(table);
        layout->addWidget(card);
        table->setRows(rows());
        table->setState(state);
        table->setStaleNote(stale);
        window.show();
        QTest::qWait(StateView::kSkeletonAfterMs + 50);
        for (const ThemeMode mode : {ThemeMode::Dark, ThemeMode::Light}) {
            m_theme->setMode(mode);
            QCoreApplication::processEvents(); // the palette reaches windows by events
            const QImage image = picture(
                window,
                QString::fromLatin1(QTest::currentDataTag()) + QLatin1Char('-') +
                    themeModeName(mode));
            QVERIFY(inkOf(image) > 0.02);
        }
        QCOMPARE(unnamedFocusable(window), QStringList());
    }

    void controlsLookRight_data()
    {
        QTest::addColumn<ThemeMode>("mode");
        QTest::addColumn<int>("scale");
        QTest::newRow("controls-dark") << ThemeMode::Dark << 100;
        QTest::newRow("controls-light") << ThemeMode::Light << 100;
        QTest::newRow("controls-150") << ThemeMode::Dark << 150;
    }
    void controlsLookRight()
    {
        QFETCH(ThemeMode, mode);
        QFETCH(int, scale);
        m_theme->setMode(mode);
        m_theme->setTextScale(scale);
        QWidget window;
        auto* layout = new QVBoxLayout(&window);
        auto* buttons = new QHBoxLayout;
        buttons->addWidget(new Button(
            *m_theme,
            ButtonKind::Secondary,
            QStringLiteral("Dry run"),
            QStringLiteral("list-checks")));
        buttons->addWidget(new Button(
            *m_theme, ButtonKind::Primary, QStringLiteral("Promote…"), QStringLiteral("rocket")));
        buttons->addWidget(new Button(
            *m_theme, ButtonKind::Danger, QStringLiteral("Roll back"), QStringLiteral("undo-2")));
        auto* disabled = new Button(*m_theme, ButtonKind::Primary, QStringLiteral("Promote"));
        disabled->setEnabled(false);
        buttons->addWidget(disabled);
        buttons->addWidget(Button::iconOnly(
            *m_theme, QStringLiteral("Settings"), QStringLiteral("settings"), &window));
        buttons->addStretch();
        layout->addLayout(buttons);
        auto* chips = new QHBoxLayout;
        for (int at = 0; at < kSeverityCount; ++at) {
            chips->addWidget(new StatusChip(*m_theme, static_cast<Severity>(at)));
        }
        chips->addStretch();
        layout->addLayout(chips);
        auto* inputs = new QHBoxLayout;
        auto* edit = new QLineEdit(QStringLiteral("eu-prod-1"));
        edit->setAccessibleName(QStringLiteral("Name"));
        inputs->addWidget(edit);
        inputs->addWidget(new SearchField(*m_theme, QStringLiteral("Search metrics")));
        auto* combo = new QComboBox;
        combo->setAccessibleName(QStringLiteral("Kind"));
        combo->addItems({QStringLiteral("Production"), QStringLiteral("Staging")});
        inputs->addWidget(combo);
        auto* check = new QCheckBox(QStringLiteral("Read-only"));
        check->setChecked(true);
        inputs->addWidget(check);
        auto* progress = new QProgressBar;
        progress->setValue(62);
        inputs->addWidget(progress);
        layout->addLayout(inputs);
        SparklineRenderer renderer;
        auto* tiles = new QHBoxLayout;
        for (const auto state :
             {KpiView::State::Live, KpiView::State::Loading, KpiView::State::NoData}) {
            auto* tile = new KpiTile(*m_theme, renderer);
            std::vector<double> history;
            for (int at = 0; at < 90; ++at) {
                history.push_back(200 + 20 * std::sin(at / 9.0) + at % 7);
            }
            tile->setView(
                {QStringLiteral("p99 latency"),
                 state,
                 0.212,
                 Unit::Seconds,
                 0.38,
                 true,
                 Severity::Warning,
                 history,
                 {}});
            tiles->addWidget(tile);
        }
        layout->addLayout(tiles);
        window.resize(m_theme->px(760), m_theme->px(320));
        window.show();
        edit->setFocus();
        QTest::qWait(120);
        picture(window, QString::fromLatin1(QTest::currentDataTag()));
        QCOMPARE(unnamedFocusable(window), QStringList());
    }

private:
    std::unique_ptr<Theme> m_theme;
};

PILOTHOUSE_UI_TEST_MAIN(ComponentsTest)
#include "tst_components.moc"
