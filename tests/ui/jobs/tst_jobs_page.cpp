// SPDX-License-Identifier: Apache-2.0
// The jobs page and the strip in a window, with a fake server.
#include "shared/base/StatusHelpers.h"
#include "tests/support/Programs.h"
#include "tests/support/shell/ShellFixture.h"
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/components/DataTable.h"
#include "ui/components/JobProgress.h"
#include "ui/components/LogView.h"
#include "ui/components/Tabs.h"
#include "ui/jobs/CtlCommand.h"
#include "ui/jobs/JobActivity.h"
#include "ui/jobs/JobCommands.h"
#include "ui/jobs/JobStrip.h"
#include "ui/jobs/JobText.h"
#include "ui/jobs/JobsPage.h"
#include "ui/jobs/RunJobSheet.h"
#include "ui/jobs/ScheduleSheet.h"
#include "ui/shell/ConfirmSheet.h"
#include "ui/shell/PageHost.h"
#include "ui/shell/SheetHost.h"
#include "ui/shell/Toast.h"
#include "ui/shell/ToastStack.h"

#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTableView>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'795'271'400);

/// With plain blanks for the thin ones.
QString spaced(QString text)
{
    return text.replace(QChar(0x2009), QLatin1Char(' '));
}

jobs::Job job(const std::string& id, jobs::JobState state, absl::Duration age = absl::Minutes(3))
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

jobs::Kind kind()
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

jobs::Schedule schedule(const std::string& name, bool paused = false)
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

class JobsWorld : public ShellFixture
{
public:
    JobsWorld()
    {
        PageSpec spec;
        spec.id = QStringLiteral("jobs");
        spec.title = QStringLiteral("Jobs");
        spec.purpose = QStringLiteral("What is running, what failed?");
        spec.icon = QStringLiteral("list-checks");
        spec.group = NavGroup::Operate;
        spec.make = [](const PageContext& context, QWidget* parent) -> Page* {
            return new JobsPage(context, parent);
        };
        pages.add(spec);
        window = std::make_unique<MainWindow>(ShellContext{settings, theme, pages, clock});
        activity = new JobActivity(*window, QStringLiteral("jobs"));
        show();
        session = makeSession();
        window->setSession(session);
        signIn({"*"});
    }
    ~JobsWorld() { window.reset(); }

    FakeJobsClient& client() { return connection->jobsClient; }
    void signIn(std::vector<std::string> permissions)
    {
        client::ConnectionStatus status;
        status.state = client::ConnectionState::Live;
        status.lastLive = clock.time;
        status.identity =
            access::Identity{{"dana", "Dana", {"operator"}}, std::move(permissions), "token", {}};
        connection->setState(client::ConnectionState::Connecting);
        setStatus(status);
    }
    JobsPage* open()
    {
        window->pages().open(QStringLiteral("jobs"));
        client().kinds.answer(std::vector{kind()});
        return page();
    }
    JobsPage* page() const { return qobject_cast<JobsPage*>(window->pages().page()); }
    /// To the page and the strip.
    void push(std::vector<jobs::Job> jobs, bool snapshot)
    {
        client::JobsUpdate update;
        update.snapshot = snapshot;
        update.jobs = std::move(jobs);
        update.serverTime = clock.time;
        client().jobsStream.push(update);
    }
    template <typename T>
    T* sheet() const
    {
        return qobject_cast<T*>(window->sheets().sheet());
    }
    DataTable* table() const
    {
        for (DataTable* table : page()->findChildren<DataTable*>()) {
            if (table->view().accessibleName() == QLatin1String("Jobs")) {
                return table;
            }
        }
        return nullptr;
    }
    /// By what a screen reader calls it: the order of children is not the order of making.
    template <typename T>
    T* named(const char* name) const
    {
        for (T* widget : window->findChildren<T*>()) {
            if (widget->accessibleName() == QLatin1String(name)) {
                return widget;
            }
        }
        return nullptr;
    }

    JobActivity* activity;
    std::shared_ptr<Session> session;
};

} // namespace

class JobsPageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<JobsWorld>(); }
    void cleanup() { m_world.reset(); }

    void progressSaysWhatIsKnown_data()
    {
        QTest::addColumn<double>("fraction");
        QTest::addColumn<int>("tasks");
        QTest::addColumn<QString>("text");
        QTest::newRow("fraction") << 0.629 << 3 << QStringLiteral("62 %");
        QTest::newRow("tasks only") << -1.0 << 3 << QStringLiteral("1 of 3");
        QTest::newRow("nothing") << -1.0 << 1 << QStringLiteral("–");
    }
    void progressSaysWhatIsKnown()
    {
        QFETCH(double, fraction);
        QFETCH(int, tasks);
        QFETCH(QString, text);
        jobs::Job one = job("a", jobs::JobState::Running);
        one.progress.fraction = fraction;
        one.progress.tasksTotal = tasks;
        QCOMPARE(spaced(progressText(one)), text);
    }

    void commandsAreQuotedForAShell_data()
    {
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("line");
        QTest::newRow("plain") << QStringLiteral("before")
                               << QStringLiteral("pilothousectl jobs run k name=before");
        QTest::newRow("blank") << QStringLiteral("before release")
                               << QStringLiteral("pilothousectl jobs run k 'name=before release'");
        QTest::newRow("quote") << QStringLiteral("o'brien; rm -rf /")
                               << QStringLiteral(
                                      "pilothousectl jobs run k 'name=o'\\''brien; rm -rf "
                                      "/'");
    }
    void commandsAreQuotedForAShell()
    {
        QFETCH(QString, value);
        QFETCH(QString, line);
        QCOMPARE(runCommand("k", {{"name", value.toStdString()}}), line);
    }

    void onlyWhatMayBeShownIsOpened_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("extension");
        QTest::newRow("page") << QStringLiteral("text/html; charset=utf-8")
                              << QStringLiteral("html");
        QTest::newRow("script") << QStringLiteral("application/x-sh") << QString();
        QTest::newRow("desktop file") << QStringLiteral("application/x-desktop") << QString();
    }
    void onlyWhatMayBeShownIsOpened()
    {
        QFETCH(QString, type);
        QFETCH(QString, extension);
        QCOMPARE(openExtension({"report", type.toStdString(), 1, kNow}), extension);
    }

    void theTableIsLive()
    {
        m_world->open();
        m_world->push({job("a", jobs::JobState::Running), job("b", jobs::JobState::Failed)}, true);
        QTRY_COMPARE(m_world->table()->model().rowCount(), 2);
        jobs::Job done = job("a", jobs::JobState::Succeeded);
        m_world->push({done, job("c", jobs::JobState::Queued, absl::Seconds(1))}, false);
        QTRY_COMPARE(m_world->table()->model().rowCount(), 3);
        QCOMPARE(
            m_world->page()->model().find(QStringLiteral("a"))->state, jobs::JobState::Succeeded);
        client::JobsUpdate gone;
        gone.removedIds = {"b"};
        m_world->client().jobsStream.push(gone);
        QTRY_COMPARE(m_world->table()->model().rowCount(), 2);
    }

    void filtersAreTheServers()
    {
        m_world->open();
        m_world->push({job("a", jobs::JobState::Running)}, true);
        auto* show = m_world->named<QComboBox>("Which jobs");
        show->setCurrentIndex(show->findText(QStringLiteral("Failed")));
        Q_EMIT show->activated(show->currentIndex());
        const auto open = m_world->client().jobsStream.open();
        QVERIFY(std::ranges::any_of(open, [](const auto& request) {
            return request.filter.states == std::vector{jobs::JobState::Failed};
        }));
        QCOMPARE(m_world->page()->model().state().kind, DataState::Kind::Loading);
        m_world->push({}, true);
        QTRY_COMPARE(m_world->page()->model().state().message, QStringLiteral("No job matches."));
    }

    void theStreamRunsOnlyWhileThePageIsShown()
    {
        const auto before = m_world->client().jobsStream.open().size();
        m_world->open();
        QCOMPARE(m_world->client().jobsStream.open().size(), before + 1);
        m_world->window->pages().open(QStringLiteral("first"));
        QCOMPARE(m_world->client().jobsStream.open().size(), before);
    }

    void historyComesInPagesAsOneScrolls()
    {
        m_world->open();
        std::vector<jobs::Job> newest;
        for (int at = 0; at < JobsViewModel::kWatched; ++at) {
            newest.push_back(
                job("n" + std::to_string(at), jobs::JobState::Succeeded, absl::Minutes(at)));
        }
        m_world->push(newest, true);
        QTRY_COMPARE(m_world->table()->model().rowCount(), JobsViewModel::kWatched);
        auto* bar = m_world->table()->view().verticalScrollBar();
        QTRY_VERIFY(bar->maximum() > 0);
        bar->setValue(bar->maximum());
        QTRY_COMPARE(m_world->client().lists.pending(), 1);
        client::JobsPage page;
        page.jobs = {newest.back(), job("old", jobs::JobState::Failed, absl::Hours(9))};
        page.nextPageToken = "t2";
        m_world->client().lists.answer(page);
        QTRY_COMPARE(m_world->table()->model().rowCount(), JobsViewModel::kWatched + 1);
        // One that made way for a newer one stays as history, without a hole.
        client::JobsUpdate update;
        update.jobs = {job("new", jobs::JobState::Running, absl::Seconds(1))};
        update.removedIds = {newest.back().id};
        m_world->client().jobsStream.push(update);
        QTRY_COMPARE(m_world->table()->model().rowCount(), JobsViewModel::kWatched + 2);
        m_world->page()->model().loadMore();
        QCOMPARE(m_world->client().lists.requests().back().pageToken, std::string("t2"));
    }

    void tenThousandJobsDoNotStall()
    {
        m_world->open();
        std::vector<jobs::Job> many;
        for (int at = 0; at < 200; ++at) {
            many.push_back(job("r" + std::to_string(at), jobs::JobState::Running));
        }
        m_world->push(many, true);
        QTRY_COMPARE(m_world->table()->model().rowCount(), 200);
        for (int page = 1; page < 50; ++page) {
            m_world->page()->model().loadMore();
            client::JobsPage answer;
            for (int at = 0; at < 200; ++at) {
                answer.jobs.push_back(
                    job("p" + std::to_string(page) + "-" + std::to_string(at),
                        jobs::JobState::Succeeded,
                        absl::Hours(page)));
            }
            answer.nextPageToken = "t" + std::to_string(page);
            m_world->client().lists.answer(answer);
            QTRY_COMPARE(m_world->table()->model().rowCount(), 200 * (page + 1));
        }
        QVERIFY(!m_world->page()->model().hasMore());
        const StallGuard guard;
        for (int second = 0; second < 3; ++second) {
            jobs::Job one = many[static_cast<std::size_t>(second)];
            one.progress.fraction = 0.9;
            m_world->push({one}, false);
            QTRY_COMPARE(
                m_world->page()->model().find(QString::fromStdString(one.id))->progress.fraction,
                0.9);
        }
        qInfo("worst event: %s", qPrintable(guard.report()));
        QVERIFY2(guard.passed(), qPrintable(guard.report()));
    }

    void theInspectorFollowsTheSelection()
    {
        select("a", jobs::JobState::Running);
        QVERIFY(!QTest::currentTestFailed());
        QCOMPARE(m_world->client().jobStream.open().back().id, std::string("a"));
        QCOMPARE(m_world->page()->object(), QStringLiteral("a"));
        client::JobUpdate update;
        update.job = withTasks(job("a", jobs::JobState::Running));
        update.log = {{1, kNow, jobs::LogLevel::Info, "measure", 1, "412 of 900 series"}};
        m_world->client().jobStream.push(update);
        auto* progress = m_world->window->findChild<JobProgress*>();
        QTRY_COMPARE(progress->job().stages.size(), std::size_t{3});
        QCOMPARE(progress->job().cancelNote, QString::fromStdString(kind().cancelConsequence));
        auto* log = m_world->window->findChild<LogView*>();
        QTRY_COMPARE(log->buffer().size(), std::size_t{1});
        // A line that comes again after a reconnect is not shown twice.
        m_world->client().jobStream.push(update);
        QTest::qWait(0);
        QCOMPARE(log->buffer().size(), std::size_t{1});
        QCOMPARE(unnamedFocusable(*m_world->window), QStringList());
    }

    void cancelAsksAndSaysWhatIsLeftBehind()
    {
        select("a", jobs::JobState::Running);
        update("a", jobs::JobState::Running);
        m_world->window->commands().run(jobcommand::kCancel);
        QTRY_VERIFY(m_world->sheet<ConfirmSheet>() != nullptr);
        QCOMPARE(
            m_world->sheet<ConfirmSheet>()->confirmation().impact,
            QString::fromStdString(kind().cancelConsequence));
        picture(*m_world->window, QStringLiteral("job-cancel"));
        QTest::keyClick(m_world->window->sheets().sheet(), Qt::Key_Return, Qt::ControlModifier);
        QTRY_COMPARE(m_world->client().cancellations.pending(), 1);
        m_world->client().cancellations.answer(absl::FailedPreconditionError("it has ended"));
        QTRY_COMPARE(newestToast(), QStringLiteral("Cancel: not done"));
    }

    void verbsFollowTheState_data()
    {
        QTest::addColumn<int>("state");
        QTest::addColumn<QStringList>("possible");
        const auto row = [](const char* name, jobs::JobState state, const QStringList& possible) {
            QTest::newRow(name) << static_cast<int>(state) << possible;
        };
        row("running", jobs::JobState::Running, {jobcommand::kCancel, jobcommand::kPause});
        row("paused", jobs::JobState::Paused, {jobcommand::kCancel, jobcommand::kResume});
        row("failed", jobs::JobState::Failed, {jobcommand::kRetry});
        row("succeeded", jobs::JobState::Succeeded, {});
    }
    void verbsFollowTheState()
    {
        QFETCH(int, state);
        QFETCH(QStringList, possible);
        select("a", static_cast<jobs::JobState>(state));
        update("a", static_cast<jobs::JobState>(state));
        CommandRegistry& commands = m_world->window->commands();
        for (const QString& id :
             {jobcommand::kCancel, jobcommand::kPause, jobcommand::kResume, jobcommand::kRetry}) {
            const QString reason = commands.disabledReason(*commands.find(id));
            QVERIFY2(reason.isEmpty() == possible.contains(id), qPrintable(id + reason));
        }
    }

    void whoMayOnlyLookSeesWhichRoleWouldDo()
    {
        m_world->signIn({"*.view"});
        select("a", jobs::JobState::Running);
        update("a", jobs::JobState::Running);
        CommandRegistry& commands = m_world->window->commands();
        QCOMPARE(
            commands.disabledReason(*commands.find(jobcommand::kCancel)),
            QStringLiteral("Needs the role operator or admin (jobs.operate)"));
        picture(*m_world->window, QStringLiteral("jobs-viewer"));
    }

    void aRetriedJobIsWatchedAgain()
    {
        select("a", jobs::JobState::Failed);
        update("a", jobs::JobState::Failed);
        m_world->client().jobStream.end(absl::OkStatus());
        QTRY_VERIFY(m_world->page()->details().hasEnded());
        m_world->window->commands().run(jobcommand::kRetry);
        m_world->client().retries.answer(job("a", jobs::JobState::Queued));
        m_world->push({job("a", jobs::JobState::Running)}, false);
        QTRY_COMPARE(m_world->client().jobStream.open().size(), std::size_t{1});
    }

    void aJobIsRunFromItsForm()
    {
        m_world->open();
        m_world->push({}, true);
        QTRY_VERIFY(!m_world->page()->model().kinds().empty());
        m_world->window->commands().run(jobcommand::kRun);
        QTRY_VERIFY(m_world->sheet<RunJobSheet>() != nullptr);
        Sheet* sheet = m_world->window->sheets().sheet();
        QCOMPARE(unnamedFocusable(*m_world->window), QStringList());
        QTest::keyClick(sheet, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(m_world->client().creations.pending(), 0);
        field(QStringLiteral("name (required)"))->setText(QStringLiteral("before release"));
        picture(*m_world->window, QStringLiteral("job-run"));
        QTest::keyClick(sheet, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(m_world->client().creations.pending(), 1);
        const client::NewJob& asked = m_world->client().creations.requests().back();
        QCOMPARE(asked.parameters, (jobs::Parameters{{"name", "before release"}}));
        QVERIFY(!asked.requestId.empty());
        // A lost answer may be asked for again: the same id, the same job.
        const std::string id = asked.requestId;
        m_world->client().creations.answer(absl::UnavailableError("the connection is lost"));
        QTRY_VERIFY(button(QStringLiteral("Run"))->isEnabled());
        QTest::keyClick(sheet, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(m_world->client().creations.requests().back().requestId, id);
        m_world->client().creations.answer(job("z", jobs::JobState::Queued));
        QTRY_VERIFY(m_world->window->sheets().sheet() == nullptr);
        QCOMPARE(m_world->page()->object(), QStringLiteral("z"));
    }

    void theStripShowsTheNewestRunningJob()
    {
        m_world->window->pages().open(QStringLiteral("first"));
        QVERIFY(m_world->activity->strip() == nullptr);
        m_world->push(
            {job("old", jobs::JobState::Running, absl::Hours(1)),
             job("new", jobs::JobState::Running)},
            true);
        QTRY_VERIFY(m_world->activity->strip() != nullptr);
        const JobStripView& view = m_world->activity->strip()->view();
        QCOMPARE(view.title, QStringLiteral("Baseline new"));
        QVERIFY(spaced(view.facts).contains(QStringLiteral("ETA 1 m 40 s")));
        QVERIFY(view.facts.contains(QStringLiteral("+1 more")));
        picture(*m_world->window, QStringLiteral("job-strip"));
        QCOMPARE(unnamedFocusable(*m_world->window), QStringList());
        Q_EMIT m_world->activity->strip()->openRequested();
        QTRY_COMPARE(m_world->window->pages().spec()->id, QStringLiteral("jobs"));
        QCOMPARE(m_world->page()->object(), QStringLiteral("new"));
        m_world->push(
            {job("old", jobs::JobState::Succeeded), job("new", jobs::JobState::Succeeded)}, false);
        QTRY_VERIFY(m_world->activity->strip() == nullptr);
    }

    void theEndOfAJobIsTold_data()
    {
        QTest::addColumn<QString>("by");
        QTest::addColumn<int>("state");
        QTest::addColumn<QString>("page");
        QTest::addColumn<QString>("text");
        const int good = static_cast<int>(jobs::JobState::Succeeded);
        const int bad = static_cast<int>(jobs::JobState::Failed);
        const auto row =
            [](const char* name, const char* by, int state, const char* page, const char* text) {
                QTest::newRow(name) << QString::fromLatin1(by) << state << QString::fromLatin1(page)
                                    << QString::fromLatin1(text);
            };
        row("my own", "dana", good, "first", "Baseline a: succeeded");
        row("my own failed", "dana", bad, "first", "Baseline a: failed");
        row("another's failed", "kim", bad, "first", "Baseline a: failed");
        row("another's went well", "kim", good, "first", "");
        row("the page shows it", "dana", bad, "jobs", "");
    }
    void theEndOfAJobIsTold()
    {
        QFETCH(QString, by);
        QFETCH(int, state);
        QFETCH(QString, page);
        QFETCH(QString, text);
        m_world->window->pages().open(page);
        jobs::Job one = job("a", jobs::JobState::Running);
        one.createdBy = by.toStdString();
        m_world->push({one}, true);
        QTRY_VERIFY(m_world->activity->strip() != nullptr);
        one.state = static_cast<jobs::JobState>(state);
        one.endTime = kNow;
        m_world->push({one}, false);
        QTRY_VERIFY(m_world->activity->strip() == nullptr);
        QCOMPARE(newestToast(), text);
    }

    void schedulesShowTheirNextRuns()
    {
        openSchedules();
        m_world->page()->openObject(QStringLiteral("schedules/nightly"));
        QTRY_COMPARE(m_world->client().previews.pending(), 1);
        QCOMPARE(m_world->client().previews.requests().back().count, 10);
        jobs::SchedulePreview preview;
        preview.description = "at 02:30 every day (Europe/Berlin)";
        for (int day = 1; day <= 10; ++day) {
            preview.times.push_back(kNow + absl::Hours(24 * day));
        }
        m_world->client().previews.answer(preview);
        m_world->client().scheduleRuns.answer(std::vector{*schedule("nightly").lastRun});
        QTRY_COMPARE(m_world->page()->schedules().preview().times.size(), std::size_t{10});
        QCOMPARE(m_world->page()->object(), QStringLiteral("schedules/nightly"));
        picture(*m_world->window, QStringLiteral("schedules-dark"));
        QCOMPARE(unnamedFocusable(*m_world->window), QStringList());
        auto* paused = m_world->window->findChild<QCheckBox*>();
        QVERIFY(paused->isVisible());
        QTest::mouseClick(paused, Qt::LeftButton, {}, QPoint(8, paused->height() / 2));
        QTRY_COMPARE(m_world->client().scheduleUpdates.pending(), 1);
        const auto& asked = m_world->client().scheduleUpdates.requests().back();
        QCOMPARE(asked.fields, std::vector<std::string>{"paused"});
        QVERIFY(asked.schedule.isPaused);
        QCOMPARE(asked.schedule.etag, std::string("e1"));
    }

    void aScheduleIsAddedWithItsNextRunsShown()
    {
        openSchedules();
        m_world->window->commands().run(jobcommand::kAddSchedule);
        QTRY_VERIFY(m_world->sheet<ScheduleSheet>() != nullptr);
        Sheet* sheet = m_world->window->sheets().sheet();
        QCOMPARE(unnamedFocusable(*m_world->window), QStringList());
        field(QStringLiteral("Name"))->setText(QStringLiteral("nightly"));
        field(QStringLiteral("name (required)"))->setText(QStringLiteral("n"));
        const auto before = m_world->client().previews.requests().size();
        field(QStringLiteral("When"))->setText(QStringLiteral("61 * * * *"));
        QTRY_COMPARE(m_world->client().previews.requests().size(), before + 1);
        m_world->client().previews.answer(
            absl::InvalidArgumentError("minute 61 is not between 0 and 59"));
        QTest::qWait(0);
        QTest::keyClick(sheet, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(m_world->client().scheduleCreations.pending(), 0);
        field(QStringLiteral("When"))->setText(QStringLiteral("30 2 * * *"));
        QTRY_COMPARE(m_world->client().previews.requests().size(), before + 2);
        m_world->client().previews.answer(
            jobs::SchedulePreview{{kNow + absl::Hours(12)}, "at 02:30 every day"});
        QTest::qWait(0);
        picture(*m_world->window, QStringLiteral("schedule-sheet"));
        QTest::keyClick(sheet, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(m_world->client().scheduleCreations.pending(), 1);
        m_world->client().scheduleCreations.answer(schedule("nightly"));
        QTRY_VERIFY(m_world->window->sheets().sheet() == nullptr);
    }

    void failuresAndEmptinessAreShown()
    {
        m_world->open();
        m_world->push({}, true);
        QTRY_COMPARE(
            m_world->page()->model().state().message, QStringLiteral("No job has run yet."));
        picture(*m_world->window, QStringLiteral("jobs-empty"));
        m_world->client().jobsStream.end(
            withHint(absl::UnavailableError("the database is away"), "Wait a little."));
        QTRY_COMPARE(m_world->page()->model().state().kind, DataState::Kind::Error);
        picture(*m_world->window, QStringLiteral("jobs-error"));
    }

    void looksRight_data()
    {
        QTest::addColumn<ThemeMode>("mode");
        QTest::addColumn<QSize>("size");
        QTest::addColumn<int>("scale");
        QTest::newRow("jobs-dark") << ThemeMode::Dark << QSize(1440, 900) << 100;
        QTest::newRow("jobs-light") << ThemeMode::Light << QSize(1440, 900) << 100;
        QTest::newRow("jobs-small-dark") << ThemeMode::Dark << QSize(1024, 700) << 100;
        QTest::newRow("jobs-small-light") << ThemeMode::Light << QSize(1024, 700) << 100;
        QTest::newRow("jobs-150-dark") << ThemeMode::Dark << QSize(1440, 900) << 150;
    }
    void looksRight()
    {
        QFETCH(ThemeMode, mode);
        QFETCH(QSize, size);
        QFETCH(int, scale);
        m_world->theme.setMode(mode);
        m_world->theme.setTextScale(scale);
        m_world->window->resize(size);
        m_world->open();
        std::vector<jobs::Job> jobs{
            job("before-release", jobs::JobState::Running),
            job("nightly", jobs::JobState::Failed, absl::Hours(12)),
            job("a-very-long-name-that-somebody-gave-to-a-report-of-last-month's-numbers-in-detail",
                jobs::JobState::Succeeded,
                absl::Hours(30)),
            job("compaction", jobs::JobState::Queued, absl::Seconds(20)),
            job("stopped", jobs::JobState::Cancelled, absl::Hours(3)),
            job("held", jobs::JobState::Paused, absl::Hours(2))};
        jobs[1].schedule = "nightly-baseline";
        m_world->push(jobs, true);
        QTRY_COMPARE(m_world->table()->model().rowCount(), 6);
        m_world->page()->openObject(QStringLiteral("before-release"));
        client::JobUpdate update;
        update.job = withTasks(jobs[0]);
        for (int line = 1; line <= 40; ++line) {
            update.log.push_back(
                {line,
                 kNow - absl::Seconds(40 - line),
                 line % 9 == 0 ? jobs::LogLevel::Warning : jobs::LogLevel::Info,
                 "measure",
                 1,
                 "measured expression " + std::to_string(line) + " over the last hour"});
        }
        m_world->client().jobStream.push(update);
        auto* progress = m_world->window->findChild<JobProgress*>();
        QTRY_COMPARE(progress->job().stages.size(), std::size_t{3});
        const QImage image =
            picture(*m_world->window, QString::fromLatin1(QTest::currentDataTag()));
        QVERIFY(inkOf(image) > 0.03);
        auto* tabs = m_world->named<Tabs>("Parts of the job");
        for (int tab = 0; tab < tabs->count(); ++tab) {
            tabs->setCurrentIndex(tab);
            QTRY_VERIFY(m_world->window->findChild<LogView*>()->isSettled());
            picture(
                *m_world->window,
                QStringLiteral("%1-part%2").arg(QLatin1String(QTest::currentDataTag())).arg(tab));
        }
    }

private:
    void select(const std::string& id, jobs::JobState state)
    {
        m_world->open();
        m_world->push({job(id, state)}, true);
        QTRY_COMPARE(m_world->table()->model().rowCount(), 1);
        m_world->table()->select(QString::fromStdString(id));
        QTRY_COMPARE(m_world->client().jobStream.open().size(), std::size_t{1});
    }
    void update(const std::string& id, jobs::JobState state)
    {
        client::JobUpdate update;
        update.job = withTasks(job(id, state));
        m_world->client().jobStream.push(update);
        QTRY_VERIFY(m_world->page()->details().job().has_value());
    }
    void openSchedules()
    {
        m_world->open();
        m_world->push({}, true);
        QTRY_VERIFY(!m_world->page()->model().kinds().empty());
        m_world->named<Tabs>("Jobs and schedules")->setCurrentIndex(1);
        QTRY_COMPARE(m_world->client().schedules.pending(), 1);
        m_world->client().schedules.answer(
            std::vector{schedule("nightly"), schedule("weekly", true)});
        QTRY_COMPARE(m_world->page()->schedules().schedules().size(), std::size_t{2});
    }
    QLineEdit* field(const QString& name)
    {
        for (QLineEdit* field : m_world->window->sheets().sheet()->findChildren<QLineEdit*>()) {
            if (field->accessibleName() == name) {
                return field;
            }
        }
        return nullptr;
    }
    QPushButton* button(const QString& text) const
    {
        for (auto* button : m_world->window->sheets().sheet()->findChildren<QPushButton*>()) {
            if (button->text() == text) {
                return button;
            }
        }
        return nullptr;
    }
    QString newestToast() const
    {
        const auto toasts = m_world->window->toasts().toasts();
        return toasts.empty() ? QString() : toasts.back()->message().text;
    }

    std::unique_ptr<JobsWorld> m_world;
};

PILOTHOUSE_UI_TEST_MAIN(JobsPageTest)
#include "tst_jobs_page.moc"
