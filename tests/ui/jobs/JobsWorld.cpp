// SPDX-License-Identifier: Apache-2.0
#include "tests/ui/jobs/JobsWorld.h"

#include "tests/support/shell/PageSpecs.h"
#include "ui/components/DataTable.h"
#include "ui/shell/PageHost.h"

#include <QTableView>

namespace pilothouse::test {

QString spaced(QString text)
{
    return text.replace(QChar(0x2009), QLatin1Char(' '));
}

jobs::Job makeJob(const std::string& id, jobs::JobState state, absl::Duration age)
{
    jobs::Job job;
    job.id = id;
    job.kind = "metrics.baseline";
    job.title = "Baseline " + id;
    job.target = "metrics";
    job.parameters = {{"name", id}, {"span", "1h"}};
    job.state = state;
    job.createdBy = "dana";
    job.createTime = kNow - age;
    if (state != jobs::JobState::Queued) {
        job.startTime = job.createTime + absl::Seconds(1);
    }
    if (jobs::hasEnded(state)) {
        job.endTime = job.startTime + absl::Seconds(100);
    }
    if (state == jobs::JobState::Running) {
        job.progress.fraction = 0.62;
        job.progress.estimatedEnd = kNow + absl::Seconds(100);
        job.progress.stage = "Measure 12 expressions";
        job.progress.tasksDone = 1;
        job.progress.tasksTotal = 3;
    }
    if (state == jobs::JobState::Failed) {
        job.message = "the query of p99 answered nothing";
    }
    return job;
}

jobs::Job withTasks(jobs::Job whole)
{
    const auto makeTask = [](const char* name, const char* title, jobs::TaskState state) {
        jobs::Task task;
        task.name = name;
        task.title = title;
        task.state = state;
        task.attempts = 1;
        task.maxAttempts = 3;
        task.unitsDone = 412;
        task.unitsTotal = 900;
        task.unit = "series";
        return task;
    };
    whole.tasks = {
        makeTask("resolve", "Resolve the expressions", jobs::TaskState::Succeeded),
        makeTask("measure", "Measure 12 expressions", jobs::TaskState::Running),
        makeTask("report", "Write the report", jobs::TaskState::Blocked)};
    whole.artefacts = {
        {"report.html", "text/html", 48'213, kNow},
        {"values.bin", "application/octet-stream", 12, kNow}};
    return whole;
}

jobs::Kind makeKind()
{
    jobs::Kind kind;
    kind.name = "metrics.baseline";
    kind.title = "Baseline report";
    kind.description = "Records how the platform behaves over a span, to compare with later.";
    kind.parameters = {
        {"name", jobs::ParameterType::Text, true, "", "What to call it."},
        {"span", jobs::ParameterType::Duration, false, "1h", "How far back."},
        {"expressions", jobs::ParameterType::List, false, "", "PromQL, one a line."},
        {"html", jobs::ParameterType::Boolean, false, "true", "Also as a page."}};
    kind.cancelConsequence = "The report is not written; nothing else changes.";
    return kind;
}

jobs::Schedule makeSchedule(const std::string& name, bool paused)
{
    jobs::Schedule schedule;
    schedule.name = name;
    schedule.kind = "metrics.baseline";
    schedule.parameters = {{"name", name}};
    schedule.cron = "30 2 * * *";
    schedule.timeZone = "Europe/Berlin";
    schedule.isPaused = paused;
    schedule.etag = "e1";
    schedule.createdBy = "dana";
    schedule.createTime = kNow - absl::Hours(300);
    schedule.nextRunTime = kNow + absl::Hours(11);
    jobs::ScheduleRun run;
    run.plannedTime = kNow - absl::Hours(13);
    run.jobId = "j9";
    run.jobState = jobs::JobState::Failed;
    schedule.lastRun = run;
    return schedule;
}

JobsWorld::JobsWorld()
{
    addPage(pageSpec<ui::JobsPage>(
        QStringLiteral("jobs"),
        QStringLiteral("Jobs"),
        QStringLiteral("list-checks"),
        ui::NavGroup::Operate,
        QStringLiteral("What is running, what failed?")));
    activity = new ui::JobActivity(*window, QStringLiteral("jobs"));
    show();
    session = makeSession();
    window->setSession(session);
    signIn({"*"});
}

JobsWorld::~JobsWorld()
{
    window.reset();
}

void JobsWorld::signIn(std::vector<std::string> permissions)
{
    client::ConnectionStatus status;
    status.state = client::ConnectionState::Live;
    status.lastLive = clock.time;
    status.identity =
        access::Identity{{"dana", "Dana", {"operator"}}, std::move(permissions), "token", {}};
    connection->setState(client::ConnectionState::Connecting);
    setStatus(status);
}

ui::JobsPage* JobsWorld::open()
{
    window->pages().open(QStringLiteral("jobs"));
    client().kinds.answer(std::vector{makeKind()});
    return page();
}

ui::JobsPage* JobsWorld::page() const
{
    return qobject_cast<ui::JobsPage*>(window->pages().page());
}

void JobsWorld::push(std::vector<jobs::Job> jobs, bool snapshot)
{
    client::JobsUpdate update;
    update.snapshot = snapshot;
    update.jobs = std::move(jobs);
    update.serverTime = clock.time;
    client().jobsStream.push(update);
}

ui::DataTable* JobsWorld::table() const
{
    for (ui::DataTable* table : page()->findChildren<ui::DataTable*>()) {
        if (table->view().accessibleName() == QLatin1String("Jobs")) {
            return table;
        }
    }
    return nullptr;
}

} // namespace pilothouse::test
