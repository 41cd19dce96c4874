// SPDX-License-Identifier: Apache-2.0
#include "shared/rollouts/Steps.h"
#include "shared/rollouts/proto/RolloutsProto.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::rollouts;

namespace {

const absl::Time kNow = absl::FromUnixSeconds(1800000000);

constexpr std::array kSteps{
    Step::Planned,
    Step::PreviewReady,
    Step::Analysing,
    Step::AwaitingPromotion,
    Step::Switching,
    Step::Switched,
    Step::Draining,
    Step::Done,
    Step::SwitchingBack,
    Step::RolledBack,
    Step::Aborted};

Rollout inStep(Step step)
{
    Rollout rollout;
    rollout.id = "7";
    rollout.application = "shop";
    rollout.revision = "2";
    rollout.step = step;
    rollout.stepTime = kNow - absl::Seconds(60);
    rollout.warmUntil = kNow + absl::Minutes(5);
    return rollout;
}

Observation healthy()
{
    Observation observation;
    observation.time = kNow;
    observation.active = Colour::Blue;
    observation.activeAfterRestart = Colour::Blue;
    observation.blue.serversUp = observation.blue.serversTotal = 1;
    observation.green.serversUp = observation.green.serversTotal = 1;
    return observation;
}

Comparison undecided()
{
    return Comparison({"server errors"}, {});
}

Comparison saying(Verdict verdict)
{
    Comparison comparison = undecided();
    while (verdict != Verdict::Undecided && comparison.verdict() != verdict) {
        comparison.add({{500, 0}}, {{500, verdict == Verdict::Abort ? 250 : 0}});
    }
    return comparison;
}

QString text(const std::optional<Move>& move)
{
    return move ? QString::fromStdString(std::string(stepName(move->step))) : QString("-");
}

} // namespace

class TestRolloutSteps : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesReadBack()
    {
        for (const Step step : kSteps) {
            QCOMPARE(stepOf(stepName(step)), std::optional(step));
        }
        QVERIFY(!stepOf("nonsense"));
        QCOMPARE(colourOf("green"), std::optional(Colour::Green));
        QVERIFY(!colourOf("red"));
        QCOMPARE(other(Colour::Green), Colour::Blue);
        for (const Verdict verdict :
             {Verdict::Undecided, Verdict::Promote, Verdict::Abort, Verdict::Hold}) {
            QCOMPARE(verdictOf(verdictName(verdict)), verdict);
        }
    }

    void trafficIsOnOneSideInEveryStep_data()
    {
        QTest::addColumn<QString>("step");
        QTest::addColumn<QString>("side");
        QTest::addColumn<int>("heldBack");
        const auto row = [](const char* step, const char* side, int heldBack = 0) {
            QTest::newRow(step) << step << side << heldBack;
        };
        row("planned", "blue");
        row("preview-ready", "blue");
        row("analysing", "blue");
        row("awaiting-promotion", "blue");
        row("switching", "green", 5);
        row("switched", "green", 5);
        row("draining", "green");
        row("done", "green");
        row("switching-back", "blue");
        row("rolled-back", "blue");
        row("aborted", "blue");
    }

    void trafficIsOnOneSideInEveryStep()
    {
        QFETCH(QString, step);
        QFETCH(QString, side);
        QFETCH(int, heldBack);
        Policy policy;
        policy.holdBackPercent = 5;
        const Routing traffic = routingIn(inStep(*stepOf(step.toStdString())), policy);
        QCOMPARE(QString::fromStdString(std::string(colourName(traffic.active))), side);
        QCOMPARE(traffic.splitPercent, heldBack);
    }

    void gatesThatCanBeOverridden()
    {
        for (const char* name : {"ready", "no-drift"}) {
            QVERIFY(!canBeOverridden({name, GateResult::Failed, ""}));
        }
        for (const char* name : {"capacity", "verdict", "window"}) {
            QVERIFY(canBeOverridden({name, GateResult::Failed, ""}));
        }
    }

    void aWindowIsAGateWhereThereIsOne()
    {
        const auto rollout = inStep(Step::AwaitingPromotion);
        Policy policy;
        policy.windows.push_back(*makeChangeWindow(
            ChangeWindow::Kind::Deny, "* * * * *", absl::Hours(1), "UTC", "a freeze"));
        const auto gates = gatesOf(rollout, policy, healthy(), Verdict::Promote, {}, kNow);
        QCOMPARE(gates.back().name, std::string("window"));
        QCOMPARE(gates.back().result, GateResult::Failed);
        QCOMPARE(
            gatesOf(rollout, {}, healthy(), Verdict::Promote, {}, kNow).back().name,
            std::string("verdict"));
    }

    void whyItWentBackIsKept()
    {
        Rollout rollout = inStep(Step::Switched);
        rollout.message = goingBack(rollout, "server errors: 5 %").message;
        rollout.step = Step::SwitchingBack;
        QCOMPARE(
            settled(rollout).message,
            std::string("blue has the traffic again: server errors: 5 %"));
        rollout.message = goingBack(rollout, "").message;
        QCOMPARE(settled(rollout).message, std::string("blue has the traffic again"));
    }

    void operationsFitTheStep()
    {
        for (const Step step : kSteps) {
            // Exactly one way out is open as long as it has not ended or is decided already.
            const bool canLeave = canAbort(step) || canRollBack(step);
            QCOMPARE(canLeave, !hasEnded(step) && step != Step::SwitchingBack);
            QVERIFY(!(canAbort(step) && canRollBack(step)));
            QVERIFY(!canPromote(step) || isBeforeSwitch(step));
            QVERIFY(!hasEnded(step) || (!canPause(step) && !canKeepWarm(step)));
        }
        QVERIFY(!canPromote(Step::Planned));
        QVERIFY(!canPause(Step::Switching) && !canPause(Step::SwitchingBack));
    }

    void stepsFollow_data()
    {
        QTest::addColumn<int>("step");
        QTest::addColumn<int>("verdict");
        QTest::addColumn<bool>("isReady");
        QTest::addColumn<bool>("isPaused");
        QTest::addColumn<int>("inFlight");
        QTest::addColumn<QString>("next");
        const auto row = [](const char* name,
                            Step step,
                            Verdict verdict,
                            bool isReady,
                            bool isPaused,
                            int inFlight,
                            const char* next) {
            QTest::newRow(name) << static_cast<int>(step) << static_cast<int>(verdict) << isReady
                                << isPaused << inFlight << next;
        };
        const auto no = Verdict::Undecided;
        row("waits for the candidate", Step::Planned, no, false, false, 0, "-");
        row("candidate is up", Step::Planned, no, true, false, 0, "preview-ready");
        row("paused", Step::Planned, no, true, true, 0, "-");
        row("ready", Step::PreviewReady, no, true, false, 0, "analysing");
        row("no verdict yet", Step::Analysing, no, true, false, 0, "-");
        row("good", Step::Analysing, Verdict::Promote, true, false, 0, "awaiting-promotion");
        row("bad", Step::Analysing, Verdict::Abort, true, false, 0, "aborted");
        row("bad, but paused", Step::Analysing, Verdict::Abort, true, true, 0, "-");
        row("went down", Step::Analysing, Verdict::Promote, false, false, 0, "planned");
        row("waits for a person", Step::AwaitingPromotion, Verdict::Promote, true, false, 0, "-");
        row("bad meanwhile", Step::AwaitingPromotion, Verdict::Abort, true, false, 0, "aborted");
        row("down meanwhile",
            Step::AwaitingPromotion,
            Verdict::Promote,
            false,
            false,
            0,
            "planned");
        row("a switch is left by who did it", Step::Switching, no, false, false, 0, "-");
        row("warm", Step::Switched, no, false, false, 0, "-");
        row("drains", Step::Draining, no, false, false, 3, "done"); // its time is over
        row("drained", Step::Draining, no, false, false, 0, "done");
        row("going back", Step::SwitchingBack, no, false, false, 0, "-");
        row("ended", Step::Done, no, true, false, 0, "-");
    }

    void stepsFollow()
    {
        QFETCH(int, step);
        QFETCH(int, verdict);
        QFETCH(bool, isReady);
        QFETCH(bool, isPaused);
        QFETCH(int, inFlight);
        QFETCH(QString, next);
        Rollout rollout = inStep(static_cast<Step>(step));
        rollout.isPaused = isPaused;
        Observation observation = healthy();
        observation.green.serversUp = isReady ? 1 : 0;
        observation.blue.inFlight = inFlight;
        QCOMPARE(
            text(nextMove(
                rollout, {}, observation, saying(static_cast<Verdict>(verdict)), {}, kNow)),
            next);
    }

    void timeDecidesWhatTheComparisonDoesNot()
    {
        Policy policy;
        Rollout rollout = inStep(Step::Analysing);
        rollout.stepTime = kNow - policy.analysisMost;
        const auto move = nextMove(rollout, policy, healthy(), undecided(), {}, kNow);
        QCOMPARE(text(move), QString("awaiting-promotion"));
        QCOMPARE(verdictNow(rollout, policy, undecided(), kNow), Verdict::Hold);
        // A good verdict waits for the least time.
        rollout.stepTime = kNow - absl::Seconds(1);
        QCOMPARE(
            text(nextMove(rollout, policy, healthy(), saying(Verdict::Promote), {}, kNow)),
            QString("-"));
        // A bad one does not.
        QCOMPARE(
            text(nextMove(rollout, policy, healthy(), saying(Verdict::Abort), {}, kNow)),
            QString("aborted"));
    }

    void aVerdictOutlivesTheServerThatFoundIt()
    {
        Rollout rollout = inStep(Step::AwaitingPromotion);
        rollout.verdict = Verdict::Promote;
        QCOMPARE(verdictNow(rollout, {}, undecided(), kNow), Verdict::Promote);
        rollout.verdict = Verdict::Hold;
        QCOMPARE(verdictNow(rollout, {}, undecided(), kNow), Verdict::Hold);
    }

    void warmthEnds()
    {
        Rollout rollout = inStep(Step::Switched);
        QCOMPARE(text(nextMove(rollout, {}, healthy(), undecided(), {}, kNow)), QString("-"));
        rollout.warmUntil = kNow;
        QCOMPARE(
            text(nextMove(rollout, {}, healthy(), undecided(), {}, kNow)), QString("draining"));
        rollout.isPaused = true;
        QCOMPARE(text(nextMove(rollout, {}, healthy(), undecided(), {}, kNow)), QString("-"));
    }

    void drainingWaitsForWhatIsUnderWay()
    {
        Rollout rollout = inStep(Step::Draining);
        rollout.stepTime = kNow - absl::Seconds(1);
        Observation observation = healthy();
        observation.blue.inFlight = 2;
        QCOMPARE(text(nextMove(rollout, {}, observation, undecided(), {}, kNow)), QString("-"));
    }

    void conditionsBeforeThePromotion_data()
    {
        QTest::addColumn<int>("phase");
        QTest::addColumn<bool>("compares");
        QTest::addColumn<QString>("next");
        const auto row =
            [](const char* name, AnalysisPhase phase, bool compares, const char* next) {
                QTest::newRow(name) << static_cast<int>(phase) << compares << next;
            };
        row("running", AnalysisPhase::Running, false, "-");
        row("successful", AnalysisPhase::Successful, false, "awaiting-promotion");
        row("successful, not compared yet", AnalysisPhase::Successful, true, "-");
        row("failed", AnalysisPhase::Failed, false, "aborted");
        row("failed, not compared yet", AnalysisPhase::Failed, true, "aborted");
        row("in error", AnalysisPhase::Error, false, "aborted");
        row("inconclusive", AnalysisPhase::Inconclusive, false, "awaiting-promotion");
    }

    void conditionsBeforeThePromotion()
    {
        QFETCH(int, phase);
        QFETCH(bool, compares);
        QFETCH(QString, next);
        Policy policy;
        policy.comparesSides = compares;
        policy.analyses.emplace_back().name = "rate";
        QCOMPARE(
            text(nextMove(inStep(Step::PreviewReady), policy, healthy(), undecided(), {}, kNow)),
            QString("analysing"));
        const AnalysisState state{static_cast<AnalysisPhase>(phase), "rate: 1 of 1 measured"};
        Rollout rollout = inStep(Step::Analysing);
        rollout.stepTime = kNow;
        const auto move = nextMove(rollout, policy, healthy(), undecided(), state, kNow);
        QCOMPARE(text(move), next);
        if (next == "aborted") {
            QVERIFY(move->message.find("rate: 1 of 1 measured") != std::string::npos);
        }
        const auto gates = gatesOf(rollout, policy, healthy(), Verdict::Promote, state, kNow);
        QCOMPARE(gates.back().name, std::string("analysis"));
        QVERIFY(canBeOverridden(gates.back()));
    }

    void conditionsAfterThePromotion()
    {
        Policy policy;
        policy.analyses.emplace_back().stage = AnalysisMetric::Stage::AfterPromotion;
        Rollout rollout = inStep(Step::Switched);
        QCOMPARE(
            analysisStage(rollout, policy), std::optional(AnalysisMetric::Stage::AfterPromotion));
        QVERIFY(!analysisStage(inStep(Step::Analysing), policy));
        const auto next = [&](AnalysisPhase phase, const Observation& observation) {
            return text(nextMove(
                rollout, policy, observation, undecided(), AnalysisState{phase, "rate"}, kNow));
        };
        QCOMPARE(next(AnalysisPhase::Running, healthy()), QString("-"));
        QCOMPARE(next(AnalysisPhase::Inconclusive, healthy()), QString("-"));
        QCOMPARE(next(AnalysisPhase::Failed, healthy()), QString("switching-back"));
        QCOMPARE(next(AnalysisPhase::Error, healthy()), QString("switching-back"));
        // Nothing to go back to, and a person who wants to look at it.
        Observation gone = healthy();
        gone.blue.serversUp = 0;
        QCOMPARE(next(AnalysisPhase::Failed, gone), QString("-"));
        rollout.isPaused = true;
        QCOMPARE(next(AnalysisPhase::Failed, healthy()), QString("-"));
    }

    void gatesSayWhatStandsInTheWay()
    {
        const Rollout rollout = inStep(Step::AwaitingPromotion);
        const auto resultOf = [](const std::vector<Gate>& gates, const std::string& name) {
            for (const Gate& gate : gates) {
                if (gate.name == name) {
                    return gate.result;
                }
            }
            return GateResult::Waiting;
        };
        auto gates = gatesOf(rollout, {}, healthy(), Verdict::Promote, {}, kNow);
        QCOMPARE(gates.size(), std::size_t(4));
        for (const Gate& gate : gates) {
            QCOMPARE(gate.result, GateResult::Passed);
        }
        // What five have carried is not given to one.
        Observation small = healthy();
        small.blue.serversUp = 5;
        small.green.serversUp = 1;
        small.green.serversTotal = 5;
        gates = gatesOf(rollout, {}, small, Verdict::Promote, {}, kNow);
        QCOMPARE(resultOf(gates, "capacity"), GateResult::Waiting);
        small.green.serversTotal = 1;
        gates = gatesOf(rollout, {}, small, Verdict::Promote, {}, kNow);
        QCOMPARE(resultOf(gates, "capacity"), GateResult::Failed);
        Policy half;
        half.capacityPercent = 20;
        gates = gatesOf(rollout, half, small, Verdict::Promote, {}, kNow);
        QCOMPARE(resultOf(gates, "capacity"), GateResult::Passed);
        half.capacityPercent = 0;
        QCOMPARE(gatesOf(rollout, half, small, Verdict::Promote, {}, kNow).size(), std::size_t(3));
        Observation drifted = healthy();
        drifted.active = Colour::Green;
        drifted.green.serversUp = 0;
        gates = gatesOf(rollout, {}, drifted, Verdict::Hold, {}, kNow);
        QCOMPARE(resultOf(gates, "ready"), GateResult::Failed);
        QCOMPARE(resultOf(gates, "no-drift"), GateResult::Failed);
        QCOMPARE(resultOf(gates, "verdict"), GateResult::Failed);
        // What is not compared is no gate; a driver that is silent lets nothing through.
        Policy policy;
        policy.comparesSides = false;
        QCOMPARE(
            gatesOf(rollout, policy, healthy(), Verdict::Undecided, {}, kNow).size(),
            std::size_t(3));
        QCOMPARE(
            resultOf(gatesOf(rollout, {}, {}, Verdict::Promote, {}, kNow), "ready"),
            GateResult::Failed);
    }

    void theWireKeepsEverything()
    {
        Rollout rollout = inStep(Step::Switched);
        rollout.description = "d";
        rollout.stable = Colour::Green;
        rollout.candidate = Colour::Blue;
        rollout.isPaused = true;
        rollout.generation = 9;
        rollout.createdBy = "lee";
        rollout.createTime = kNow;
        rollout.promotedBy = "kim";
        rollout.promoteTime = kNow;
        rollout.switchTime = kNow;
        rollout.message = "m";
        rollout.verdict = Verdict::Hold;
        rollout.evidence = {{"server errors", {10, 1}, {20, 2}, 0.5, 0.25}};
        rollout.overrideReason = "o";
        rollout.approvedServers = "s";
        QVERIFY(fromProto(toProto(rollout)) == rollout);
        for (const Step step : kSteps) {
            QCOMPARE(fromProto(toProto(inStep(step))).step, step);
        }
        const Gate gate{"ready", GateResult::Overridden, "d"};
        QVERIFY(fromProto(toProto(gate)) == gate);
        QCOMPARE(fromProto(v1::RolloutGate()).result, GateResult::Failed);
        const Event event{kNow, "drift", Step::Done, "server", "m"};
        QVERIFY(fromProto(toProto(event)) == event);
        Application application;
        application.name = "shop";
        application.active = Colour::Green;
        application.observation = healthy();
        application.rollout = rollout;
        application.gates = {gate};
        const Application back = fromProto(toProto(application));
        QVERIFY(back.active == application.active && back.rollout == application.rollout);
        QVERIFY(back.observation->green == application.observation->green);
        QVERIFY(!fromProto(v1::RolloutApplication()).active);
    }
};

QTEST_GUILESS_MAIN(TestRolloutSteps)
#include "tst_rollout_steps.moc"
