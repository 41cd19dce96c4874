// SPDX-License-Identifier: Apache-2.0
// One operator's day in the console, by clicks and keys, on a real production server: the lock,
// access, jobs, and what the audit says of it all.
#include "tests/support/Programs.h"
#include "tests/support/TestServer.h"
#include "tests/support/api/ApiClient.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "tests/ui/console/Hands.h"
#include "tests/ui/console/RealConsole.h"
#include "ui/access/AccessPage.h"
#include "ui/audit/AuditInspector.h"
#include "ui/audit/AuditPage.h"
#include "ui/components/JobProgress.h"
#include "ui/components/StatusChip.h"
#include "ui/jobs/JobsPage.h"
#include "ui/jobs/RunJobSheet.h"
#include "ui/plans/LeaseSheet.h"
#include "ui/shell/BandButton.h"
#include "ui/shell/ConfirmSheet.h"
#include "ui/shell/EnvBand.h"
#include "ui/shell/InspectorPane.h"
#include "ui/shell/ToastStack.h"

#include <QCheckBox>
#include <QClipboard>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QTableView>
#include <QTreeWidget>

using namespace pilothouse;
using namespace pilothouse::ui;
using namespace pilothouse::test;

namespace {

constexpr int kPatienceMs = 60000;
constexpr const char* kProduction = R"(
[server]
environment = "production"
display_name = "eu-prod-1"
)";
const QString kNextPassword = QStringLiteral("another long password");

#define WAIT_FOR(condition) QTRY_VERIFY_WITH_TIMEOUT(condition, kPatienceMs)

} // namespace

class ConsoleSpineTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
    void cleanup();

    void productionIsLockedAndTheBandUnlocksIt();
    void ownTokenIsMadeUsedAndRevoked();
    void ownPasswordIsChanged();
    void anotherSessionIsEnded();
    void anOperatorIsMadeByAPlan();
    void anOperatorIsDeletedByNamingTheEnvironment();
    void aBaselineRunsAndItsResultIsSaved();
    void aLongJobIsPausedResumedCancelledAndRetried();
    void theAuditHasAllOfItAndNarrows();
    void theChainIsVerified();
    void whatIsShownIsExported();
    void aNarrowWindowKeepsTheHeadInReach_data();
    void aNarrowWindowKeepsTheHeadInReach();
    void theBandLocksAgain();

private:
    QWidget& window() { return *m_console->window; }
    DataTable& tableOf(const char* part)
    {
        return m_console->page<AccessPage>()->part(QString::fromLatin1(part)).table();
    }
    DataTable& jobs() { return *m_console->page<JobsPage>()->findChild<DataTable*>(); }
    const JobView& shownJob() { return m_console->window->findChild<JobProgress*>()->job(); }
    void startBaseline(const QString& name, const QString& expressions);
    /// By signing in over the interface, as a client would.
    std::string tokenOf(const QString& password);

    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<ApiClient> m_api;
    std::unique_ptr<RealConsole> m_console;
};

void ConsoleSpineTest::initTestCase()
{
    m_server = std::make_unique<TestServer>(
        TestServer::Options{QString::fromLatin1(kProduction), {}, {}, 120000});
    QVERIFY2(m_server->start(), qPrintable(m_server->log()));
    QVERIFY(makeAdministrator(*m_server));
    m_api = std::make_unique<ApiClient>(tlsChannel(*m_server));
    m_console = std::make_unique<RealConsole>();
    QVERIFY(m_console->signIn(
        m_server->grpcAddress(), QStringLiteral("admin"), QString::fromLatin1(kPassword)));
}

void ConsoleSpineTest::cleanupTestCase()
{
    m_console.reset();
    QVERIFY(m_server->stop(30000));
}

void ConsoleSpineTest::cleanup()
{
    if (QTest::currentTestFailed()) {
        picture(
            window(),
            QStringLiteral("spine-failed-%1")
                .arg(QString::fromLatin1(QTest::currentTestFunction())));
    }
}

std::string ConsoleSpineTest::tokenOf(const QString& password)
{
    return m_api->signIn("admin", password.toStdString()).value.token();
}

void ConsoleSpineTest::productionIsLockedAndTheBandUnlocksIt()
{
    EnvBand& band = m_console->window->band();
    WAIT_FOR(band.lock().has_value());
    QCOMPARE(band.lock()->word, QStringLiteral("Read-only"));
    m_console->press(Qt::Key_L, Qt::ControlModifier);
    QVERIFY(m_console->waitForSheet<LeaseSheet>());
    m_console->typeFirst(QStringLiteral("a test of the console"));
    QVERIFY(m_console->confirm());
    WAIT_FOR(band.lock()->word == QLatin1String("Writes unlocked"));
    QVERIFY2(
        band.lock()->text.startsWith(QStringLiteral("14 m")) ||
            band.lock()->text.startsWith(QStringLiteral("15 m")),
        qPrintable(band.lock()->text));
}

void ConsoleSpineTest::ownTokenIsMadeUsedAndRevoked()
{
    QVERIFY(m_console->go(QStringLiteral("access")));
    QVERIFY(clickTab(window(), QStringLiteral("Your tokens")));
    QVERIFY(click(window(), QStringLiteral("New token…")));
    WAIT_FOR(m_console->sheet() != nullptr);
    QVERIFY(type(*m_console->sheet(), QStringLiteral("What for"), QStringLiteral("nightly")));
    auto* scopes = m_console->sheet()->findChild<QTreeWidget*>();
    scopes->setFocus();
    scopes->setCurrentItem(scopes->topLevelItem(0)); // every view
    QTest::keyClick(scopes, Qt::Key_Space);
    QVERIFY(m_console->confirm());
    // The secret, once.
    WAIT_FOR(buttonNamed(window(), QStringLiteral("Copy the secret")) != nullptr);
    QVERIFY(click(window(), QStringLiteral("Copy the secret")));
    const std::string secret = QGuiApplication::clipboard()->text().toStdString();
    QVERIFY(secret.starts_with("pht_"));
    QVERIFY(click(window(), QStringLiteral("I have it")));
    QVERIFY(m_api->whoAmI(secret).status.ok());
    WAIT_FOR(hasRow(tableOf("tokens"), QStringLiteral("nightly")));
    QVERIFY(clickRow(tableOf("tokens"), QStringLiteral("nightly")));
    WAIT_FOR(click(window(), QStringLiteral("Revoke…")));
    QVERIFY(m_console->waitForSheet<ConfirmSheet>());
    QVERIFY(m_console->confirm());
    WAIT_FOR(!hasRow(tableOf("tokens"), QStringLiteral("nightly")));
    QVERIFY(absl::IsUnauthenticated(m_api->whoAmI(secret).status));
}

void ConsoleSpineTest::ownPasswordIsChanged()
{
    const std::string other = tokenOf(QString::fromLatin1(kPassword));
    QVERIFY(m_api->whoAmI(other).status.ok());
    QVERIFY(m_console->run(QStringLiteral("Change your password")));
    WAIT_FOR(m_console->sheet() != nullptr);
    QWidget& sheet = *m_console->sheet();
    QVERIFY(type(sheet, QStringLiteral("Present password"), QStringLiteral("a wrong one")));
    QVERIFY(type(sheet, QStringLiteral("New password"), kNextPassword));
    QVERIFY(type(sheet, QStringLiteral("New password again"), kNextPassword));
    // Refused: the sheet stays and says so.
    QTest::keyClick(&sheet, Qt::Key_Return, Qt::ControlModifier);
    WAIT_FOR(buttonNamed(sheet, QStringLiteral("Change password"))->isEnabled());
    QVERIFY(m_console->sheet() == &sheet);
    QVERIFY(type(sheet, QStringLiteral("Present password"), QString::fromLatin1(kPassword)));
    QVERIFY(m_console->confirm());
    QVERIFY(m_console->waitForMessage(QStringLiteral("Your password is changed")));
    // Other sessions are over, this one is not.
    QVERIFY(absl::IsUnauthenticated(m_api->whoAmI(other).status));
    QVERIFY(tokenOf(QString::fromLatin1(kPassword)).empty());
    QVERIFY(m_console->window->session()->isUsable());
}

void ConsoleSpineTest::anotherSessionIsEnded()
{
    const std::string other = tokenOf(kNextPassword);
    QVERIFY(m_api->whoAmI(other).status.ok());
    QVERIFY(clickTab(window(), QStringLiteral("Sessions")));
    m_console->press(Qt::Key_F5);
    const QString from = QStringLiteral("a test");
    WAIT_FOR(hasRow(tableOf("sessions"), from));
    QVERIFY(clickRow(tableOf("sessions"), from));
    WAIT_FOR(click(window(), QStringLiteral("End…")));
    QVERIFY(m_console->waitForMessage(QStringLiteral("The session is ended")));
    QVERIFY(absl::IsUnauthenticated(m_api->whoAmI(other).status));
    WAIT_FOR(!hasRow(tableOf("sessions"), from));
}

void ConsoleSpineTest::anOperatorIsMadeByAPlan()
{
    QVERIFY(clickTab(window(), QStringLiteral("Operators")));
    QVERIFY(click(window(), QStringLiteral("Add operator…")));
    WAIT_FOR(m_console->sheet() != nullptr);
    QWidget& form = *m_console->sheet();
    QVERIFY(type(form, QStringLiteral("Name"), QStringLiteral("kim")));
    QVERIFY(tick(form, QStringLiteral("viewer")));
    QVERIFY(type(form, QStringLiteral("Password"), kNextPassword));
    QVERIFY(type(form, QStringLiteral("Password again"), kNextPassword));
    QVERIFY(m_console->confirm());
    // F2: the plan, and a yes.
    QVERIFY(m_console->waitForSheet<ConfirmSheet>());
    picture(window(), QStringLiteral("spine-f2"));
    QVERIFY(m_console->confirm());
    WAIT_FOR(hasRow(tableOf("operators"), QStringLiteral("kim")));
    QVERIFY(m_api->signIn("kim", kNextPassword.toStdString()).status.ok());
}

void ConsoleSpineTest::anOperatorIsDeletedByNamingTheEnvironment()
{
    QVERIFY(clickRow(tableOf("operators"), QStringLiteral("kim")));
    WAIT_FOR(click(window(), QStringLiteral("Delete…")));
    QVERIFY(m_console->waitForSheet<ConfirmSheet>());
    auto* sheet = qobject_cast<ConfirmSheet*>(m_console->sheet());
    QCOMPARE(sheet->confirmation().level, Friction::F3);
    // Not without a reason and the name.
    QTest::keyClick(sheet, Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(m_console->sheet(), sheet);
    QVERIFY(type(*sheet, QStringLiteral("Reason"), QStringLiteral("left the company")));
    QVERIFY(type(*sheet, QStringLiteral("Type the name"), QString()));
    QGuiApplication::clipboard()->setText(QStringLiteral("eu-prod-1"));
    m_console->press(Qt::Key_V, Qt::ControlModifier);
    QVERIFY(m_console->confirm());
    WAIT_FOR(!hasRow(tableOf("operators"), QStringLiteral("kim")));
    QVERIFY(m_console->waitForMessage(QStringLiteral("kim is deleted")));
}

void ConsoleSpineTest::startBaseline(const QString& name, const QString& expressions)
{
    m_console->press(Qt::Key_R, Qt::ControlModifier);
    QVERIFY(m_console->waitForSheet<RunJobSheet>());
    QWidget& sheet = *m_console->sheet();
    WAIT_FOR(buttonNamed(sheet, QStringLiteral("Run")) != nullptr);
    QVERIFY(type(sheet, QStringLiteral("name"), name));
    QVERIFY(type(sheet, QStringLiteral("span"), QStringLiteral("11000s")));
    QVERIFY(type(sheet, QStringLiteral("step"), QStringLiteral("1s")));
    QVERIFY(type(sheet, QStringLiteral("expressions"), expressions));
    QVERIFY(m_console->confirm());
    WAIT_FOR(hasRow(jobs(), QStringLiteral("Baseline ") + name));
}

void ConsoleSpineTest::aBaselineRunsAndItsResultIsSaved()
{
    QVERIFY(m_console->go(QStringLiteral("jobs")));
    startBaseline(QStringLiteral("quick"), QStringLiteral("one=vector(1)"));
    // It is chosen by itself, and watched to its end.
    WAIT_FOR(shownJob().title == QLatin1String("Baseline quick"));
    WAIT_FOR(shownJob().phase == JobView::Phase::Succeeded);
    QVERIFY(clickTab(window(), QStringLiteral("Results")));
    WAIT_FOR(click(window(), QStringLiteral("Save baseline.json")));
    const QString file = m_console->folder.filePath(QStringLiteral("baseline.json"));
    QVERIFY(saveAs(file));
    QVERIFY(m_console->waitForMessage(QStringLiteral("Saved")));
    QFile saved(file);
    QVERIFY(saved.open(QIODevice::ReadOnly));
    const QJsonObject baseline = QJsonDocument::fromJson(saved.readAll()).object();
    QCOMPARE(baseline.value(QStringLiteral("name")).toString(), QStringLiteral("quick"));
}

void ConsoleSpineTest::aLongJobIsPausedResumedCancelledAndRetried()
{
    // Each takes seconds; a job of many ends when it is cancelled.
    QString slow;
    for (int line = 0; line < 40; ++line) {
        slow += QStringLiteral("e%1=quantile_over_time(0.5, vector(1)[30m:1s])\n").arg(line);
    }
    startBaseline(QStringLiteral("slow"), slow);
    QVERIFY(clickTab(window(), QStringLiteral("Progress")));
    WAIT_FOR(shownJob().title == QLatin1String("Baseline slow"));
    WAIT_FOR(shownJob().phase == JobView::Phase::Running);
    WAIT_FOR(shownJob().done > 0);
    picture(window(), QStringLiteral("spine-running"));
    QVERIFY(click(window(), QStringLiteral("Pause")));
    WAIT_FOR(shownJob().phase == JobView::Phase::Paused);
    WAIT_FOR(click(window(), QStringLiteral("Resume")));
    WAIT_FOR(shownJob().phase == JobView::Phase::Running);
    const auto cancel = [this] {
        m_console->press(Qt::Key_Escape); // from the inspector to the list
        jobs().focusTarget().setFocus();
        m_console->press(Qt::Key_Delete);
        QVERIFY(m_console->waitForSheet<ConfirmSheet>());
        QVERIFY(m_console->confirm());
        WAIT_FOR(shownJob().phase == JobView::Phase::Cancelled);
    };
    cancel();
    WAIT_FOR(click(window(), QStringLiteral("Retry")));
    WAIT_FOR(shownJob().phase == JobView::Phase::Running);
    cancel();
}

void ConsoleSpineTest::theAuditHasAllOfItAndNarrows()
{
    QVERIFY(m_console->go(QStringLiteral("audit")));
    auto* page = m_console->page<AuditPage>();
    DataTable& table = *page->findChild<DataTable*>();
    WAIT_FOR(hasRow(table, QStringLiteral("jobs.cancel")));
    for (const char* action :
         {"plans.lease.take",
          "access.tokens.create",
          "access.tokens.revoke",
          "access.passwords.change",
          "access.operators.create",
          "access.operators.delete",
          "jobs.create",
          "jobs.pause",
          "jobs.resume",
          "jobs.retry"}) {
        QVERIFY2(hasRow(table, QString::fromLatin1(action)), action);
    }
    // Only what failed: the wrong password.
    QVERIFY(click(*page, QStringLiteral("Failed")));
    WAIT_FOR(!hasRow(table, QStringLiteral("Done")) && table.model().rowCount() > 0);
    QVERIFY(click(*page, QStringLiteral("Failed")));
    WAIT_FOR(hasRow(table, QStringLiteral("Done")));
    // One action, and what the entry says.
    QVERIFY(type(*page, QStringLiteral("Action"), QStringLiteral("access.operators.delete")));
    WAIT_FOR(!hasRow(table, QStringLiteral("jobs.create")) && table.model().rowCount() == 1);
    QVERIFY(clickRow(table, QStringLiteral("access.operators.delete")));
    auto* inspector = m_console->window->findChild<AuditInspector*>();
    WAIT_FOR(inspector->isVisible());
    const QString facts = inspector->factsText();
    QVERIFY2(facts.contains(QStringLiteral("left the company")), qPrintable(facts));
    QVERIFY2(facts.contains(QStringLiteral("the name was pasted")), qPrintable(facts));
    QVERIFY(m_console->run(QStringLiteral("Clear the audit")));
    WAIT_FOR(hasRow(table, QStringLiteral("jobs.create")));
    m_console->window->toasts().clear();
    for (const auto& [mode, name] :
         {std::pair(ThemeMode::Light, "light"), std::pair(ThemeMode::Dark, "dark")}) {
        m_console->theme.setMode(mode);
        picture(window(), QStringLiteral("spine-audit-") + QLatin1String(name));
    }
}

void ConsoleSpineTest::theChainIsVerified()
{
    auto* page = m_console->page<AuditPage>();
    const auto badge = [page] {
        for (auto* chip : page->findChildren<StatusChip*>()) {
            if (chip->word().startsWith(QStringLiteral("Hash chain"))) {
                return chip->word();
            }
        }
        return QString();
    };
    WAIT_FOR(badge().startsWith(QStringLiteral("Hash chain intact to")));
    QVERIFY(click(*page, QStringLiteral("Verify")));
    WAIT_FOR(!page->viewModel().isVerifying());
    QVERIFY(badge().startsWith(QStringLiteral("Hash chain intact to")));
}

void ConsoleSpineTest::whatIsShownIsExported()
{
    m_console->press(Qt::Key_E, Qt::ControlModifier);
    const QString file = m_console->folder.filePath(QStringLiteral("audit.jsonl"));
    QVERIFY(saveAs(file));
    auto* page = m_console->page<AuditPage>();
    WAIT_FOR(!page->viewModel().isExporting() && !page->viewModel().exportText().isEmpty());
    QVERIFY2(!page->viewModel().exportFailed(), qPrintable(page->viewModel().exportText()));
    QFile exported(file);
    QVERIFY(exported.open(QIODevice::ReadOnly));
    const QByteArray first = exported.readLine();
    QVERIFY2(QJsonDocument::fromJson(first).isObject(), first.constData());
    QVERIFY(exported.readAll().contains("access.operators.delete"));
}

void ConsoleSpineTest::aNarrowWindowKeepsTheHeadInReach_data()
{
    QTest::addColumn<QString>("page");
    QTest::addColumn<QString>("button");
    QTest::newRow("audit") << "audit" << QStringLiteral("Export…");
    QTest::newRow("jobs") << "jobs" << QStringLiteral("Run job…");
    QTest::newRow("access") << "access" << QStringLiteral("Add operator…");
}

void ConsoleSpineTest::aNarrowWindowKeepsTheHeadInReach()
{
    QFETCH(QString, page);
    QFETCH(QString, button);
    m_console->window->resize(1024, 700);
    QVERIFY(m_console->go(page));
    auto* table = m_console->window->pages().page()->findChild<DataTable*>();
    WAIT_FOR(table->model().rowCount() > 0);
    table->focusTarget().setFocus();
    m_console->press(Qt::Key_Down);
    m_console->press(Qt::Key_Up);
    auto* inspector = m_console->window->findChild<InspectorPane*>();
    WAIT_FOR(inspector->isVisible());
    picture(window(), QStringLiteral("spine-narrow-") + page);
    QWidget* head = buttonNamed(window(), button);
    QVERIFY(head != nullptr);
    QCOMPARE(window().childAt(head->mapTo(&window(), head->rect().center())), head);
    m_console->window->resize(1440, 900);
}

void ConsoleSpineTest::theBandLocksAgain()
{
    EnvBand& band = m_console->window->band();
    QCOMPARE(band.lock()->word, QStringLiteral("Writes unlocked"));
    for (auto* button : band.findChildren<BandButton*>()) {
        if (button->isVisible() && button->toolTip() == band.lock()->toolTip) {
            QTest::mouseClick(button, Qt::LeftButton);
        }
    }
    WAIT_FOR(band.lock()->word == QLatin1String("Read-only"));
}

PILOTHOUSE_UI_TEST_MAIN(ConsoleSpineTest)
#include "tst_console_spine.moc"
