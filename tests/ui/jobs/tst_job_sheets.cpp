// SPDX-License-Identifier: Apache-2.0
// The sheet that runs a job.
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "tests/ui/jobs/JobsWorld.h"
#include "ui/jobs/JobCommands.h"
#include "ui/jobs/RunJobSheet.h"
#include "ui/shell/SheetHost.h"

#include <QLineEdit>
#include <QPushButton>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

class JobSheetsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<JobsWorld>(); }
    void cleanup() { m_world.reset(); }

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
        m_world->field(QStringLiteral("name (required)"))
            ->setText(QStringLiteral("before release"));
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
        m_world->client().creations.answer(makeJob("z", jobs::JobState::Queued));
        QTRY_VERIFY(m_world->window->sheets().sheet() == nullptr);
        QCOMPARE(m_world->page()->object(), QStringLiteral("z"));
    }

private:
    QPushButton* button(const QString& text) const
    {
        for (auto* button : m_world->window->sheets().sheet()->findChildren<QPushButton*>()) {
            if (button->text() == text) {
                return button;
            }
        }
        return nullptr;
    }

    std::unique_ptr<JobsWorld> m_world;
};

PILOTHOUSE_UI_TEST_MAIN(JobSheetsTest)
#include "tst_job_sheets.moc"
