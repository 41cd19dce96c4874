// SPDX-License-Identifier: Apache-2.0
#include "tests/ui/rollouts/RolloutsWorld.h"

#include "tests/support/shell/PageSpecs.h"
#include "tests/support/shell/SamplePlan.h"
#include "ui/rollouts/RolloutText.h"
#include "ui/rollouts/RolloutWatch.h"
#include "ui/rollouts/RolloutsPage.h"
#include "ui/shell/CommandRegistry.h"
#include "ui/shell/PageHost.h"

#include <QTest>

#include <cmath>
#include <utility>

namespace pilothouse::test {

using rollouts::Colour;
using rollouts::GateResult;
using rollouts::Step;

namespace {

plans::Plan makePlan(plans::Friction friction, const std::string& title)
{
    plans::Plan plan = samplePlan(friction, title, "rollouts.operate");
    plan.impact.summary = "All traffic of checkout goes to green.";
    plan.impact.reversibility = plans::Reversibility::Instant;
    plan.impact.undo = "Roll back.";
    plan.needsLease = true;
    return plan;
}

} // namespace

rollouts::Rollout makeRollout(Step step, const std::string& application)
{
    rollouts::Rollout one;
    one.id = "17";
    one.application = application;
    one.revision = "2.4.0";
    one.description = "new till";
    one.step = step;
    one.generation = static_cast<std::int64_t>(step) + 1;
    one.createdBy = "dana";
    one.createTime = kRolloutsNow - absl::Minutes(9);
    one.stepTime = kRolloutsNow - absl::Minutes(1);
    one.message = "comparing both sides";
    one.evidence = {{"server errors", {9400, 3}, {1200, 1}, 0.62, 0.01}};
    if (step >= Step::Switching) {
        one.promotedBy = "lee";
        one.promoteTime = kRolloutsNow - absl::Minutes(1);
        one.warmUntil = kRolloutsNow + absl::Minutes(9);
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

rollouts::Application makeApplication(Step step, const std::string& name)
{
    rollouts::Application one;
    one.name = name;
    one.driver = "haproxy";
    one.rollout = makeRollout(step, name);
    const bool isGreen = step == Step::Switched || step == Step::Done || step == Step::Draining;
    one.active = isGreen ? Colour::Green : Colour::Blue;
    rollouts::Observation seen;
    seen.time = kRolloutsNow;
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

rollouts::Application withEverythingConfigured(rollouts::Application one)
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

client::RolloutOutcome makeOutcome(plans::Friction friction, const std::string& title)
{
    client::RolloutOutcome outcome;
    outcome.plan = makePlan(friction, title);
    return outcome;
}

client::RolloutReceipt makeReceipt(Step step)
{
    client::RolloutReceipt receipt;
    receipt.rollout = makeRollout(step);
    const auto add = [&](int minutes, const char* kind, Step at, const char* who, const char* why) {
        receipt.events.push_back({kRolloutsNow - absl::Minutes(minutes), kind, at, who, why});
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

QStringList textsOf(const std::vector<ui::MarkedLine>& lines)
{
    QStringList texts;
    for (const ui::MarkedLine& line : lines) {
        texts << line.spoken + QStringLiteral(": ") + line.text;
    }
    return texts;
}

RolloutsWorld::RolloutsWorld()
{
    addPage(pageSpec<ui::RolloutsPage>(
        QStringLiteral("rollouts"),
        QStringLiteral("Rollouts"),
        QStringLiteral("rocket"),
        ui::NavGroup::Operate,
        QStringLiteral("Move traffic safely")));
    watch = new ui::RolloutWatch(*window, QStringLiteral("rollouts"));
    show();
    session = makeSession();
    client().receipts.answerAlways(makeReceipt(Step::Analysing));
    client().lists.answerAlways(std::vector{makeRollout(Step::Analysing)});
    window->setSession(session);
}

RolloutsWorld::~RolloutsWorld()
{
    window.reset();
}

void RolloutsWorld::open(const QString& object)
{
    window->pages().open(QStringLiteral("rollouts"), object);
}

ui::RolloutsPage* RolloutsWorld::page() const
{
    return qobject_cast<ui::RolloutsPage*>(window->pages().page());
}

void RolloutsWorld::push(const std::vector<rollouts::Application>& applications)
{
    client().applicationStream.push(applications);
}

void RolloutsWorld::openIn(Step step)
{
    signIn();
    open();
    push({makeApplication(step)});
    QTRY_VERIFY(page()->application() != nullptr);
    QTRY_COMPARE(page()->application()->rollout->step, step);
}

void RolloutsWorld::run(const QString& id)
{
    window->commands().run(id);
}

void RolloutsWorld::feedChart()
{
    metrics::LiveQueryUpdate update;
    update.snapshot = true;
    update.evaluatedAt = kRolloutsNow;
    for (const char* colour : {"blue", "green"}) {
        metrics::SeriesPoints series;
        series.labels = metrics::Labels({{"colour", colour}});
        for (int second = 1800; second >= 0; second -= 5) {
            series.times.push_back(absl::ToUnixMillis(kRolloutsNow) - second * 1000);
            series.values.push_back(
                0.0008 + 0.0004 * std::sin(second / 60.0 + (*colour == 'b' ? 0 : 1)));
        }
        update.series.push_back(std::move(series));
    }
    connection->metricsClient.queryStream.push(update);
}

void RolloutsWorld::feedNothing()
{
    metrics::LiveQueryUpdate update;
    update.snapshot = true;
    update.evaluatedAt = kRolloutsNow;
    connection->metricsClient.queryStream.push(update);
}

} // namespace pilothouse::test
