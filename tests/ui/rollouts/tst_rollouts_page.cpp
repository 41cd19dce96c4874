// SPDX-License-Identifier: Apache-2.0
// The rollouts page and the band's way back in a window, with a fake server.
#include "tests/support/Programs.h"
#include "tests/support/shell/ShellFixture.h"
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/charts/ChartCanvas.h"
#include "ui/charts/TimeSeriesChart.h"
#include "ui/components/Tabs.h"
#include "ui/rollouts/CompareCard.h"
#include "ui/rollouts/GatesCard.h"
#include "ui/rollouts/MarkedList.h"
#include "ui/rollouts/OverrideSheet.h"
#include "ui/rollouts/PromoteCard.h"
#include "ui/rollouts/RolloutCommands.h"
#include "ui/rollouts/RolloutText.h"
#include "ui/rollouts/RolloutWatch.h"
#include "ui/rollouts/RolloutsPage.h"
#include "ui/shell/ConfirmSheet.h"
#include "ui/shell/EnvBand.h"
#include "ui/shell/PageHost.h"
#include "ui/shell/SheetHost.h"
#include "ui/shell/Toast.h"
#include "ui/shell/ToastStack.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>

#include <algorithm>
#include <cmath>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;
using rollouts::Colour;
using rollouts::GateResult;
using rollouts::Step;

namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'795'271'400);

rollouts::Rollout rollout(Step step, const std::string& application = "checkout")
{
    rollouts::Rollout one;
    one.id = "17";
    one.application = application;
    one.revision = "2.4.0";
    one.description = "new till";
    one.step = step;
    one.generation = static_cast<std::int64_t>(step) + 1;
    one.createdBy = "dana";
    one.createTime = kNow - absl::Minutes(9);
    one.stepTime = kNow - absl::Minutes(1);
    one.message = "comparing both sides";
    one.evidence = {{"server errors", {9400, 3}, {1200, 1}, 0.62, 0.01}};
    if (step >= Step::Switching) {
        one.promotedBy = "lee";
        one.promoteTime = kNow - absl::Minutes(1);
        one.warmUntil = kNow + absl::Minutes(9);
        one.message = "blue is kept warm";
    }
    if (step == Step::RolledBack) {
        one.message =
            "blue has the traffic again: the analysis failed: checkout-p99-latency: 3 of 5 "
            "measured, 2 failed; last 0.8123, which the failure condition result > 0.5 "
            "forbids";
    }
    return one;
}

rollouts::Application application(Step step, const std::string& name = "checkout")
{
    rollouts::Application one;
    one.name = name;
    one.driver = "haproxy";
    one.rollout = rollout(step, name);
    const bool isGreen = step == Step::Switched || step == Step::Done || step == Step::Draining;
    one.active = isGreen ? Colour::Green : Colour::Blue;
    rollouts::Observation seen;
    seen.time = kNow;
    seen.active = one.active;
    seen.activeAfterRestart = one.active;
    seen.blue = {"blue", 2, 2, 3, 94'000, 30, 210, 0, "blue1 127.0.0.1:9001"};
    seen.green = {"green", 2, 2, 1, 12'000, 10, 20, 0, "green1 127.0.0.1:9002"};
    one.observation = seen;
    if (rollouts::isBeforeSwitch(step)) {
        const bool isDecided = step == Step::AwaitingPromotion;
        one.gates = {
            {"ready", GateResult::Passed, "2 of 2 servers of green are up"},
            {"no-drift", GateResult::Passed, "traffic is on blue"},
            {"verdict",
             isDecided ? GateResult::Passed : GateResult::Waiting,
             isDecided ? "the comparison says promote" : "the comparison has not decided yet"}};
    }
    return one;
}

/// With what can be configured besides.
rollouts::Application withEverything(rollouts::Application one)
{
    one.trafficSteps = {5, 25, 50};
    one.holdBackPercent = 5;
    one.rollsBackByItself = true;
    one.rollout->evidence.push_back({"slow responses", {9400, 120}, {1200, 61}, 0.001, 0.93});
    const bool isBefore = rollouts::isBeforeSwitch(one.rollout->step);
    one.rollout->candidatePercent = isBefore ? 25 : 0;
    if (!rollouts::hasEnded(one.rollout->step)) {
        one.observation->splitPercent = isBefore ? 25 : 5;
    }
    one.analysis = rollouts::AnalysisState{
        rollouts::AnalysisPhase::Running, "success-rate: 3 of 5 measured; last 0.9987"};
    if (isBefore) {
        one.gates.push_back({"analysis", GateResult::Waiting, one.analysis->detail});
        one.gates.push_back(
            {"window", GateResult::Passed, "open until Thu 26 Nov 17:00 (Europe/Berlin)"});
    }
    return one;
}

/// Something in a cluster, of which nothing is counted.
rollouts::Application inCluster(rollouts::Application one, const std::string& driver)
{
    one.driver = driver;
    one.observation->countsInFlight = false;
    one.observation->countsResponses = false;
    one.observation->blue = {"colour=blue", 3, 3, 0, 0, 0, 0, 0, "7d9f8c6b5"};
    one.observation->green = {"colour=green", 2, 3, 0, 0, 0, 0, 1, "5bd74cf9d8"};
    if (driver == "argo-rollouts") {
        one.observation->blue.backend = "41 (checkout:2.3.9, telemetry-sidecar:1.18.0-alpine)";
        one.observation->green.backend = "42 (checkout:2.4.0, telemetry-sidecar:1.18.0-alpine)";
    }
    one.rollout->evidence.clear();
    return one;
}

plans::Plan plan(plans::Friction friction, const std::string& title)
{
    plans::Plan plan;
    plan.title = title;
    plan.environmentName = "eu-prod-1";
    plan.impact.summary = "All traffic of checkout goes to green.";
    plan.impact.reversibility = plans::Reversibility::Instant;
    plan.impact.undo = "Roll back.";
    plan.friction = friction;
    plan.digest = "5f1c0d9a77ab20f3";
    plan.permission = "rollouts.operate";
    plan.createTime = kNow;
    return plan;
}

client::RolloutOutcome outcome(plans::Friction friction, const std::string& title)
{
    client::RolloutOutcome outcome;
    outcome.plan = plan(friction, title);
    return outcome;
}

client::RolloutReceipt receipt(Step step)
{
    client::RolloutReceipt receipt;
    receipt.rollout = rollout(step);
    const auto add = [&](int minutes, const char* kind, Step at, const char* who, const char* why) {
        receipt.events.push_back({kNow - absl::Minutes(minutes), kind, at, who, why});
    };
    add(9, "started", Step::Planned, "dana", "2.4.0 onto green");
    add(8, "preview-ready", Step::PreviewReady, "server", "2 of 2 servers of green are up");
    add(8, "analysing", Step::Analysing, "server", "comparing both sides");
    if (step >= Step::Switching) {
        add(1, "promoted", Step::Switching, "lee", "all gates passed");
        add(1, "switched", Step::Switched, "server", "green has the traffic");
    }
    return receipt;
}

class RolloutsWorld : public ShellFixture
{
public:
    RolloutsWorld()
    {
        PageSpec spec;
        spec.id = QStringLiteral("rollouts");
        spec.title = QStringLiteral("Rollouts");
        spec.purpose = QStringLiteral("Move traffic safely");
        spec.icon = QStringLiteral("rocket");
        spec.group = NavGroup::Operate;
        spec.make = [](const PageContext& context, QWidget* parent) -> Page* {
            return new RolloutsPage(context, parent);
        };
        pages.add(spec);
        window = std::make_unique<MainWindow>(ShellContext{settings, theme, pages, clock});
        watch = new RolloutWatch(*window, QStringLiteral("rollouts"));
        show();
        session = makeSession();
        client().receipts.answerAlways(receipt(Step::Analysing));
        client().lists.answerAlways(std::vector{rollout(Step::Analysing)});
        window->setSession(session);
    }
    ~RolloutsWorld() { window.reset(); }

    FakeRolloutsClient& client() { return connection->rolloutsClient; }

    void open(const QString& object = {})
    {
        window->pages().open(QStringLiteral("rollouts"), object);
    }
    RolloutsPage* page() const { return qobject_cast<RolloutsPage*>(window->pages().page()); }
    void push(const std::vector<rollouts::Application>& applications)
    {
        client().applicationStream.push(applications);
    }
    /// The page on one application in this step.
    void openIn(Step step)
    {
        signIn();
        open();
        push({application(step)});
        QTRY_VERIFY(page()->application() != nullptr);
        QTRY_COMPARE(page()->application()->rollout->step, step);
    }
    void run(const QString& id) { window->commands().run(id); }
    /// Points of both sides over the last ten minutes, as the server would send them.
    void feedChart()
    {
        metrics::LiveQueryUpdate update;
        update.snapshot = true;
        update.evaluatedAt = kNow;
        for (const char* colour : {"blue", "green"}) {
            metrics::SeriesPoints series;
            series.labels = metrics::Labels({{"colour", colour}});
            for (int second = 1800; second >= 0; second -= 5) {
                series.times.push_back(absl::ToUnixMillis(kNow) - second * 1000);
                series.values.push_back(
                    0.0008 + 0.0004 * std::sin(second / 60.0 + (*colour == 'b' ? 0 : 1)));
            }
            update.series.push_back(std::move(series));
        }
        connection->metricsClient.queryStream.push(update);
    }

    /// The query has no series.
    void feedNothing()
    {
        metrics::LiveQueryUpdate update;
        update.snapshot = true;
        update.evaluatedAt = kNow;
        connection->metricsClient.queryStream.push(update);
    }

    RolloutWatch* watch = nullptr;
    std::shared_ptr<Session> session;
};

QStringList textsOf(const std::vector<MarkedLine>& lines)
{
    QStringList texts;
    for (const MarkedLine& line : lines) {
        texts << line.spoken + QStringLiteral(": ") + line.text;
    }
    return texts;
}

} // namespace

class RolloutsPageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<RolloutsWorld>(); }
    void cleanup() { m_world.reset(); }

    void theWayHasItsLines_data()
    {
        QTest::addColumn<int>("step");
        QTest::addColumn<QStringList>("lines");
        const auto row = [](Step step, const QStringList& lines) {
            QTest::newRow(std::string(rollouts::stepName(step)).c_str())
                << static_cast<int>(step) << lines;
        };
        const QStringList all{
            QStringLiteral("Green is ready"),
            QStringLiteral("Compared with blue"),
            QStringLiteral("Promoted"),
            QStringLiteral("Blue kept warm"),
            QStringLiteral("Blue released")};
        const auto marked = [&](int done, bool isNow) {
            QStringList lines;
            for (int at = 0; at < all.size(); ++at) {
                lines << (at < done             ? QStringLiteral("done: ")
                          : at == done && isNow ? QStringLiteral("now: ")
                                                : QStringLiteral("to come: ")) +
                             all[at];
            }
            return lines;
        };
        row(Step::Planned, marked(0, true));
        row(Step::PreviewReady, marked(1, true));
        row(Step::Analysing, marked(1, true));
        row(Step::AwaitingPromotion, marked(2, true));
        row(Step::Switching, marked(2, true));
        row(Step::Switched, marked(3, true));
        row(Step::Draining, marked(4, true));
        row(Step::Done, marked(5, false));
        row(Step::SwitchingBack,
            {QStringLiteral("done: Promoted"), QStringLiteral("now: Rolling back")});
        row(Step::RolledBack,
            {QStringLiteral("done: Promoted"), QStringLiteral("ended: Rolled back")});
        row(Step::Aborted, {QStringLiteral("ended: Aborted")});
    }
    void theWayHasItsLines()
    {
        QFETCH(int, step);
        QFETCH(QStringList, lines);
        QCOMPARE(textsOf(stepLines(application(static_cast<Step>(step)), kNow)), lines);
    }

    void aPauseIsSeenInTheWay()
    {
        auto paused = application(Step::Switched);
        paused.rollout->isPaused = true;
        QCOMPARE(textsOf(stepLines(paused, kNow))[3], QStringLiteral("paused: Blue kept warm"));
        QCOMPARE(warmLeft(*paused.rollout, kNow), QStringLiteral("while paused"));
        QCOMPARE(warmLeft(*application(Step::Switched).rollout, kNow), QStringLiteral("9\u2009m"));
    }

    /// What is, never what was commanded.
    void sidesAreShownAsTheyAre()
    {
        auto one = application(Step::Switched);
        const auto history = std::vector{*one.rollout};
        QCOMPARE(slotView(one, Colour::Green, history).title, QStringLiteral("Green — serving"));
        QCOMPARE(slotView(one, Colour::Blue, history).title, QStringLiteral("Blue — kept warm"));
        QCOMPARE(slotView(one, Colour::Green, history).version, QStringLiteral("2.4.0"));
        auto approved = one;
        approved.rollout->approvedServers = one.observation->green.servers;
        QCOMPARE(slotView(approved, Colour::Green, {}).version, QStringLiteral("2.4.0"));
        approved.rollout->approvedServers = "another";
        QCOMPARE(
            slotView(approved, Colour::Green, {}).version, QStringLiteral("version not known"));
        QCOMPARE(slotView(one, Colour::Blue, history).version, QStringLiteral("version not known"));
        // Somebody else has switched: the server wants green, and blue has the traffic.
        one.observation->active = Colour::Blue;
        QVERIFY(slotView(one, Colour::Blue, history).isServing);
        QVERIFY(!slotView(one, Colour::Green, history).isServing);
        one.observation->blue.serversUp = 0;
        QVERIFY(slotView(one, Colour::Blue, history).severity == Severity::Critical);
        one.observation.reset();
        QCOMPARE(slotView(one, Colour::Blue, history).word, QStringLiteral("Not seen"));
        QVERIFY(!slotView(one, Colour::Blue, history).isServing);
    }

    void slowAnswersStandBesideErrors()
    {
        rollouts::Application late = application(Step::AwaitingPromotion);
        late.rollout->verdict = rollouts::Verdict::Abort;
        late.rollout->evidence.push_back({"slow responses", {9000, 90}, {1100, 110}, 0, 1});
        QCOMPARE(
            differenceText(*late.rollout),
            QStringLiteral("Green +9 points of slow responses · abort"));
        const SlotView green = slotView(late, Colour::Green, {});
        QStringList names;
        for (const auto& [name, value] : green.facts) {
            names << name;
        }
        QCOMPARE(
            names,
            (QStringList{"Servers", "Under way", "Server errors", "Slow responses", "Backend"}));
        QCOMPARE(green.facts[3].second, QStringLiteral(u"10\u2009% of 1\u2009100"));
    }

    void whatIsHeldBackIsShown()
    {
        auto one = application(Step::Switched);
        const auto history = std::vector{*one.rollout};
        const auto traffic = [&](Colour colour) {
            const auto facts = slotView(one, colour, history).facts;
            return facts.front().first == QStringLiteral("Traffic") ? facts.front().second
                                                                    : QString();
        };
        QCOMPARE(traffic(Colour::Green), QString()); // it is never split
        one.holdBackPercent = 5;
        QCOMPARE(traffic(Colour::Green), QStringLiteral("100 %"));
        one.observation->splitPercent = 5;
        QCOMPARE(traffic(Colour::Green), QStringLiteral("95 %"));
        QCOMPARE(traffic(Colour::Blue), QStringLiteral("5 %"));
        one.observation->active.reset();
        QCOMPARE(traffic(Colour::Blue), QStringLiteral("not known"));
        const auto detail = [&] { return stepLines(one, kNow)[3].detail; };
        QVERIFY(!detail().contains(QStringLiteral("by itself")));
        one.rollsBackByItself = true;
        QVERIFY(detail().contains(QStringLiteral("by itself if worse")));
        one.rollout->isPaused = true;
        QVERIFY(!detail().contains(QStringLiteral("by itself")));
    }

    /// What the server, or somebody else, has ended is told on every page, once.
    void anEndThatNobodyHereAskedForIsTold()
    {
        m_world->signIn();
        m_world->window->pages().open(QStringLiteral("first"));
        auto cart = application(Step::RolledBack, "cart");
        cart.rollout->id = "9";
        m_world->push({cart, application(Step::Switched)});
        QTRY_VERIFY(m_world->window->band().rollBack().has_value());
        QVERIFY(m_world->window->toasts().isEmpty()); // an old end is no news
        auto back = application(Step::RolledBack);
        back.rollout->message = "blue has the traffic again: server errors: 12 % of 40 requests";
        m_world->push({cart, back});
        QTRY_COMPARE(m_world->window->toasts().toasts().size(), std::size_t{1});
        const ToastMessage told = m_world->window->toasts().toasts().front()->message();
        QCOMPARE(told.text, QStringLiteral("checkout was rolled back"));
        QVERIFY(told.detail.contains(QStringLiteral("12 % of 40 requests")));
        m_world->push({cart, back});
        QTRY_VERIFY(!m_world->window->band().rollBack().has_value());
        QCOMPARE(m_world->window->toasts().toasts().front()->count(), 1);
        m_world->window->toasts().toasts().front()->act();
        QTRY_VERIFY(m_world->page() != nullptr);
    }

    void gatesSayWhatWasSeen()
    {
        m_world->openIn(Step::Analysing);
        auto* gates = m_world->page()->findChild<GatesCard*>();
        QCOMPARE(
            textsOf(gates->findChild<MarkedList*>()->lines()),
            (QStringList{
                QStringLiteral("passed: Candidate is ready"),
                QStringLiteral("passed: Traffic is where it should be"),
                QStringLiteral("waiting: Comparison says promote")}));
    }

    void promotingGoesThroughItsPlan()
    {
        m_world->openIn(Step::AwaitingPromotion);
        QCOMPARE(m_world->reason(rolloutcommand::kPromote), QString());
        QVERIFY(!m_world->reason(rolloutcommand::kRollBack).isEmpty());
        m_world->run(rolloutcommand::kPromote);
        QTRY_COMPARE(m_world->client().promotions.requests().size(), std::size_t{1});
        const auto& asked = m_world->client().promotions.requests()[0];
        QVERIFY(asked.request.validateOnly);
        QCOMPARE(asked.target.rolloutId, std::string("17"));
        QCOMPARE(asked.overrideReason, std::string());
        m_world->client().promotions.answer(outcome(plans::Friction::F2, "Promote green"));
        QTRY_VERIFY(m_world->window->sheets().sheet() != nullptr);
        QTest::keyClick(m_world->window->sheets().sheet(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(m_world->client().promotions.requests().size(), std::size_t{2});
        QCOMPARE(
            m_world->client().promotions.requests()[1].request.confirmation.planDigest,
            std::string("5f1c0d9a77ab20f3"));
        m_world->client().promotions.answer(outcome(plans::Friction::F2, "Promote green"));
        QTRY_VERIFY(m_world->watch->actions()->phase() == PlannedActions::Phase::Idle);
    }

    void withoutAVerdictAReasonIsAsked()
    {
        m_world->openIn(Step::Analysing);
        m_world->run(rolloutcommand::kPromote);
        QTRY_VERIFY(qobject_cast<OverrideSheet*>(m_world->window->sheets().sheet()) != nullptr);
        Sheet* sheet = m_world->window->sheets().sheet();
        QTest::keyClick(sheet, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(m_world->client().promotions.requests().size(), std::size_t{0});
        QVERIFY(m_world->field(QStringLiteral("Why")) != nullptr);
        m_world->field(QStringLiteral("Why"))->setText(QStringLiteral("hot fix"));
        QTest::keyClick(sheet, Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(m_world->client().promotions.requests().size(), std::size_t{1});
        QCOMPARE(m_world->client().promotions.requests()[0].overrideReason, std::string("hot fix"));
    }

    void theOverrideSaysWhatItOverrides_data()
    {
        QTest::addColumn<QString>("gate");
        QTest::addColumn<QString>("title");
        QTest::addColumn<QString>("warning");
        QTest::newRow("verdict") << "verdict"
                                 << "Promote green without the verdict"
                                 << "The comparison has not decided yet.";
        QTest::newRow("window") << "window"
                                << "Promote green outside of the change window"
                                << "The change window: 1 of 3.";
        QTest::newRow("analysis") << "analysis"
                                  << "Promote green against its conditions"
                                  << "The conditions: 1 of 3.";
        QTest::newRow("capacity") << "capacity"
                                  << "Promote green with less capacity"
                                  << "The capacity: 1 of 3.";
    }
    void theOverrideSaysWhatItOverrides()
    {
        QFETCH(const QString, gate);
        m_world->signIn();
        m_world->open();
        auto one = application(Step::AwaitingPromotion);
        one.rollout->verdict = rollouts::Verdict::Undecided;
        one.gates[2] = {gate.toStdString(), GateResult::Waiting, "1 of 3"};
        m_world->push({one});
        QTRY_VERIFY(m_world->page()->application() != nullptr);
        m_world->run(rolloutcommand::kPromote);
        QTRY_VERIFY(qobject_cast<OverrideSheet*>(m_world->window->sheets().sheet()) != nullptr);
        QStringList texts;
        for (const QLabel* label : m_world->window->sheets().sheet()->findChildren<QLabel*>()) {
            texts << label->text();
        }
        QFETCH(const QString, title);
        QFETCH(const QString, warning);
        QVERIFY2(texts.contains(title), qPrintable(texts.join(QLatin1Char('|'))));
        QVERIFY2(texts.filter(warning).size() == 1, qPrintable(texts.join(QLatin1Char('|'))));
    }

    /// A gate that cannot be overridden keeps Promote from running, and says why.
    void aCandidateThatIsNotReadyIsNotPromoted()
    {
        m_world->signIn();
        m_world->open();
        auto one = application(Step::AwaitingPromotion);
        one.gates[0] = {"ready", GateResult::Failed, "0 of 2 servers of green are up"};
        m_world->push({one});
        QTRY_COMPARE(
            m_world->reason(rolloutcommand::kPromote),
            QStringLiteral("0 of 2 servers of green are up"));
    }

    /// Two key presses from any page: the chord, and Ctrl+Enter where the plan asks for it.
    void rollingBackTakesTwoKeysFromAnyPage()
    {
        m_world->signIn();
        m_world->window->pages().open(QStringLiteral("first"));
        m_world->push({application(Step::Switched)});
        QTRY_VERIFY(m_world->window->band().rollBack().has_value());
        QCOMPARE(m_world->window->band().rollBack()->word, QStringLiteral("Roll back checkout"));
        QCOMPARE(m_world->window->band().rollBack()->text, QStringLiteral("9\u2009m"));
        m_world->window->activateWindow();
        QTest::keyClick(m_world->window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_COMPARE(m_world->client().rollbacks.requests().size(), std::size_t{1});
        m_world->client().rollbacks.answer(outcome(plans::Friction::F2, "Roll back"));
        QTRY_VERIFY(m_world->window->sheets().sheet() != nullptr);
        QTest::keyClick(m_world->window->sheets().sheet(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(m_world->client().rollbacks.requests().size(), std::size_t{2});
        QVERIFY(!m_world->client().rollbacks.requests()[1].request.validateOnly);
        m_world->client().rollbacks.answer(outcome(plans::Friction::F2, "Roll back"));
        m_world->push({application(Step::RolledBack)});
        QTRY_VERIFY(!m_world->window->band().rollBack().has_value());
    }

    /// The band promises nothing that it cannot do.
    void withoutAConnectionTheBandOffersNothing()
    {
        m_world->openIn(Step::Switched);
        QTRY_VERIFY(m_world->window->band().rollBack().has_value());
        m_world->setState(client::ConnectionState::Reconnecting);
        QTRY_VERIFY(!m_world->window->band().rollBack().has_value());
        m_world->signIn();
        QTRY_VERIFY(m_world->window->band().rollBack().has_value());
    }

    /// The way out of an accident: no plan can be made, and it is done all the same.
    void rollingBackWorksWithoutThePlan()
    {
        m_world->openIn(Step::Switched);
        m_world->run(rolloutcommand::kRollBack);
        QTRY_COMPARE(m_world->client().rollbacks.requests().size(), std::size_t{1});
        m_world->client().rollbacks.answer(
            absl::UnavailableError("the control database does not answer"));
        QTRY_VERIFY(qobject_cast<ConfirmSheet*>(m_world->window->sheets().sheet()) != nullptr);
        QTest::keyClick(m_world->window->sheets().sheet(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(m_world->client().rollbacks.requests().size(), std::size_t{2});
        const auto& asked = m_world->client().rollbacks.requests()[1].request;
        QVERIFY(!asked.validateOnly);
        QCOMPARE(asked.confirmation.planDigest, std::string());
        client::RolloutOutcome done;
        done.isRecordedLocally = true;
        m_world->client().rollbacks.answer(done);
        QTRY_VERIFY(m_world->watch->actions()->phase() == PlannedActions::Phase::Idle);
    }

    /// Other actions are not done without a plan.
    void promotingNeedsThePlan()
    {
        m_world->openIn(Step::AwaitingPromotion);
        m_world->run(rolloutcommand::kPromote);
        QTRY_COMPARE(m_world->client().promotions.requests().size(), std::size_t{1});
        m_world->client().promotions.answer(absl::UnavailableError("no database"));
        QTRY_VERIFY(m_world->watch->actions()->phase() == PlannedActions::Phase::Idle);
        QVERIFY(m_world->window->sheets().sheet() == nullptr);
    }

    /// Of several the last promotion; on the page the one that is shown.
    void theVerbsActOnWhatIsMeant()
    {
        m_world->signIn();
        m_world->window->pages().open(QStringLiteral("first"));
        auto older = application(Step::Switched, "a");
        older.rollout->promoteTime = kNow - absl::Minutes(5);
        m_world->push({older, application(Step::Switched, "b"), application(Step::Analysing, "c")});
        QTRY_VERIFY(m_world->window->band().rollBack().has_value());
        QCOMPARE(m_world->window->band().rollBack()->word, QStringLiteral("Roll back b"));
        // Promote leads to the evidence first.
        m_world->run(rolloutcommand::kPromote);
        QTRY_VERIFY(m_world->page() != nullptr);
        QVERIFY(m_world->client().promotions.requests().empty());
        m_world->push({older, application(Step::Switched, "b"), application(Step::Analysing, "c")});
        QTRY_COMPARE(m_world->page()->object(), QStringLiteral("c"));
        QVERIFY(!m_world->reason(rolloutcommand::kRollBack).isEmpty());
        m_world->page()->openObject(QStringLiteral("a"));
        QTRY_COMPARE(m_world->reason(rolloutcommand::kRollBack), QString());
        m_world->run(rolloutcommand::kRollBack);
        QTRY_COMPARE(m_world->client().rollbacks.requests().size(), std::size_t{1});
        QCOMPARE(m_world->client().rollbacks.requests()[0].target.application, std::string("a"));
    }

    void verbsBelongToTheirStep_data()
    {
        QTest::addColumn<int>("step");
        QTest::addColumn<QStringList>("possible");
        const auto row = [](Step step, const QStringList& possible) {
            QTest::newRow(std::string(rollouts::stepName(step)).c_str())
                << static_cast<int>(step) << possible;
        };
        using namespace rolloutcommand;
        row(Step::Planned, {kPause, kAbort});
        row(Step::Analysing, {kPromote, kPause, kAbort});
        row(Step::Switching, {kRollBack});
        row(Step::Switched, {kRollBack, kPause, kKeepWarm});
        row(Step::Done, {kStart});
        row(Step::RolledBack, {kStart});
    }
    void verbsBelongToTheirStep()
    {
        QFETCH(int, step);
        QFETCH(QStringList, possible);
        m_world->openIn(static_cast<Step>(step));
        using namespace rolloutcommand;
        for (const QString& id :
             {kStart, kPromote, kRollBack, kPause, kResume, kKeepWarm, kAbort}) {
            QTRY_COMPARE(m_world->reason(id).isEmpty(), possible.contains(id));
        }
    }

    void verbsNeedThePermission()
    {
        m_world->signIn({"rollouts.view"});
        m_world->open();
        m_world->push({application(Step::Switched)});
        QTRY_VERIFY(m_world->page()->application() != nullptr);
        QVERIFY(!m_world->reason(rolloutcommand::kRollBack).isEmpty());
        QVERIFY(!m_world->reason(rolloutcommand::kPause).isEmpty());
        QVERIFY(!m_world->window->band().rollBack().has_value());
    }

    void theCandidateGetsTrafficStepByStep()
    {
        m_world->signIn();
        m_world->open();
        auto one = application(Step::Analysing);
        one.trafficSteps = {5, 25};
        one.rollout->candidatePercent = 5;
        one.observation->splitPercent = 5;
        m_world->push({one});
        QTRY_VERIFY(m_world->page()->application() != nullptr);
        QCOMPARE(slotView(one, Colour::Green, {}).facts.front().second, QStringLiteral("5 %"));
        m_world->run(rolloutcommand::kStep);
        auto& steps = m_world->client().trafficSteps;
        QTRY_COMPARE(steps.requests().size(), std::size_t{1});
        QCOMPARE(steps.requests()[0].percent, std::optional(25));
        steps.answer(outcome(plans::Friction::F1, "Give green 25 %"));
        QTRY_COMPARE(steps.requests().size(), std::size_t{2});
        QVERIFY(!steps.requests()[1].request.validateOnly);
        steps.answer(outcome(plans::Friction::F1, "Give green 25 %"));
        const auto reason = [&] { return m_world->reason(rolloutcommand::kStep); };
        one.rollout->candidatePercent = 25;
        m_world->push({one});
        QTRY_COMPARE(reason(), QStringLiteral("That was the last step: promote it"));
        one.rollout->candidatePercent = 5;
        one.gates.push_back({"window", GateResult::Failed, "closed; opens Mon 09:00"});
        m_world->push({one});
        QTRY_COMPARE(reason(), QStringLiteral("closed; opens Mon 09:00"));
    }

    void startingAsksForTheVersion()
    {
        m_world->openIn(Step::Done);
        m_world->run(rolloutcommand::kStart);
        QTRY_VERIFY(m_world->window->sheets().sheet() != nullptr);
        Sheet* sheet = m_world->window->sheets().sheet();
        QVERIFY(sheet->accessibleName().contains(QStringLiteral("blue")));
        QVERIFY(m_world->field(QStringLiteral("Version")) != nullptr);
        m_world->field(QStringLiteral("Version"))->setText(QStringLiteral("2.5.0"));
        QTest::keyClick(sheet, Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(m_world->client().starts.requests().size(), std::size_t{1});
        QCOMPARE(m_world->client().starts.requests()[0].rollout.revision, std::string("2.5.0"));
        QCOMPARE(
            m_world->client().starts.requests()[0].rollout.application, std::string("checkout"));
    }

    void aReceiptIsOpenedAndSaved()
    {
        m_world->client().receipts.answerAlways(receipt(Step::Done));
        m_world->client().lists.answerAlways(std::vector{rollout(Step::Done)});
        m_world->openIn(Step::Done);
        m_world->page()->openObject(QStringLiteral("checkout/17"));
        QTRY_VERIFY(m_world->page()->model().receipt() != nullptr);
        QCOMPARE(m_world->page()->object(), QStringLiteral("checkout/17"));
        QTRY_COMPARE(m_world->reason(rolloutcommand::kSaveReceipt), QString());
        const auto& shown = *m_world->page()->model().receipt();
        const QString text = receiptText(shown, TimeDisplay::Utc);
        for (const char* part : {"Rollout 17: Done", "by dana", "by lee", "all gates passed"}) {
            QVERIFY2(text.contains(QString::fromLatin1(part)), qPrintable(text));
        }
        const auto json = QJsonDocument::fromJson(receiptJson(shown)).object();
        QCOMPARE(json.value(QStringLiteral("step")).toString(), QStringLiteral("done"));
        QCOMPARE(json.value(QStringLiteral("promotedBy")).toString(), QStringLiteral("lee"));
    }

    /// History and log are asked for again when the rollout changed, and not with every look.
    void onlyChangesAreAskedFor()
    {
        m_world->openIn(Step::Analysing);
        QTRY_COMPARE(m_world->client().receipts.requests().size(), std::size_t{1});
        for (int look = 0; look < 20; ++look) {
            auto one = application(Step::Analysing);
            one.observation->blue.responses += look;
            m_world->push({one});
            QCoreApplication::processEvents();
        }
        QCOMPARE(m_world->client().receipts.requests().size(), std::size_t{1});
        m_world->push({application(Step::AwaitingPromotion)});
        QTRY_COMPARE(m_world->client().receipts.requests().size(), std::size_t{2});
        QCOMPARE(m_world->client().lists.requests().size(), std::size_t{2});
    }

    void theChartAsksForTheApplication()
    {
        m_world->openIn(Step::Analysing);
        auto* compare = m_world->page()->findChild<CompareCard*>();
        QVERIFY(compare->expression().contains(QStringLiteral("application=\"checkout\"")));
        QVERIFY(compare->expression().contains(QStringLiteral("server_errors_total")));
        compare->findChild<Tabs*>()->setCurrentIndex(1);
        QVERIFY(!compare->expression().contains(QStringLiteral("server_errors_total")));
    }

    void statesAreSaid()
    {
        m_world->signIn();
        m_world->open();
        QVERIFY(m_world->page()->model().state().kind == DataState::Kind::Loading);
        m_world->push({});
        QTRY_VERIFY(m_world->page()->model().state().kind == DataState::Kind::Empty);
        QVERIFY(m_world->page()->model().state().hint.contains(
            QStringLiteral("rollouts.applications")));
        m_world->client().applicationStream.end(absl::PermissionDeniedError("not yours"));
        QTRY_VERIFY(m_world->page()->model().state().kind == DataState::Kind::Error);
        m_world->page()->refresh();
        m_world->push({application(Step::Analysing)});
        QTRY_VERIFY(m_world->page()->model().state().kind == DataState::Kind::Live);
    }

    void aLongHistoryStallsNothing()
    {
        std::vector<rollouts::Rollout> many;
        for (int id = 0; id < RolloutsViewModel::kHistory; ++id) {
            many.push_back(rollout(Step::Done));
            many.back().id = std::to_string(1000 - id);
        }
        m_world->client().lists.answerAlways(many);
        const StallGuard guard;
        m_world->openIn(Step::Done);
        QTRY_COMPARE(m_world->page()->model().history().size(), many.size());
        for (int look = 0; look < 50; ++look) {
            auto one = application(Step::Done);
            one.observation->blue.responses += look;
            m_world->push({one});
            QCoreApplication::processEvents();
        }
        QVERIFY2(guard.passed(), qPrintable(guard.report()));
    }

    void looks_data()
    {
        QTest::addColumn<int>("mode");
        QTest::addColumn<int>("step");
        QTest::addColumn<QSize>("size");
        const QSize large(1440, 900);
        const QSize small(1024, 700);
        const auto row = [](const char* name, ThemeMode mode, Step step, QSize size) {
            QTest::newRow(name) << static_cast<int>(mode) << static_cast<int>(step) << size;
        };
        row("rollouts-analysing-dark", ThemeMode::Dark, Step::Analysing, large);
        row("rollouts-analysing-light", ThemeMode::Light, Step::Analysing, large);
        row("rollouts-switched-dark", ThemeMode::Dark, Step::Switched, large);
        row("rollouts-switched-light-small", ThemeMode::Light, Step::Switched, small);
        row("rollouts-waiting-dark-small", ThemeMode::Dark, Step::AwaitingPromotion, small);
        row("rollouts-done-light", ThemeMode::Light, Step::Done, large);
        row("rollouts-rolled-back-light", ThemeMode::Light, Step::RolledBack, large);
        row("rollouts-rolled-back-dark-small", ThemeMode::Dark, Step::RolledBack, small);
    }
    void looks()
    {
        QFETCH(int, mode);
        QFETCH(int, step);
        QFETCH(QSize, size);
        const auto at = static_cast<Step>(step);
        m_world->theme.setMode(static_cast<ThemeMode>(mode));
        m_world->window->resize(size);
        m_world->client().receipts.answerAlways(receipt(at));
        m_world->client().lists.answerAlways(std::vector{rollout(at)});
        m_world->openIn(at);
        m_world->push({withEverything(application(at))});
        m_world->feedChart();
        QTRY_VERIFY(m_world->page()->findChild<CompareCard*>()->seriesShown() > 0);
        QTRY_VERIFY(!m_world->page()->model().current().events.empty());
        if (at == Step::Done) {
            m_world->page()->openObject(QStringLiteral("checkout/17"));
            QTRY_VERIFY(m_world->page()->model().receipt() != nullptr);
        }
        // The frame of the size that it has by now.
        QCoreApplication::processEvents();
        QTRY_VERIFY(m_world->page()->findChild<CompareCard*>()->isDrawn());
        auto& canvas = m_world->page()->findChild<TimeSeriesChart*>()->canvas();
        QTRY_VERIFY(inkOf(canvas.grab().toImage()) > 0.01);
        const QImage image =
            picture(*m_world->window, QString::fromLatin1(QTest::currentDataTag()));
        QVERIFY(inkOf(image) > 0.03);
        QCOMPARE(unnamedFocusable(*m_world->window), QStringList());
    }
    void conditionsAreShownBeforeAndAfterThePromotion()
    {
        m_world->client().receipts.answerAlways(receipt(Step::Switched));
        m_world->openIn(Step::Switched);
        const auto texts = [&] {
            return textsOf(
                m_world->page()->findChild<GatesCard*>()->findChild<MarkedList*>()->lines());
        };
        m_world->push({withEverything(application(Step::Switched))});
        QTRY_COMPARE(texts(), QStringList{"waiting: Conditions on metrics hold"});
        m_world->push({application(Step::Switched)});
        QTRY_VERIFY(texts().isEmpty());
        m_world->push({withEverything(application(Step::AwaitingPromotion))});
        QTRY_VERIFY(texts().contains("waiting: Conditions on metrics hold"));
        QCOMPARE(texts().size(), 5);
    }

    void whatIsNotCountedIsSaid_data()
    {
        QTest::addColumn<QString>("driver");
        QTest::addColumn<QString>("named");
        QTest::addColumn<int>("mode");
        QTest::addColumn<QSize>("size");
        const int dark = int(ThemeMode::Dark);
        const int light = int(ThemeMode::Light);
        const QSize large(1440, 900);
        const QSize small(1024, 700);
        QTest::newRow("rollouts-cluster-dark") << "kubernetes"
                                               << "colour=green" << dark << large;
        QTest::newRow("rollouts-cluster-light-small") << "kubernetes"
                                                      << "colour=green" << light << small;
        QTest::newRow("rollouts-argo-dark") << "argo-rollouts"
                                            << "42 (checkout:2.4.0" << dark << large;
        QTest::newRow("rollouts-argo-dark-small") << "argo-rollouts"
                                                  << "42 (checkout:2.4.0" << dark << small;
        QTest::newRow("rollouts-argo-light") << "argo-rollouts"
                                             << "42 (checkout:2.4.0" << light << large;
        QTest::newRow("rollouts-argo-light-small") << "argo-rollouts"
                                                   << "42 (checkout:2.4.0" << light << small;
    }
    void whatIsNotCountedIsSaid()
    {
        QFETCH(QString, driver);
        QFETCH(QString, named);
        QFETCH(int, mode);
        QFETCH(QSize, size);
        m_world->theme.setMode(static_cast<ThemeMode>(mode));
        m_world->window->resize(size);
        m_world->client().receipts.answerAlways(receipt(Step::AwaitingPromotion));
        m_world->openIn(Step::AwaitingPromotion);
        m_world->push({inCluster(application(Step::AwaitingPromotion), driver.toStdString())});
        m_world->feedNothing();
        const auto* card = m_world->page()->findChild<CompareCard*>();
        const auto says = [&](const QString& words) {
            const auto labels = m_world->page()->findChildren<QLabel*>();
            return std::ranges::any_of(labels, [&](const QLabel* label) {
                return label->isVisible() && label->text().contains(words);
            });
        };
        QTRY_VERIFY(says(QStringLiteral("not counted")));
        QTRY_VERIFY(says(QStringLiteral("Nothing counts what both sides answer")));
        QVERIFY(says(named));
        QCOMPARE(card->seriesShown(), 0);
        QCoreApplication::processEvents();
        picture(*m_world->window, QString::fromLatin1(QTest::currentDataTag()));
        // Long names of images wrap; what is below moves down and is not squeezed for it.
        const auto* steps = m_world->page()->findChild<PromoteCard*>();
        QVERIFY(steps->height() >= steps->minimumSizeHint().height());
    }

private:
    std::unique_ptr<RolloutsWorld> m_world;
};

PILOTHOUSE_UI_TEST_MAIN(RolloutsPageTest)
#include "tst_rollouts_page.moc"
