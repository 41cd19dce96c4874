// SPDX-License-Identifier: Apache-2.0
// The rollouts page in a window, with a fake server: its states, and how it looks.
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "tests/ui/rollouts/RolloutsWorld.h"
#include "ui/charts/ChartCanvas.h"
#include "ui/charts/TimeSeriesChart.h"
#include "ui/rollouts/CompareCard.h"
#include "ui/rollouts/RolloutsPage.h"

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;
using rollouts::Step;

class RolloutsPageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { m_world = std::make_unique<RolloutsWorld>(); }
    void cleanup() { m_world.reset(); }

    void statesAreSaid()
    {
        m_world->signIn();
        m_world->open();
        QVERIFY(m_world->page()->model().state().kind == DataState::Kind::Loading);
        m_world->push({});
        QTRY_VERIFY(m_world->page()->model().state().kind == DataState::Kind::Empty);
        QVERIFY(m_world->page()->model().state().hint.contains(
            QStringLiteral("rollouts.applications")));
        m_world->client().applicationStream.end(absl::PermissionDeniedError("not yours"));
        QTRY_VERIFY(m_world->page()->model().state().kind == DataState::Kind::Error);
        m_world->page()->refresh();
        m_world->push({makeApplication(Step::Analysing)});
        QTRY_VERIFY(m_world->page()->model().state().kind == DataState::Kind::Live);
    }

    void looks_data()
    {
        QTest::addColumn<int>("mode");
        QTest::addColumn<int>("step");
        QTest::addColumn<QSize>("size");
        const QSize large(1440, 900);
        const QSize small(1024, 700);
        const auto row = [](const char* name, ThemeMode mode, Step step, QSize size) {
            QTest::newRow(name) << static_cast<int>(mode) << static_cast<int>(step) << size;
        };
        row("rollouts-analysing-dark", ThemeMode::Dark, Step::Analysing, large);
        row("rollouts-analysing-light", ThemeMode::Light, Step::Analysing, large);
        row("rollouts-switched-dark", ThemeMode::Dark, Step::Switched, large);
        row("rollouts-switched-light-small", ThemeMode::Light, Step::Switched, small);
        row("rollouts-waiting-dark-small", ThemeMode::Dark, Step::AwaitingPromotion, small);
        row("rollouts-done-light", ThemeMode::Light, Step::Done, large);
        row("rollouts-rolled-back-light", ThemeMode::Light, Step::RolledBack, large);
        row("rollouts-rolled-back-dark-small", ThemeMode::Dark, Step::RolledBack, small);
    }
    void looks()
    {
        QFETCH(int, mode);
        QFETCH(int, step);
        QFETCH(QSize, size);
        const auto at = static_cast<Step>(step);
        m_world->theme.setMode(static_cast<ThemeMode>(mode));
        m_world->window->resize(size);
        m_world->client().receipts.answerAlways(makeReceipt(at));
        m_world->client().lists.answerAlways(std::vector{makeRollout(at)});
        m_world->openIn(at);
        m_world->push({withEverythingConfigured(makeApplication(at))});
        m_world->feedChart();
        QTRY_VERIFY(m_world->page()->findChild<CompareCard*>()->seriesShown() > 0);
        QTRY_VERIFY(!m_world->page()->model().current().events.empty());
        if (at == Step::Done) {
            m_world->page()->openObject(QStringLiteral("checkout/17"));
            QTRY_VERIFY(m_world->page()->model().receipt() != nullptr);
        }
        // The frame of the size that it has by now.
        QCoreApplication::processEvents();
        QTRY_VERIFY(m_world->page()->findChild<CompareCard*>()->isDrawn());
        auto& canvas = m_world->page()->findChild<TimeSeriesChart*>()->canvas();
        QTRY_VERIFY(inkOf(canvas.grab().toImage()) > 0.01);
        const QImage image =
            picture(*m_world->window, QString::fromLatin1(QTest::currentDataTag()));
        QVERIFY(inkOf(image) > 0.03);
        QCOMPARE(unnamedFocusable(*m_world->window), QStringList());
    }

private:
    std::unique_ptr<RolloutsWorld> m_world;
};

PILOTHOUSE_UI_TEST_MAIN(RolloutsPageTest)
#include "tst_rollouts_page.moc"
