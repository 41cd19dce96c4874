// SPDX-License-Identifier: Apache-2.0
// The jobs page on a real server: a job from its sheet to its artefact, what others start, and a
// schedule from its sheet to its end.
#include "tests/support/Programs.h"
#include "tests/support/shell/LiveShell.h"
#include "tests/support/shell/PageSpecs.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/jobs/JobCommands.h"
#include "ui/jobs/JobsPage.h"

#include <QComboBox>

#include <algorithm>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

constexpr int kPatience = LiveShell::kPatienceMs;

PageSpec spec()
{
    return pageSpec<JobsPage>(
        QStringLiteral("jobs"),
        QStringLiteral("Jobs"),
        QStringLiteral("list-checks"),
        NavGroup::Operate);
}

} // namespace

class JobsLiveTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<TestServer>();
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        m_shell = std::make_unique<LiveShell>(spec());
        QVERIFY(m_shell->connectTo(*m_server));
        m_shell->openPage();
        QTRY_VERIFY_WITH_TIMEOUT(!page().model().kinds().empty(), kPatience);
    }

    void cleanupTestCase()
    {
        m_shell.reset();
        QVERIFY(m_server->stop(30000));
    }

    void aJobIsRunFromItsSheet()
    {
        QVERIFY(m_shell->run(jobcommand::kRun));
        QTRY_VERIFY(m_shell->sheet() != nullptr);
        choose(QStringLiteral("metrics.baseline"));
        QTRY_VERIFY(m_shell->field(QStringLiteral("name (required)")) != nullptr);
        m_shell->field(QStringLiteral("name (required)"))->setText(QStringLiteral("before"));
        m_shell->field(QStringLiteral("span"))->setText(QStringLiteral("1m"));
        m_shell->field(QStringLiteral("prefix"))->setText(QStringLiteral("pilothouse_"));
        QVERIFY(m_shell->confirmUntil([this] { return !page().model().jobs().empty(); }));
        const QString id = QString::fromStdString(page().model().jobs().front()->id);
        page().openObject(id);
        QTRY_VERIFY_WITH_TIMEOUT(
            page().details().job() && page().details().job()->state == jobs::JobState::Succeeded,
            kPatience);
        const auto& artefacts = page().details().job()->artefacts;
        QVERIFY(std::ranges::any_of(
            artefacts, [](const auto& artefact) { return artefact.name == "baseline.json"; }));
        QCOMPARE(page().details().job()->createdBy, std::string("local"));
    }

    /// What the command line starts appears, and runs to its end before the operator's eyes.
    void whatOthersStartAppears()
    {
        const auto started = runProgram(
            QStringLiteral("pilothousectl"),
            {QStringLiteral("--server"),
             m_server->socketAddress(),
             QStringLiteral("jobs"),
             QStringLiteral("run"),
             QStringLiteral("jobs.retention")},
            kPatience);
        QVERIFY2(started.exitCode == 0, qPrintable(started.err));
        QTRY_COMPARE_WITH_TIMEOUT(page().model().jobs().size(), std::size_t{2}, kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(page().model().openCount(), 0, kPatience);
        QVERIFY(inkOf(picture(*m_shell->window, QStringLiteral("jobs-live"))) > 0.03);
    }

    void aScheduleIsMadePausedAndDeleted()
    {
        QVERIFY(m_shell->run(jobcommand::kAddSchedule));
        QTRY_VERIFY(m_shell->field(QStringLiteral("When")) != nullptr);
        choose(QStringLiteral("jobs.retention"));
        m_shell->field(QStringLiteral("Name"))->setText(QStringLiteral("nightly"));
        m_shell->field(QStringLiteral("When"))->setText(QStringLiteral("30 2 * * *"));
        m_shell->field(QStringLiteral("Time zone"))->setText(QStringLiteral("Europe/Berlin"));
        QVERIFY(m_shell->confirmUntil([this] { return schedule() != nullptr; }));
        page().openObject(QStringLiteral("schedules/nightly"));
        QTRY_VERIFY_WITH_TIMEOUT(!page().schedules().preview().times.empty(), kPatience);
        QVERIFY(m_shell->run(jobcommand::kPauseSchedule));
        QTRY_VERIFY_WITH_TIMEOUT(schedule() != nullptr && schedule()->isPaused, kPatience);
        QVERIFY(m_shell->run(jobcommand::kDeleteSchedule));
        QVERIFY(m_shell->confirmUntil([this] { return schedule() == nullptr; }));
    }

private:
    JobsPage& page() const { return *m_shell->pageAs<JobsPage>(); }
    const jobs::Schedule* schedule() const
    {
        return page().schedules().find(QStringLiteral("nightly"));
    }
    /// A kind of job in the open sheet.
    void choose(const QString& kind)
    {
        for (QComboBox* box : m_shell->sheet()->findChildren<QComboBox*>()) {
            if (const int at = box->findData(kind); at >= 0) {
                box->setCurrentIndex(at);
                return;
            }
        }
        QFAIL("the kind is not offered");
    }

    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<LiveShell> m_shell;
};

PILOTHOUSE_UI_TEST_MAIN(JobsLiveTest)
#include "tst_jobs_live.moc"
