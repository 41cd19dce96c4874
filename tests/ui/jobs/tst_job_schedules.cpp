// SPDX-License-Identifier: Apache-2.0
// The schedules of the jobs page, and the sheet that makes one.
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "tests/ui/jobs/JobsWorld.h"
#include "ui/components/Tabs.h"
#include "ui/jobs/JobCommands.h"
#include "ui/jobs/ScheduleSheet.h"
#include "ui/shell/SheetHost.h"

#include <QCheckBox>
#include <QLabel>
#include <QLineEdit>

#include <algorithm>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

bool says(const QWidget& widget, const QString& part)
{
    const auto labels = widget.findChildren<QLabel*>();
    return std::ranges::any_of(labels, [&part](const QLabel* label) {
        return label->isVisible() && label->text().contains(part, Qt::CaseInsensitive);
    });
}

} // namespace

class JobSchedulesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<JobsWorld>(); }
    void cleanup() { m_world.reset(); }

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
        m_world->client().scheduleRuns.answer(std::vector{*makeSchedule("nightly").lastRun});
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
        m_world->field(QStringLiteral("Name"))->setText(QStringLiteral("nightly"));
        m_world->field(QStringLiteral("name (required)"))->setText(QStringLiteral("n"));
        const auto before = m_world->client().previews.requests().size();
        m_world->field(QStringLiteral("When"))->setText(QStringLiteral("61 * * * *"));
        QTRY_COMPARE(m_world->client().previews.requests().size(), before + 1);
        m_world->client().previews.answer(
            absl::InvalidArgumentError("minute 61 is not between 0 and 59"));
        QTRY_VERIFY(says(*sheet, QStringLiteral("minute 61")));
        QTest::keyClick(sheet, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(m_world->client().scheduleCreations.pending(), 0);
        m_world->field(QStringLiteral("When"))->setText(QStringLiteral("30 2 * * *"));
        QTRY_COMPARE(m_world->client().previews.requests().size(), before + 2);
        m_world->client().previews.answer(
            jobs::SchedulePreview{{kNow + absl::Hours(12)}, "at 02:30 every day"});
        QTRY_VERIFY(says(*sheet, QStringLiteral("at 02:30 every day")));
        picture(*m_world->window, QStringLiteral("schedule-sheet"));
        QTest::keyClick(sheet, Qt::Key_Return, Qt::ControlModifier);
        QCOMPARE(m_world->client().scheduleCreations.pending(), 1);
        m_world->client().scheduleCreations.answer(makeSchedule("nightly"));
        QTRY_VERIFY(m_world->window->sheets().sheet() == nullptr);
    }

private:
    void openSchedules()
    {
        m_world->open();
        m_world->push({}, true);
        QTRY_VERIFY(!m_world->page()->model().kinds().empty());
        m_world->named<Tabs>("Jobs and schedules")->setCurrentIndex(1);
        QTRY_COMPARE(m_world->client().schedules.pending(), 1);
        m_world->client().schedules.answer(
            std::vector{makeSchedule("nightly"), makeSchedule("weekly", true)});
        QTRY_COMPARE(m_world->page()->schedules().schedules().size(), std::size_t{2});
    }

    std::unique_ptr<JobsWorld> m_world;
};

PILOTHOUSE_UI_TEST_MAIN(JobSchedulesTest)
#include "tst_job_schedules.moc"
