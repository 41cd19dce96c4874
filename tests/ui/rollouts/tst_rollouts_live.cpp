// SPDX-License-Identifier: Apache-2.0
// A rollout by keys and clicks: the page and the band in a window, on a real server with a real
// HAProxy.
#include "tests/support/Programs.h"
#include "tests/support/rollouts/HaproxyWorld.h"
#include "tests/support/shell/LiveShell.h"
#include "tests/support/shell/PageSpecs.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/rollouts/RolloutCommands.h"
#include "ui/rollouts/RolloutWatch.h"
#include "ui/rollouts/RolloutsPage.h"
#include "ui/shell/EnvBand.h"

#include <QDir>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;
using rollouts::Colour;
using rollouts::Step;

namespace {

constexpr int kPatience = LiveShell::kPatienceMs;

PageSpec spec()
{
    return pageSpec<RolloutsPage>(
        QStringLiteral("rollouts"),
        QStringLiteral("Rollouts"),
        QStringLiteral("rocket"),
        NavGroup::Operate);
}

} // namespace

class RolloutsLiveTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        if (!HaproxyWorld::isInstalled()) {
            QSKIP("haproxy is not installed");
        }
        m_folder = makeWorkFolder();
        m_haproxy = std::make_unique<HaproxyWorld>(m_folder);
        QVERIFY(m_haproxy->start());
        TestServer::Options options;
        options.config = m_haproxy->config(QStringLiteral("compare = false\n"));
        m_server = std::make_unique<TestServer>(options);
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        m_shell = std::make_unique<LiveShell>(spec());
        m_watch = new RolloutWatch(*m_shell->window, QStringLiteral("rollouts"));
        QVERIFY(m_shell->connectTo(*m_server));
    }

    void cleanupTestCase()
    {
        m_shell.reset();
        m_server.reset();
        m_haproxy.reset();
        QDir(m_folder).removeRecursively();
    }

    void bothSidesAreSeen()
    {
        m_shell->openPage();
        QTRY_VERIFY_WITH_TIMEOUT(
            application() != nullptr && application()->active == Colour::Blue &&
                application()->observation && application()->observation->green.serversUp == 1,
            kPatience);
    }

    void aRolloutIsStarted()
    {
        QVERIFY(m_shell->run(rolloutcommand::kStart));
        QTRY_VERIFY(m_shell->field(QStringLiteral("Version")) != nullptr);
        m_shell->field(QStringLiteral("Version"))->setText(QStringLiteral("2.4.0"));
        QVERIFY(m_shell->confirmUntil([this] { return isIn(Step::AwaitingPromotion); }));
        QTRY_VERIFY_WITH_TIMEOUT(!page()->model().current().events.empty(), kPatience);
        QVERIFY(!m_shell->window->band().rollBack().has_value());
    }

    void itIsPromoted()
    {
        QVERIFY(m_shell->run(rolloutcommand::kPromote));
        QVERIFY(m_shell->confirmUntil([this] { return isIn(Step::Switched); }));
        QCOMPARE(m_haproxy->active(), QStringLiteral("green"));
        QTRY_VERIFY_WITH_TIMEOUT(m_shell->window->band().rollBack().has_value(), kPatience);
    }

    /// From a page that knows nothing of it.
    void itIsRolledBackFromAnotherPage()
    {
        m_shell->window->pages().open(QStringLiteral("first"));
        m_shell->window->activateWindow();
        QTRY_COMPARE_WITH_TIMEOUT(m_shell->reason(rolloutcommand::kRollBack), QString(), kPatience);
        QTest::keyClick(m_shell->window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(m_shell->confirmUntil(
            [this] { return m_haproxy->active() == QStringLiteral("blue"); }));
        QTRY_VERIFY_WITH_TIMEOUT(!m_shell->window->band().rollBack().has_value(), kPatience);
    }

    void itsReceiptTellsAll()
    {
        m_shell->openPage();
        QTRY_VERIFY_WITH_TIMEOUT(
            !page()->model().history().empty() &&
                page()->model().history().front().step == Step::RolledBack,
            kPatience);
        page()->openObject(
            QStringLiteral("shop/") + QString::fromStdString(page()->model().history().front().id));
        QTRY_VERIFY_WITH_TIMEOUT(page()->model().receipt() != nullptr, kPatience);
        QStringList kinds;
        for (const rollouts::Event& event : page()->model().receipt()->events) {
            kinds << QString::fromStdString(event.kind);
        }
        for (const char* kind : {"started", "promoted", "switched", "rollback", "rolled-back"}) {
            QVERIFY2(kinds.contains(QLatin1String(kind)), qPrintable(kinds.join(u' ')));
        }
        QVERIFY(inkOf(picture(*m_shell->window, QStringLiteral("rollouts-live"))) > 0.03);
    }

private:
    RolloutsPage* page() const { return m_shell->pageAs<RolloutsPage>(); }
    const rollouts::Application* application() const { return page()->application(); }
    bool isIn(Step step) const
    {
        return application() != nullptr && application()->rollout &&
               application()->rollout->step == step;
    }

    QString m_folder;
    std::unique_ptr<HaproxyWorld> m_haproxy;
    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<LiveShell> m_shell;
    RolloutWatch* m_watch = nullptr;
};

PILOTHOUSE_UI_TEST_MAIN(RolloutsLiveTest)
#include "tst_rollouts_live.moc"
