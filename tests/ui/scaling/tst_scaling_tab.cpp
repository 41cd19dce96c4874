// SPDX-License-Identifier: Apache-2.0
// The tab Autoscaling of the services page in a window, with a fake server.
#include "shared/scaling/Rules.h"
#include "tests/support/Programs.h"
#include "tests/support/shell/PageSpecs.h"
#include "tests/support/shell/SamplePlan.h"
#include "tests/support/shell/ShellFixture.h"
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/components/DataTable.h"
#include "ui/components/FactList.h"
#include "ui/components/Tabs.h"
#include "ui/scaling/ScalingChart.h"
#include "ui/scaling/ScalingCommands.h"
#include "ui/scaling/ScalingPanel.h"
#include "ui/scaling/ScalingText.h"
#include "ui/scaling/SimulateSheet.h"
#include "ui/services/ServiceCommands.h"
#include "ui/services/ServicesPage.h"
#include "ui/shell/PageHost.h"
#include "ui/shell/SheetHost.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'795'271'400);
constexpr int kAutoscaling = 2;

scaling::Policy policy(const std::string& name, scaling::Mode mode)
{
    scaling::Policy one;
    one.name = name;
    one.title = name == "checkout" ? "Checkout" : name == "search" ? "Search" : "Thumbnails";
    one.mode = mode;
    one.least = 2;
    one.most = 20;
    one.target = mode == scaling::Mode::Act ? "Deployment shop/" + name : "";
    one.metrics = {
        {"requests", "requests/s", "avg(rate(x[1m]))", 150, scaling::Measures::Average},
        {"queue", "jobs", "max(queue)", 20, scaling::Measures::Total}};
    return one;
}

scaling::PolicyState state(
    const std::string& name, scaling::Mode mode, int instances, double requests, double queue)
{
    scaling::PolicyState one;
    one.policy = policy(name, mode);
    one.last = scaling::decide(
        one.policy,
        {kNow - absl::Seconds(6),
         scaling::Count{instances, instances},
         {},
         {{{requests}, {}}, {{queue}, {}}}},
        {});
    one.record = scaling::Record{"41", name, *one.last, scaling::Act::None, "", {}};
    return one;
}

std::vector<scaling::PolicyState> three()
{
    std::vector<scaling::PolicyState> states{
        state("checkout", scaling::Mode::Act, 3, 213, 30),
        state("search", scaling::Mode::Recommend, 4, 148, 12),
        state("thumbnails", scaling::Mode::Act, 6, 90, 240)};
    states[2].pause = scaling::Pause{"dana", "load test until noon", kNow - absl::Minutes(34)};
    return states;
}

std::vector<scaling::Record> history()
{
    std::vector<scaling::Record> records;
    const auto add =
        [&](const char* id, int minutes, int instances, double load, scaling::Act act) {
            scaling::Record record{
                id,
                "checkout",
                *state("checkout", scaling::Mode::Act, instances, load, 10).last,
                act,
                "",
                kNow - absl::Minutes(minutes)};
            record.decision.time = kNow - absl::Minutes(minutes);
            records.push_back(std::move(record));
        };
    add("41", 1, 3, 213, scaling::Act::Pending);
    add("40", 9, 3, 150, scaling::Act::None);
    add("39", 15, 2, 190, scaling::Act::Done);
    add("38", 48, 2, 150, scaling::Act::None);
    records[2].act = scaling::Act::Failed;
    records[2].message = "the cluster says: deployments.apps is forbidden (403)";
    return records;
}

plans::Plan plan(plans::Friction friction)
{
    plans::Plan plan = samplePlan(friction, "Pause autoscaling of checkout", "scaling.operate");
    plan.impact.summary = "Deployment shop/checkout is not scaled any more, whatever its load.";
    plan.impact.reversibility = plans::Reversibility::Instant;
    plan.impact.undo = "Resume the policy.";
    return plan;
}

class ScalingWorld : public ShellFixture
{
public:
    ScalingWorld()
    {
        addPage(pageSpec<ServicesPage>(
            QStringLiteral("services"),
            QStringLiteral("Services"),
            QStringLiteral("network"),
            NavGroup::Observe,
            QStringLiteral("Health of the parts")));
        show();
        session = makeSession();
        window->setSession(session);
    }
    ~ScalingWorld() { window.reset(); }

    FakeScalingClient& scaling() { return connection->scalingClient; }

    void open(const QString& policy = {}, const std::vector<std::string>& granted = {"*"})
    {
        signIn(granted);
        window->pages().open(QStringLiteral("services"), QStringLiteral("autoscaling:") + policy);
    }
    ServicesPage& page() const { return *qobject_cast<ServicesPage*>(window->pages().page()); }
    ScalingPanel& panel() const { return page().scaling(); }
    void push(const std::vector<scaling::PolicyState>& states) { scaling().watches.push(states); }
    /// An hour of three instances that should have been more for a while.
    void pushChart()
    {
        metrics::LiveQueryUpdate update;
        update.snapshot = true;
        update.evaluatedAt = kNow;
        for (const char* name : {"ready", "recommended"}) {
            metrics::SeriesPoints series;
            series.labels = metrics::Labels({{"line", name}});
            for (int second = -3600; second <= 0; second += 15) {
                series.times.push_back(absl::ToUnixMillis(kNow + absl::Seconds(second)));
                const bool isBusy = second > -2100 && second < -1200;
                series.values.push_back(
                    std::string(name) == "ready" ? (isBusy && second > -2000 ? 5 : 3)
                                                 : (isBusy ? 5 : 3));
            }
            update.series.push_back(std::move(series));
        }
        connection->metricsClient.queryStream.push(update);
    }
    std::shared_ptr<Session> session;
};

QString cell(const TableRow& row, std::size_t column)
{
    return row.cells.at(column).text;
}

} // namespace

class ScalingTabTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<ScalingWorld>(); }
    void cleanup() { m_world.reset(); }

    void policiesHaveWords()
    {
        auto states = three();
        QCOMPARE(wordOf(states[0]), QStringLiteral("Wants more"));
        QCOMPARE(wordOf(states[1]), QStringLiteral("As it should be"));
        QCOMPARE(wordOf(states[2]), QStringLiteral("Paused"));
        states[2].problem = "the cluster is away";
        QCOMPARE(wordOf(states[2]), QStringLiteral("Problem"));
        QVERIFY(severityOf(states[2]) == Severity::Error);
        states[1].last.reset();
        QCOMPARE(wordOf(states[1]), QStringLiteral("Not looked at"));
        const TableRow row = policyRow(states[0], kNow, TimeDisplay::Utc);
        QCOMPARE(cell(row, 3), QStringLiteral("3"));
        QCOMPARE(cell(row, 4), QStringLiteral("↑ 5"));
        QCOMPARE(row.cells[4].spoken, QStringLiteral("5, 2 more"));
        QCOMPARE(cell(row, 5), QStringLiteral("2–20"));
        QVERIFY2(
            cell(row, 6).contains(QStringLiteral("3 ready × 1.42 (213 / 150 requests/s)")),
            qPrintable(cell(row, 6)));
    }

    void policiesComeAndChange()
    {
        m_world->open();
        m_world->push(three());
        QTRY_COMPARE(m_world->panel().table().model().rowCount(), 3);
        QCOMPARE(m_world->page().findChild<Tabs*>()->currentIndex(), kAutoscaling);
        auto changed = three();
        changed[1].problem = "somebody else scales it";
        m_world->push(changed);
        QTRY_COMPARE(m_world->panel().problemCount(), 1);
        QCOMPARE(m_world->page().findChild<Tabs*>()->badge(kAutoscaling), 1);
    }

    void noneConfiguredSaysWhatToDo()
    {
        m_world->open();
        m_world->push({});
        QTRY_VERIFY(m_world->panel().model().state().kind == DataState::Kind::Empty);
        QVERIFY(m_world->panel().model().state().hint.contains(QStringLiteral("scaling.policies")));
    }

    void aRefusedStreamIsSaidAndTriedAgain()
    {
        m_world->open();
        m_world->scaling().watches.end(absl::PermissionDeniedError("not yours"));
        QTRY_VERIFY(
            m_world->panel().model().state().kind == DataState::Kind::Error ||
            m_world->panel().model().state().kind == DataState::Kind::Forbidden);
        m_world->page().refresh();
        m_world->push(three());
        QTRY_VERIFY(m_world->panel().model().state().kind == DataState::Kind::Live);
    }

    void streamsRunOnlyWhileTheTabIsShown()
    {
        m_world->open(QStringLiteral("checkout"));
        QCOMPARE(m_world->scaling().watches.open().size(), std::size_t{1});
        m_world->page().findChild<Tabs*>()->setCurrentIndex(0);
        QCOMPARE(m_world->scaling().watches.open().size(), std::size_t{0});
        m_world->page().findChild<Tabs*>()->setCurrentIndex(kAutoscaling);
        QCOMPARE(m_world->scaling().watches.open().size(), std::size_t{1});
        m_world->page().setShown(false);
        QCOMPARE(m_world->scaling().watches.open().size(), std::size_t{0});
    }

    void theHistoryFollowsTheNewestDecision()
    {
        m_world->open(QStringLiteral("checkout"));
        m_world->push(three());
        QTRY_COMPARE(m_world->page().object(), QStringLiteral("autoscaling:checkout"));
        QTRY_COMPARE(m_world->scaling().decisions.pending(), 1);
        m_world->scaling().decisions.answer(history());
        QTRY_COMPARE(m_world->panel().model().history().size(), std::size_t{4});
        const auto asked = m_world->scaling().decisions.requests().size();
        m_world->push(three()); // nothing new
        auto changed = three();
        changed[0].record->act = scaling::Act::Done;
        m_world->push(changed);
        QTRY_COMPARE(m_world->scaling().decisions.requests().size(), asked + 1);
        m_world->scaling().decisions.answer(absl::UnavailableError("away"));
        QTRY_VERIFY(m_world->panel().model().historyState().kind == DataState::Kind::Error);
    }

    void pausingGoesThroughItsPlan()
    {
        m_world->open(QStringLiteral("checkout"));
        m_world->push(three());
        QTRY_COMPARE(m_world->reason(scalingcommand::kPause), QString());
        QVERIFY(!m_world->reason(scalingcommand::kResume).isEmpty());
        // Nothing is done to an instance that is not seen.
        QVERIFY(!m_world->reason(servicecommand::kDrain).isEmpty());
        m_world->window->commands().run(scalingcommand::kPause);
        QTRY_COMPARE(m_world->scaling().pauses.requests().size(), std::size_t{1});
        QVERIFY(m_world->scaling().pauses.requests()[0].request.validateOnly);
        m_world->scaling().pauses.answer(plan(plans::Friction::F2));
        QTRY_VERIFY(m_world->window->sheets().sheet() != nullptr);
        QTest::keyClick(m_world->window->sheets().sheet(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(m_world->scaling().pauses.requests().size(), std::size_t{2});
        QVERIFY(!m_world->scaling().pauses.requests()[1].request.validateOnly);
        m_world->scaling().pauses.answer(plan(plans::Friction::F2));
        QTRY_VERIFY(m_world->page().actions().phase() == PlannedActions::Phase::Idle);
    }

    void verbsSayWhyTheyCannotBeUsed()
    {
        m_world->open({}, {"scaling.view", "services.view"});
        m_world->push(three());
        QTRY_COMPARE(m_world->panel().table().model().rowCount(), 3);
        QCOMPARE(
            m_world->reason(scalingcommand::kSimulate), QStringLiteral("No policy is selected"));
        m_world->page().openObject(QStringLiteral("autoscaling:search"));
        QTRY_COMPARE(m_world->reason(scalingcommand::kSimulate), QString());
        QVERIFY(!m_world->reason(scalingcommand::kPause).isEmpty());
        m_world->signIn({"*"});
        QTRY_VERIFY(
            m_world->reason(scalingcommand::kPause).contains(QStringLiteral("only recommends")));
        m_world->page().findChild<Tabs*>()->setCurrentIndex(0);
        QVERIFY(!m_world->reason(scalingcommand::kSimulate).isEmpty());
    }

    void simulationsAreAskedWithWhatWasTyped()
    {
        m_world->open(QStringLiteral("checkout"));
        m_world->push(three());
        QTRY_COMPARE(m_world->reason(scalingcommand::kSimulate), QString());
        m_world->window->commands().run(scalingcommand::kSimulate);
        QTRY_VERIFY(m_world->window->sheets().sheet() != nullptr);
        auto* sheet = qobject_cast<SimulateSheet*>(m_world->window->sheets().sheet());
        QVERIFY(sheet != nullptr);
        m_world->field(QStringLiteral("Maximum"))->setText(QStringLiteral("none"));
        sheet->confirm();
        QCOMPARE(m_world->scaling().simulations.requests().size(), std::size_t{0});
        m_world->field(QStringLiteral("Maximum"))->setText(QStringLiteral("4"));
        m_world->field(QStringLiteral("Target of requests"))->setText(QStringLiteral("200"));
        sheet->confirm();
        QCOMPARE(m_world->scaling().simulations.requests().size(), std::size_t{1});
        const client::ScalingQuestion asked = m_world->scaling().simulations.requests()[0];
        QCOMPARE(asked.policy, std::string("checkout"));
        QCOMPARE(asked.overrides.most.value_or(0), 4);
        QVERIFY(!asked.overrides.least);
        QCOMPARE(asked.overrides.targets.at("requests"), 200.0);
        QVERIFY(*asked.end - *asked.start == absl::Hours(1));
        client::ScalingSimulation result;
        result.simulation.ups = 1;
        result.simulation.downs = 0;
        result.simulation.changes = {*three()[0].last};
        m_world->scaling().simulations.answer(result);
        QTRY_VERIFY2(
            sheet->result().startsWith(
                QStringLiteral("It would have scaled up once and down never")),
            qPrintable(sheet->result()));
        m_world->window->resize(1440, 900);
        QVERIFY(inkOf(picture(*m_world->window, QStringLiteral("scaling-simulate"))) > 0.03);
        QCOMPARE(unnamedFocusable(*m_world->window), QStringList());
    }

    void looks_data()
    {
        QTest::addColumn<int>("mode");
        QTest::addColumn<QSize>("size");
        const auto row = [](const char* name, ThemeMode mode, const QSize& size) {
            QTest::newRow(name) << static_cast<int>(mode) << size;
        };
        row("scaling-dark", ThemeMode::Dark, {1440, 900});
        row("scaling-light", ThemeMode::Light, {1440, 900});
        row("scaling-dark-small", ThemeMode::Dark, {1024, 700});
        row("scaling-light-small", ThemeMode::Light, {1024, 700});
    }

    void looks()
    {
        QFETCH(int, mode);
        QFETCH(QSize, size);
        m_world->theme.setMode(static_cast<ThemeMode>(mode));
        m_world->window->resize(size);
        m_world->open(QStringLiteral("checkout"));
        m_world->scaling().decisions.answerAlways(history());
        m_world->push(three());
        QTRY_COMPARE(m_world->panel().model().history().size(), std::size_t{4});
        QTRY_VERIFY(!m_world->connection->metricsClient.queryStream.open().empty());
        m_world->pushChart();
        QTRY_COMPARE(m_world->panel().chart().linesShown(), 2);
        QTRY_VERIFY(m_world->panel().chart().isDrawn());
        const QImage image =
            picture(*m_world->window, QString::fromLatin1(QTest::currentDataTag()));
        QVERIFY(inkOf(image) > 0.03);
        QCOMPARE(unnamedFocusable(*m_world->window), QStringList());
    }

private:
    std::unique_ptr<ScalingWorld> m_world;
};

PILOTHOUSE_UI_TEST_MAIN(ScalingTabTest)
#include "tst_scaling_tab.moc"
