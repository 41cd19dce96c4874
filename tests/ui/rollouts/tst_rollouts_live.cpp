// SPDX-License-Identifier: Apache-2.0
// A rollout by keys and clicks: the page and the band in a window, on a real server with a real
// HAProxy.
#include "tests/support/Programs.h"
#include "tests/support/TestServer.h"
#include "tests/support/rollouts/HaproxyWorld.h"
#include "tests/support/shell/ShellFixture.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/rollouts/RolloutCommands.h"
#include "ui/rollouts/RolloutWatch.h"
#include "ui/rollouts/RolloutsPage.h"
#include "ui/shell/EnvBand.h"
#include "ui/shell/PageHost.h"
#include "ui/shell/SheetHost.h"

#include "shared/client/Connection.h"

#include <QDir>
#include <QLineEdit>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;
using rollouts::Colour;
using rollouts::Step;

namespace {

constexpr int kPatience = 60000;

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
        openWindow();
    }

    void cleanupTestCase()
    {
        m_shell.reset();
        m_session.reset();
        m_server.reset();
        m_haproxy.reset();
        QDir(m_folder).removeRecursively();
    }

    void bothSidesAreSeen()
    {
        m_shell->window->pages().open(QStringLiteral("rollouts"));
        QTRY_VERIFY_WITH_TIMEOUT(
            application() != nullptr && application()->active == Colour::Blue &&
                application()->observation && application()->observation->green.serversUp == 1,
            kPatience);
    }

    void aRolloutIsStarted()
    {
        run(rolloutcommand::kStart);
        QTRY_VERIFY(sheet() != nullptr);
        for (QLineEdit* field : sheet()->findChildren<QLineEdit*>()) {
            if (field->accessibleName() == QLatin1String("Version")) {
                field->setText(QStringLiteral("2.4.0"));
            }
        }
        confirm();
        QTRY_VERIFY_WITH_TIMEOUT(isIn(Step::AwaitingPromotion), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(!page()->model().current().events.empty(), kPatience);
        QVERIFY(!m_shell->window->band().rollBack().has_value());
    }

    void itIsPromoted()
    {
        QTRY_COMPARE_WITH_TIMEOUT(reason(rolloutcommand::kPromote), QString(), kPatience);
        run(rolloutcommand::kPromote);
        confirm();
        QTRY_VERIFY_WITH_TIMEOUT(isIn(Step::Switched), kPatience);
        QCOMPARE(m_haproxy->active(), QStringLiteral("green"));
        QTRY_VERIFY_WITH_TIMEOUT(m_shell->window->band().rollBack().has_value(), kPatience);
    }

    /// From a page that knows nothing of it.
    void itIsRolledBackFromAnotherPage()
    {
        m_shell->window->pages().open(QStringLiteral("first"));
        m_shell->window->activateWindow();
        QTRY_COMPARE_WITH_TIMEOUT(reason(rolloutcommand::kRollBack), QString(), kPatience);
        QTest::keyClick(m_shell->window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY_WITH_TIMEOUT(
            sheet() != nullptr || m_haproxy->active() == QStringLiteral("blue"), kPatience);
        if (sheet() != nullptr) {
            confirm();
        }
        QTRY_COMPARE_WITH_TIMEOUT(m_haproxy->active(), QStringLiteral("blue"), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(!m_shell->window->band().rollBack().has_value(), kPatience);
    }

    void itsReceiptTellsAll()
    {
        m_shell->window->pages().open(QStringLiteral("rollouts"));
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
    void openWindow()
    {
        m_shell = std::make_unique<ShellFixture>();
        PageSpec spec;
        spec.id = QStringLiteral("rollouts");
        spec.title = QStringLiteral("Rollouts");
        spec.icon = QStringLiteral("rocket");
        spec.group = NavGroup::Operate;
        spec.make = [](const PageContext& context, QWidget* parent) -> Page* {
            return new RolloutsPage(context, parent);
        };
        m_shell->pages.add(spec);
        m_shell->window = std::make_unique<MainWindow>(
            ShellContext{m_shell->settings, m_shell->theme, m_shell->pages, systemClock()});
        m_watch = new RolloutWatch(*m_shell->window, QStringLiteral("rollouts"));
        m_shell->window->resize(1440, 900);
        m_shell->show();
        client::ConnectionOptions options;
        options.address = m_server->socketAddress().toStdString();
        options.callTimeout = absl::Seconds(30);
        auto connection = client::makeConnection(options);
        connection->connect();
        m_session = std::make_shared<Session>(ConnectionProfile{}, std::move(connection));
        m_shell->window->setSession(m_session);
        QTRY_VERIFY_WITH_TIMEOUT(m_session->isUsable(), kPatience);
    }

    RolloutsPage* page() const
    {
        return qobject_cast<RolloutsPage*>(m_shell->window->pages().page());
    }
    const rollouts::Application* application() const { return page()->application(); }
    bool isIn(Step step) const
    {
        return application() != nullptr && application()->rollout &&
               application()->rollout->step == step;
    }
    Sheet* sheet() const { return m_shell->window->sheets().sheet(); }
    QString reason(const QString& id) const
    {
        CommandRegistry& commands = m_shell->window->commands();
        return commands.disabledReason(*commands.find(id));
    }
    void run(const QString& id)
    {
        QTRY_COMPARE_WITH_TIMEOUT(reason(id), QString(), kPatience);
        m_shell->window->commands().run(id);
    }
    /// Presses Ctrl+Enter in every sheet that comes until nothing is asked any more.
    void confirm()
    {
        QTRY_VERIFY_WITH_TIMEOUT(sheet() != nullptr, kPatience);
        const auto isDone = [this] {
            if (sheet() != nullptr) {
                QTest::keyClick(sheet(), Qt::Key_Return, Qt::ControlModifier);
            }
            return sheet() == nullptr && isIdle();
        };
        QTRY_VERIFY_WITH_TIMEOUT(isDone(), kPatience);
    }
    bool isIdle() const
    {
        return m_watch->actions()->phase() == PlannedActions::Phase::Idle &&
               (page() == nullptr || page()->actions().phase() == PlannedActions::Phase::Idle);
    }

    QString m_folder;
    std::unique_ptr<HaproxyWorld> m_haproxy;
    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<ShellFixture> m_shell;
    RolloutWatch* m_watch = nullptr;
    std::shared_ptr<Session> m_session;
};

PILOTHOUSE_UI_TEST_MAIN(RolloutsLiveTest)
#include "tst_rollouts_live.moc"
