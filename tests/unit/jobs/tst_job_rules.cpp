// SPDX-License-Identifier: Apache-2.0
#include "server/jobs/ClaimCounts.h"
#include "server/jobs/TaskOutcome.h"
#include "shared/jobs/JobPlan.h"
#include "shared/jobs/Kind.h"
#include "shared/jobs/RetryPolicy.h"
#include "shared/jobs/proto/JobsProto.h"

#include <QTest>

using namespace pilothouse;
using namespace pilothouse::jobs;

namespace {

TaskPlan task(const char* name, std::vector<std::string> after = {})
{
    TaskPlan plan;
    plan.name = name;
    plan.title = name;
    plan.dependsOn = std::move(after);
    return plan;
}

/// Ends of tries of these claims.
std::vector<TaskEnd> endsOf(const std::vector<std::int64_t>& claims)
{
    std::vector<TaskEnd> ends(claims.size());
    for (std::size_t index = 0; index < claims.size(); ++index) {
        ends[index].claim = claims[index];
    }
    return ends;
}

} // namespace

class TestJobRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void statesAllowTheirVerbs_data()
    {
        QTest::addColumn<QString>("state");
        QTest::addColumn<QString>("verbs");
        QTest::newRow("queued") << "queued"
                                << "cancel pause";
        QTest::newRow("running") << "running"
                                 << "cancel pause";
        QTest::newRow("paused") << "paused"
                                << "cancel resume";
        QTest::newRow("cancelling") << "cancelling"
                                    << "";
        QTest::newRow("succeeded") << "succeeded"
                                   << "";
        QTest::newRow("failed") << "failed"
                                << "retry";
        QTest::newRow("cancelled") << "cancelled"
                                   << "retry";
    }

    void statesAllowTheirVerbs()
    {
        QFETCH(QString, state);
        QFETCH(QString, verbs);
        QVERIFY(isJobStateName(state.toStdString()));
        const JobState value = jobStateOf(state.toStdString());
        QCOMPARE(QString::fromStdString(std::string(jobStateName(value))), state);
        QCOMPARE(fromProto(toProto(value)), value);
        QStringList allowed;
        if (canCancel(value)) {
            allowed << "cancel";
        }
        if (canPause(value)) {
            allowed << "pause";
        }
        if (canResume(value)) {
            allowed << "resume";
        }
        if (canRetry(value)) {
            allowed << "retry";
        }
        QCOMPARE(allowed.join(' '), verbs);
    }

    void waitsDoubleAndSpread_data()
    {
        QTest::addColumn<int>("attempt");
        QTest::addColumn<double>("random");
        QTest::addColumn<int>("millis");
        QTest::newRow("first, all") << 1 << 1.0 << 2000;
        QTest::newRow("first, least") << 1 << 0.0 << 1000;
        QTest::newRow("second") << 2 << 1.0 << 4000;
        QTest::newRow("fourth") << 4 << 1.0 << 16000;
        QTest::newRow("cut") << 30 << 1.0 << 600000;
        QTest::newRow("far beyond") << 2000000000 << 0.5 << 450000;
        QTest::newRow("no try yet") << 0 << 1.0 << 2000;
    }

    void waitsDoubleAndSpread()
    {
        QFETCH(int, attempt);
        QFETCH(double, random);
        QFETCH(int, millis);
        QCOMPARE(
            absl::ToInt64Milliseconds(RetryPolicy().waitAfter(attempt, random)),
            std::int64_t(millis));
    }

    void outcomes_data()
    {
        QTest::addColumn<int>("code");
        QTest::addColumn<int>("reason");
        QTest::addColumn<int>("tries");
        QTest::addColumn<QString>("state");
        const auto row = [](const char* name,
                            absl::StatusCode code,
                            StopReason reason,
                            int tries,
                            const char* state) {
            QTest::newRow(name) << static_cast<int>(code) << static_cast<int>(reason) << tries
                                << QString(state);
        };
        using Code = absl::StatusCode;
        row("done", Code::kOk, StopReason::None, 1, "succeeded");
        row("done although cancelled", Code::kOk, StopReason::Cancelled, 1, "succeeded");
        row("done although late", Code::kOk, StopReason::TimedOut, 1, "succeeded");
        row("passing", Code::kUnavailable, StopReason::None, 1, "delayed");
        row("passing too often", Code::kUnavailable, StopReason::None, 3, "failed");
        row("hopeless", Code::kInvalidArgument, StopReason::None, 1, "failed");
        row("cancelled by itself", Code::kCancelled, StopReason::None, 1, "delayed");
        row("cancelled", Code::kCancelled, StopReason::Cancelled, 1, "cancelled");
        row("fails while cancelled", Code::kInternal, StopReason::Cancelled, 3, "cancelled");
        row("late", Code::kCancelled, StopReason::TimedOut, 1, "delayed");
        row("late too often", Code::kCancelled, StopReason::TimedOut, 3, "failed");
        row("server stops", Code::kCancelled, StopReason::ServerStops, 3, "ready");
        row("lease lost", Code::kInvalidArgument, StopReason::LeaseLost, 3, "ready");
    }

    void outcomes()
    {
        QFETCH(int, code);
        QFETCH(int, reason);
        QFETCH(int, tries);
        QFETCH(QString, state);
        ClaimedTask claimed;
        claimed.id = {7, 2};
        claimed.claim = 9;
        claimed.tries = tries;
        claimed.retry.maxAttempts = 3;
        claimed.timeout = absl::Seconds(1);
        const TaskEnd end = endOf(
            claimed,
            absl::Status(static_cast<absl::StatusCode>(code), "why"),
            static_cast<StopReason>(reason),
            1);
        QCOMPARE(QString::fromStdString(std::string(taskStateName(end.state))), state);
        QVERIFY((end.id == TaskId{7, 2}));
        QCOMPARE(end.claim, std::int64_t(9));
        QCOMPARE(end.wait > absl::ZeroDuration(), state == "delayed");
    }

    void aClaimIsFinishedWithItsLastEnd()
    {
        using Claims = std::vector<std::int64_t>;
        ClaimedTask five;
        five.claim = 5;
        ClaimCounts counts;
        counts.add(std::vector<ClaimedTask>(3, five));
        counts.add(6);
        QCOMPARE(counts.finishedBy(endsOf({5, 5})), Claims());
        counts.remove(endsOf({5, 5}));
        // What could not be written is asked again.
        QCOMPARE(counts.finishedBy(endsOf({5, 6})), (Claims{5, 6}));
        QCOMPARE(counts.finishedBy(endsOf({5})), Claims{5});
        counts.remove(endsOf({5}));
        QCOMPARE(counts.finishedBy(endsOf({5})), Claims());
        // Others have what was claimed: this worker finishes none of it.
        counts.clear();
        QCOMPARE(counts.finishedBy(endsOf({6})), Claims());
    }

    void plansThatCannotRun_data()
    {
        QTest::addColumn<int>("which");
        QTest::addColumn<QString>("message");
        QTest::newRow("none") << 0 << "0 tasks";
        QTest::newRow("twice") << 1 << "'a' twice";
        QTest::newRow("unknown") << 2 << "waits for 'x'";
        QTest::newRow("circle") << 3 << "circle";
        QTest::newRow("itself") << 4 << "circle";
        QTest::newRow("good") << 5 << "";
    }

    void plansThatCannotRun()
    {
        QFETCH(int, which);
        QFETCH(QString, message);
        const std::vector<std::vector<TaskPlan>> plans = {
            {},
            {task("a"), task("a")},
            {task("a", {"x"})},
            {task("a", {"c"}), task("b", {"a"}), task("c", {"b"})},
            {task("a", {"a"})},
            {task("c", {"a", "b"}), task("b", {"a"}), task("a")}};
        JobPlan plan;
        plan.tasks = plans[static_cast<std::size_t>(which)];
        const absl::Status status = checkPlan(plan);
        QCOMPARE(status.ok(), message.isEmpty());
        QVERIFY(QString::fromStdString(std::string(status.message())).contains(message));
    }

    void parameters_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("value");
        QTest::addColumn<bool>("isGood");
        QTest::newRow("number") << "count"
                                << "12" << true;
        QTest::newRow("no number") << "count"
                                   << "12x" << false;
        QTest::newRow("duration") << "span"
                                  << "1d12h30m" << true;
        QTest::newRow("negative") << "span"
                                  << "-5m" << false;
        QTest::newRow("no unit") << "span"
                                 << "5" << false;
        QTest::newRow("switch") << "on"
                                << "true" << true;
        QTest::newRow("no switch") << "on"
                                   << "yes" << false;
        QTest::newRow("share") << "share"
                               << "0.25" << true;
        QTest::newRow("infinite") << "share"
                                  << "inf" << false;
        QTest::newRow("unknown") << "colour"
                                 << "green" << false;
    }

    void parameters()
    {
        QFETCH(QString, name);
        QFETCH(QString, value);
        QFETCH(bool, isGood);
        Kind kind;
        kind.name = "test";
        kind.parameters = {
            {"count", ParameterType::Integer, false, "1", ""},
            {"span", ParameterType::Duration, false, "", ""},
            {"on", ParameterType::Boolean, false, "", ""},
            {"share", ParameterType::Number, false, "", ""},
        };
        const auto checked = checkParameters(kind, {{name.toStdString(), value.toStdString()}});
        QCOMPARE(checked.ok(), isGood);
        if (isGood) {
            QCOMPARE(checked->at("count"), name == "count" ? value.toStdString() : "1");
        } else {
            QVERIFY(absl::IsInvalidArgument(checked.status()));
        }
        kind.parameters.front().isRequired = true;
        kind.parameters.front().defaultValue.clear();
        QVERIFY(absl::IsInvalidArgument(checkParameters(kind, {}).status()));
    }

    void filtersMatchWhatLiesUnder()
    {
        Job job;
        job.target = "tenants/acme";
        job.state = JobState::Running;
        QVERIFY(matches({{}, {}, "tenants", {}, {}}, job));
        QVERIFY(matches({{}, {}, "tenants/acme", {}, {}}, job));
        QVERIFY(!matches({{}, {}, "tenants/ac", {}, {}}, job));
        QVERIFY(!matches({{JobState::Failed}, {}, {}, {}, {}}, job));
    }

    void jobsComeBackAsTheyWent()
    {
        Job job;
        job.id = "12";
        job.kind = "k";
        job.parameters = {{"a", "b"}};
        job.state = JobState::Cancelling;
        job.createTime = absl::FromUnixSeconds(1700000000);
        job.progress.fraction = 0.5;
        job.progress.estimatedEnd = absl::FromUnixSeconds(1700000100);
        Task one;
        one.name = "t";
        one.state = TaskState::Skipped;
        one.dependsOn = {"s"};
        job.tasks = {one};
        job.artefacts = {{"r.html", "text/html", 12, absl::FromUnixSeconds(1700000001)}};
        QVERIFY(fromProto(toProto(job)) == job);
        Schedule schedule;
        schedule.name = "nightly";
        schedule.missedRunPolicy = MissedRunPolicy::RunOnce;
        schedule.jitter = absl::Seconds(5);
        schedule.lastRun = ScheduleRun{
            absl::FromUnixSeconds(1700000000),
            absl::FromUnixSeconds(1700000001),
            RunOutcome::Overlapped,
            "7",
            JobState::Failed,
            "why"};
        QVERIFY(fromProto(toProto(schedule)) == schedule);
    }
};

QTEST_APPLESS_MAIN(TestJobRules)
#include "tst_job_rules.moc"
