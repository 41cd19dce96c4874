// SPDX-License-Identifier: Apache-2.0
// The jobs page in a window, with a fake server: list, history, inspector, verbs.
#include "shared/base/StatusHelpers.h"
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "tests/ui/jobs/JobsWorld.h"
#include "ui/components/DataTable.h"
#include "ui/components/JobProgress.h"
#include "ui/components/LogView.h"
#include "ui/components/Tabs.h"
#include "ui/jobs/JobCommands.h"
#include "ui/shell/ConfirmSheet.h"
#include "ui/shell/PageHost.h"
#include "ui/shell/SheetHost.h"

#include <QComboBox>
#include <QScrollBar>
#include <QTableView>

#include <algorithm>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

class JobsPageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<JobsWorld>(); }
    void cleanup() { m_world.reset(); }

    void theTableIsLive()
    {
        m_world->open();
        m_world->push(
            {makeJob("a", jobs::JobState::Running), makeJob("b", jobs::JobState::Failed)}, true);
        QTRY_COMPARE(m_world->table()->model().rowCount(), 2);
        jobs::Job done = makeJob("a", jobs::JobState::Succeeded);
        m_world->push({done, makeJob("c", jobs::JobState::Queued, absl::Seconds(1))}, false);
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
        m_world->push({makeJob("a", jobs::JobState::Running)}, true);
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
                makeJob("n" + std::to_string(at), jobs::JobState::Succeeded, absl::Minutes(at)));
        }
        m_world->push(newest, true);
        QTRY_COMPARE(m_world->table()->model().rowCount(), JobsViewModel::kWatched);
        auto* bar = m_world->table()->view().verticalScrollBar();
        QTRY_VERIFY(bar->maximum() > 0);
        bar->setValue(bar->maximum());
        QTRY_COMPARE(m_world->client().lists.pending(), 1);
        client::JobsPage page;
        page.jobs = {newest.back(), makeJob("old", jobs::JobState::Failed, absl::Hours(9))};
        page.nextPageToken = "t2";
        m_world->client().lists.answer(page);
        QTRY_COMPARE(m_world->table()->model().rowCount(), JobsViewModel::kWatched + 1);
        // One that made way for a newer one stays as history, without a hole.
        client::JobsUpdate update;
        update.jobs = {makeJob("new", jobs::JobState::Running, absl::Seconds(1))};
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
            many.push_back(makeJob("r" + std::to_string(at), jobs::JobState::Running));
        }
        m_world->push(many, true);
        QTRY_COMPARE(m_world->table()->model().rowCount(), 200);
        for (int page = 1; page < 50; ++page) {
            m_world->page()->model().loadMore();
            client::JobsPage answer;
            for (int at = 0; at < 200; ++at) {
                answer.jobs.push_back(makeJob(
                    "p" + std::to_string(page) + "-" + std::to_string(at),
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
        update.job = withTasks(makeJob("a", jobs::JobState::Running));
        update.log = {{1, kNow, jobs::LogLevel::Info, "measure", 1, "412 of 900 series"}};
        m_world->client().jobStream.push(update);
        auto* progress = m_world->window->findChild<JobProgress*>();
        QTRY_COMPARE(progress->job().stages.size(), std::size_t{3});
        QCOMPARE(progress->job().cancelNote, QString::fromStdString(makeKind().cancelConsequence));
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
            QString::fromStdString(makeKind().cancelConsequence));
        picture(*m_world->window, QStringLiteral("job-cancel"));
        m_world->confirm();
        QTRY_COMPARE(m_world->client().cancellations.pending(), 1);
        m_world->client().cancellations.answer(absl::FailedPreconditionError("it has ended"));
        QTRY_COMPARE(m_world->newestToast(), QStringLiteral("Cancel: not done"));
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
        m_world->client().retries.answer(makeJob("a", jobs::JobState::Queued));
        m_world->push({makeJob("a", jobs::JobState::Running)}, false);
        QTRY_COMPARE(m_world->client().jobStream.open().size(), std::size_t{1});
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
            makeJob("before-release", jobs::JobState::Running),
            makeJob("nightly", jobs::JobState::Failed, absl::Hours(12)),
            makeJob(
                "a-very-long-name-that-somebody-gave-to-a-report-of-last-month's-numbers-in-detail",
                jobs::JobState::Succeeded,
                absl::Hours(30)),
            makeJob("compaction", jobs::JobState::Queued, absl::Seconds(20)),
            makeJob("stopped", jobs::JobState::Cancelled, absl::Hours(3)),
            makeJob("held", jobs::JobState::Paused, absl::Hours(2))};
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
        m_world->push({makeJob(id, state)}, true);
        QTRY_COMPARE(m_world->table()->model().rowCount(), 1);
        m_world->table()->select(QString::fromStdString(id));
        QTRY_COMPARE(m_world->client().jobStream.open().size(), std::size_t{1});
    }
    void update(const std::string& id, jobs::JobState state)
    {
        client::JobUpdate update;
        update.job = withTasks(makeJob(id, state));
        m_world->client().jobStream.push(update);
        QTRY_VERIFY(m_world->page()->details().job().has_value());
    }

    std::unique_ptr<JobsWorld> m_world;
};

PILOTHOUSE_UI_TEST_MAIN(JobsPageTest)
#include "tst_jobs_page.moc"
