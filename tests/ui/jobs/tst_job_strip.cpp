// SPDX-License-Identifier: Apache-2.0
// The strip with the newest running job, and what is told when a job ends.
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "tests/ui/jobs/JobsWorld.h"
#include "ui/jobs/JobStrip.h"
#include "ui/shell/PageHost.h"

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

class JobStripTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<JobsWorld>(); }
    void cleanup() { m_world.reset(); }

    void theStripShowsTheNewestRunningJob()
    {
        m_world->window->pages().open(QStringLiteral("first"));
        QVERIFY(m_world->activity->strip() == nullptr);
        m_world->push(
            {makeJob("old", jobs::JobState::Running, absl::Hours(1)),
             makeJob("new", jobs::JobState::Running)},
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
            {makeJob("old", jobs::JobState::Succeeded), makeJob("new", jobs::JobState::Succeeded)},
            false);
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
        jobs::Job one = makeJob("a", jobs::JobState::Running);
        one.createdBy = by.toStdString();
        m_world->push({one}, true);
        QTRY_VERIFY(m_world->activity->strip() != nullptr);
        one.state = static_cast<jobs::JobState>(state);
        one.endTime = kNow;
        m_world->push({one}, false);
        QTRY_VERIFY(m_world->activity->strip() == nullptr);
        QCOMPARE(m_world->newestToast(), text);
    }

private:
    std::unique_ptr<JobsWorld> m_world;
};

PILOTHOUSE_UI_TEST_MAIN(JobStripTest)
#include "tst_job_strip.moc"
