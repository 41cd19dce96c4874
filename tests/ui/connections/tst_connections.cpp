// SPDX-License-Identifier: Apache-2.0
// From "which server?" to a live page, with a fake connection: what is asked, and what an answer
// does.
#include "tests/support/shell/ShellFixture.h"
#include "tests/support/ui/AccessibilityWalk.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/connections/ConnectionFlow.h"
#include "ui/connections/ConnectionManager.h"
#include "ui/connections/ProfileForm.h"
#include "ui/connections/SignInSheet.h"
#include "ui/connections/TrustSheet.h"
#include "ui/session/CertificateText.h"
#include "ui/shell/EnvBand.h"
#include "ui/shell/PageHost.h"
#include "ui/shell/SheetHost.h"

#include "shared/base/StatusHelpers.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QTcpServer>
#include <QTest>

using namespace pilothouse;
using client::ConnectionState;

class ConnectionsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void firstRunOffersTheLocalWorkspace();
    void missingServerProgramIsSaidWithAWayOut();
    void profilesAreListedSearchedAndMarked();
    void formSaysWhatIsWrong_data();
    void formSaysWhatIsWrong();
    void newConnectionIsSavedAndOpened();
    void anotherAddressForgetsThePin();
    void testSaysHowFarItGets_data();
    void testSaysHowFarItGets();
    void trustNeedsTheWordsTyped();
    void cancelledTrustPinsNothing();
    void changedCertificateStandsBesideTheOld();
    void signInShowsWhyAndWaits();
    void serverWithoutOperatorsSaysWhatToRun();
    void incompatibleServerSaysWhichVersions();
    void unusableCertificateFileLeadsBackToTheForm();
    void cancelLeadsBackToTheManager();
    void sheetOfAnEarlierStateGoesByItself();
    void everythingFocusableHasAName();

private:
    void openProfile();
    QPushButton* button(const QString& text) const;
    ui::ConnectionManager* manager() const
    {
        return qobject_cast<ui::ConnectionManager*>(m_shell->window->screen());
    }
    void awaitTrust(const client::Certificate& offered);

    std::unique_ptr<test::ShellFixture> m_shell;
    ui::ConnectionFlow* m_flow = nullptr;
};

void ConnectionsTest::init()
{
    m_shell = std::make_unique<test::ShellFixture>();
    m_flow = new ui::ConnectionFlow(*m_shell->window, m_shell->opener);
    m_shell->show();
}

void ConnectionsTest::cleanup()
{
    m_shell.reset();
}

void ConnectionsTest::openProfile()
{
    QVERIFY(m_shell->profiles.save(test::ShellFixture::profile()).ok());
    m_flow->open(*m_shell->profiles.find(QStringLiteral("p1")));
    QTRY_VERIFY(m_shell->window->session() != nullptr);
    QCOMPARE(m_shell->connection->connects, 1);
}

QPushButton* ConnectionsTest::button(const QString& text) const
{
    for (auto* candidate : m_shell->window->findChildren<QPushButton*>()) {
        if (candidate->text() == text && candidate->isVisible()) {
            return candidate;
        }
    }
    return nullptr;
}

void ConnectionsTest::awaitTrust(const client::Certificate& offered)
{
    client::ConnectionStatus status;
    status.state = ConnectionState::AwaitingTrust;
    status.offered = offered;
    m_shell->setStatus(status);
    QTRY_VERIFY(m_shell->sheet<ui::TrustSheet>() != nullptr);
}

void ConnectionsTest::firstRunOffersTheLocalWorkspace()
{
    m_flow->showManager();
    QVERIFY(manager() != nullptr);
    QVERIFY(button(QStringLiteral("Open local workspace")) != nullptr);
    QVERIFY(button(QStringLiteral("Back")) == nullptr);
    QVERIFY(m_shell->window->isAncestorOf(QApplication::focusWidget()));
    test::picture(*m_shell->window, QStringLiteral("manager-first-run"));
}

void ConnectionsTest::missingServerProgramIsSaidWithAWayOut()
{
    m_flow->showManager();
    QTest::mouseClick(button(QStringLiteral("Open local workspace")), Qt::LeftButton);
    QTRY_VERIFY(button(QStringLiteral("Start again")) != nullptr);
    QTRY_VERIFY(button(QStringLiteral("Start again"))->isEnabled());
    test::picture(*m_shell->window, QStringLiteral("local-failed"));
    QTest::mouseClick(button(QStringLiteral("Other connections")), Qt::LeftButton);
    QTRY_VERIFY(manager() != nullptr);
}

void ConnectionsTest::profilesAreListedSearchedAndMarked()
{
    QTcpServer listening;
    QVERIFY(listening.listen(QHostAddress::LocalHost));
    auto near = test::ShellFixture::profile();
    near.address = QStringLiteral("127.0.0.1:%1").arg(listening.serverPort());
    QVERIFY(m_shell->profiles.save(near).ok());
    auto staging = test::ShellFixture::profile();
    staging.id = QStringLiteral("p2");
    staging.name = QStringLiteral("eu-staging");
    staging.folder = QStringLiteral("Europe");
    staging.environment = system::Environment::Staging;
    staging.address = QStringLiteral("127.0.0.1:1");
    QVERIFY(m_shell->profiles.save(staging).ok());

    m_flow->showManager();
    auto* list = manager()->findChild<QListView*>();
    auto* model = qobject_cast<ui::ProfileListModel*>(list->model());
    QAbstractItemModelTester tester(model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(model->rowCount(), 4);
    QTRY_COMPARE(model->reachable(near), ui::Reachability::Answer::Reachable);
    QTRY_COMPARE(model->reachable(staging), ui::Reachability::Answer::Unreachable);
    manager()->select(QStringLiteral("p1"));
    test::picture(*m_shell->window, QStringLiteral("manager"));
    m_shell->theme.setMode(ui::ThemeMode::Light);
    test::picture(*m_shell->window, QStringLiteral("manager-light"));

    QLineEdit* search = nullptr;
    for (auto* field : manager()->findChildren<QLineEdit*>()) {
        search = field->accessibleName() == QStringLiteral("Search connections") ? field : search;
    }
    QVERIFY(search != nullptr);
    QTest::keyClicks(search, QStringLiteral("STAGING"));
    QCOMPARE(model->rowCount(), 2);
    search->clear();
    QCOMPARE(model->rowCount(), 4);
}

void ConnectionsTest::formSaysWhatIsWrong_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("address");
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<QString>("problem");
    QTest::newRow("no name") << ""
                             << "h:1"
                             << ""
                             << "Give the connection a name";
    QTest::newRow("no port") << "n"
                             << "ops.example.net"
                             << ""
                             << "the port is missing";
    QTest::newRow("port") << "n"
                          << "ops.example.net:99999"
                          << ""
                          << "between 1 and 65535";
    QTest::newRow("url") << "n"
                         << "https://ops:7443/"
                         << ""
                         << "not a host and a port";
    QTest::newRow("half mTLS") << "n"
                               << "ops:7443"
                               << "/c.pem"
                               << "needs both";
    QTest::newRow("good") << "n"
                          << "ops:7443"
                          << ""
                          << "";
}

void ConnectionsTest::formSaysWhatIsWrong()
{
    QFETCH(QString, name);
    QFETCH(QString, address);
    QFETCH(QString, certificate);
    QFETCH(QString, problem);
    ui::ProfileForm form(m_shell->theme);
    ui::ConnectionProfile profile;
    profile.name = name;
    profile.address = address;
    profile.clientCertificateFile = certificate;
    form.setProfile(profile);
    QVERIFY2(form.problem().contains(problem), qPrintable(form.problem()));
    QCOMPARE(form.problem().isEmpty(), problem.isEmpty());
}

void ConnectionsTest::newConnectionIsSavedAndOpened()
{
    m_flow->showManager();
    QTest::mouseClick(button(QStringLiteral("New connection")), Qt::LeftButton);
    QWidget* name = QApplication::focusWidget();
    QVERIFY(qobject_cast<QLineEdit*>(name) != nullptr);
    QTest::keyClicks(name, QStringLiteral("ours"));
    QVERIFY(!button(QStringLiteral("Connect"))->isEnabled());
    for (auto* field : manager()->findChildren<QLineEdit*>()) {
        if (field->accessibleName() == QStringLiteral("Server")) {
            QTest::keyClicks(field, QStringLiteral("ops.example.net:7443"));
        }
    }
    QVERIFY(button(QStringLiteral("Connect"))->isEnabled());
    QTest::mouseClick(button(QStringLiteral("Connect")), Qt::LeftButton);
    QTRY_VERIFY(m_shell->window->session() != nullptr);
    QCOMPARE(m_shell->window->session()->profile().name, QStringLiteral("ours"));
    QVERIFY(m_shell->profiles.find(QStringLiteral("ours")) != nullptr);
    QCOMPARE(m_shell->options.address, std::string("ops.example.net:7443"));
    QVERIFY(m_shell->window->screen() == nullptr);
}

void ConnectionsTest::anotherAddressForgetsThePin()
{
    auto profile = test::ShellFixture::profile();
    profile.pinnedFingerprint = QString(64, QLatin1Char('a'));
    profile.pinnedDescription = QStringLiteral("Subject: CN=x");
    ui::ProfileForm form(m_shell->theme);
    form.setProfile(profile);
    QCOMPARE(form.profile().pinnedFingerprint, profile.pinnedFingerprint);
    for (auto* field : form.findChildren<QLineEdit*>()) {
        if (field->accessibleName() == QStringLiteral("Server")) {
            field->setText(QStringLiteral("other.example.net:7443"));
        }
    }
    QVERIFY(form.profile().pinnedFingerprint.isEmpty());
    QVERIFY(form.profile().pinnedDescription.isEmpty());
}

void ConnectionsTest::testSaysHowFarItGets_data()
{
    QTest::addColumn<int>("state");
    QTest::addColumn<bool>("withError");
    QTest::addColumn<int>("severity");
    const auto row =
        [](const char* name, ConnectionState state, bool withError, ui::Severity severity) {
            QTest::newRow(name) << static_cast<int>(state) << withError
                                << static_cast<int>(severity);
        };
    row("live", ConnectionState::Live, false, ui::Severity::Ok);
    row("signed out", ConnectionState::SignedOut, false, ui::Severity::Ok);
    row("not trusted", ConnectionState::AwaitingTrust, false, ui::Severity::Warning);
    row("incompatible", ConnectionState::Incompatible, false, ui::Severity::Error);
    row("refused", ConnectionState::Reconnecting, true, ui::Severity::Error);
}

void ConnectionsTest::testSaysHowFarItGets()
{
    QFETCH(int, state);
    QFETCH(bool, withError);
    QFETCH(int, severity);
    ui::ConnectionTest test(m_shell->opener);
    std::optional<ui::Severity> answer;
    QString text;
    connect(&test, &ui::ConnectionTest::finished, this, [&](ui::Severity got, const QString& said) {
        answer = got;
        text = said;
    });
    test.start(test::ShellFixture::profile());
    client::ConnectionStatus status;
    status.state = ConnectionState::Connecting;
    m_shell->connection->setStatus(status);
    status.state = static_cast<ConnectionState>(state);
    status.offered = test::ShellFixture::certificate();
    if (withError) {
        status.error = absl::UnavailableError("connection refused");
    }
    m_shell->connection->setStatus(status);
    QTRY_VERIFY(answer.has_value());
    QCOMPARE(static_cast<int>(*answer), severity);
    QVERIFY(!text.isEmpty());
    QVERIFY(!test.isRunning());
    QVERIFY(m_shell->profiles.profiles().empty());
}

void ConnectionsTest::trustNeedsTheWordsTyped()
{
    openProfile();
    awaitTrust(test::ShellFixture::certificate());
    auto* trust = m_shell->sheet<ui::TrustSheet>();
    test::picture(*m_shell->window, QStringLiteral("trust"));
    QPushButton* yes = button(QStringLiteral("Trust for this profile"));
    QVERIFY(!yes->isEnabled());
    QCOMPARE(QApplication::focusWidget(), button(QStringLiteral("Cancel")));
    QTest::keyClick(trust, Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(m_shell->connection->trustAnswers.empty());
    auto* typed = trust->findChild<QLineEdit*>();
    QTest::keyClicks(typed, QStringLiteral("lusab"));
    QVERIFY(!yes->isEnabled());
    QTest::keyClicks(typed, QStringLiteral("  BABAD "));
    QVERIFY(yes->isEnabled());
    QTest::keyClick(typed, Qt::Key_Return, Qt::ControlModifier);
    QCOMPARE(m_shell->connection->trustAnswers, std::vector<bool>{true});
    QVERIFY(m_shell->window->sheets().sheet() == nullptr);
    QCOMPARE(
        m_shell->profiles.find(QStringLiteral("p1"))->pinnedFingerprint.toStdString(),
        test::ShellFixture::certificate().fingerprint);
}

void ConnectionsTest::cancelledTrustPinsNothing()
{
    openProfile();
    awaitTrust(test::ShellFixture::certificate());
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
    QCOMPARE(m_shell->connection->trustAnswers, std::vector<bool>{false});
    QVERIFY(m_shell->profiles.find(QStringLiteral("p1"))->pinnedFingerprint.isEmpty());
}

void ConnectionsTest::changedCertificateStandsBesideTheOld()
{
    auto profile = test::ShellFixture::profile();
    const client::Certificate before = test::ShellFixture::certificate('1');
    profile.pinnedFingerprint = QString::fromStdString(before.fingerprint);
    profile.pinnedDescription = ui::describeCertificate(before);
    QVERIFY(m_shell->profiles.save(profile).ok());
    m_flow->open(profile);
    QTRY_VERIFY(m_shell->window->session() != nullptr);
    awaitTrust(test::ShellFixture::certificate('2'));
    QVERIFY(m_shell->sheet<ui::TrustSheet>()->isChange());
    QStringList shown;
    for (const auto* label : m_shell->sheet<ui::TrustSheet>()->findChildren<QLabel*>()) {
        shown << label->text();
    }
    const QString all = shown.join(QLatin1Char('\n'));
    QVERIFY(all.contains(QStringLiteral("This can be an attack")));
    QVERIFY(all.contains(ui::groupedFingerprint(QString::fromStdString(before.fingerprint))));
    QVERIFY(all.contains(QStringLiteral("≠ changed")));
    test::picture(*m_shell->window, QStringLiteral("trust-changed"));
    m_shell->window->resize(1024, 700);
    m_shell->theme.setMode(ui::ThemeMode::Light);
    QCoreApplication::processEvents();
    test::picture(*m_shell->window, QStringLiteral("trust-changed-small-light"));
}

void ConnectionsTest::signInShowsWhyAndWaits()
{
    openProfile();
    m_shell->setState(ConnectionState::SignedOut);
    QTRY_VERIFY(m_shell->sheet<ui::SignInSheet>() != nullptr);
    auto* form = m_shell->sheet<ui::SignInSheet>();
    QCOMPARE(form->nameField()->text(), QStringLiteral("dana"));
    QCOMPARE(QApplication::focusWidget(), form->passwordField());
    QVERIFY(!form->button()->isEnabled());
    QTest::keyClicks(form->passwordField(), QStringLiteral("wrong"));
    QTest::keyClick(form->passwordField(), Qt::Key_Return);
    QVERIFY(!form->button()->isEnabled());
    auto& signIns = m_shell->connection->accessClient.signIns;
    signIns.answer(withRetryDelay(
        withHint(absl::UnauthenticatedError("wrong name or password"), "Try again in 2 s."),
        absl::Seconds(2)));
    QTRY_VERIFY(form->button()->text().startsWith(QStringLiteral("Wait ")));
    test::picture(*m_shell->window, QStringLiteral("sign-in-refused"));
    QTest::keyClick(form->passwordField(), Qt::Key_Return);
    QCOMPARE(signIns.requests().size(), std::size_t(1));
    QTRY_VERIFY_WITH_TIMEOUT(form->button()->isEnabled(), 5000);
    QTest::keyClick(form->passwordField(), Qt::Key_Return);
    QCOMPARE(signIns.requests().size(), std::size_t(2));
    access::SignedIn good;
    good.token = "t";
    signIns.answer(good);
    QTRY_VERIFY(m_shell->window->sheets().sheet() == nullptr);
}

void ConnectionsTest::serverWithoutOperatorsSaysWhatToRun()
{
    openProfile();
    client::ConnectionStatus status;
    status.state = ConnectionState::SignedOut;
    status.server = system::ServerInfo{};
    status.server->needsInit = true;
    m_shell->setStatus(status);
    QTRY_VERIFY(m_shell->sheet<ui::SignInSheet>() != nullptr);
    bool says = false;
    for (const auto* label : m_shell->sheet<ui::SignInSheet>()->findChildren<QLabel*>()) {
        says = says || label->text().contains(QStringLiteral("pilothoused init"));
    }
    QVERIFY(says);
}

void ConnectionsTest::incompatibleServerSaysWhichVersions()
{
    openProfile();
    client::ConnectionStatus status;
    status.state = ConnectionState::Incompatible;
    status.server = system::ServerInfo{};
    status.server->version = "3.1.0";
    status.server->minimumConsoleVersion = "2.4";
    m_shell->setStatus(status);
    QTRY_VERIFY(button(QStringLiteral("Try again")) != nullptr);
    QVERIFY(m_shell->window->band().connectionText().text.contains(QStringLiteral("2.4")));
    test::picture(*m_shell->window, QStringLiteral("incompatible"));
    QTest::mouseClick(button(QStringLiteral("Other connections")), Qt::LeftButton);
    QVERIFY(manager() != nullptr);
}

void ConnectionsTest::unusableCertificateFileLeadsBackToTheForm()
{
    auto profile = test::ShellFixture::profile();
    profile.caFile = QStringLiteral("/nonexistent/ca.pem");
    QVERIFY(m_shell->profiles.save(profile).ok());
    m_flow->open(profile);
    QTRY_VERIFY(manager() != nullptr);
    bool says = false;
    for (const auto* label : manager()->findChildren<QLabel*>()) {
        says = says || label->text().contains(QStringLiteral("/nonexistent/ca.pem"));
    }
    QVERIFY(says);
}

void ConnectionsTest::cancelLeadsBackToTheManager()
{
    openProfile();
    m_shell->setState(ConnectionState::Connecting);
    QTRY_COMPARE(m_shell->window->band().connectionText().action, ui::ConnectionAction::Cancel);
    Q_EMIT m_shell->window->connectionActionRequested(ui::ConnectionAction::Cancel);
    QCOMPARE(m_shell->connection->disconnects, 1);
    QVERIFY(manager() != nullptr);
    QTest::keyClick(manager(), Qt::Key_Escape);
    QVERIFY(m_shell->window->screen() == nullptr);
}

void ConnectionsTest::sheetOfAnEarlierStateGoesByItself()
{
    openProfile();
    m_shell->setState(ConnectionState::SignedOut);
    QTRY_VERIFY(m_shell->sheet<ui::SignInSheet>() != nullptr);
    m_shell->setState(ConnectionState::Live);
    QTRY_VERIFY(m_shell->window->sheets().sheet() == nullptr);
    QVERIFY(m_shell->profiles.find(QStringLiteral("p1"))->lastUsed.isValid());
}

void ConnectionsTest::everythingFocusableHasAName()
{
    QVERIFY(m_shell->profiles.save(test::ShellFixture::profile()).ok());
    m_flow->showManager();
    manager()->select(QStringLiteral("p1"));
    QCOMPARE(test::unnamedFocusable(*m_shell->window), QStringList());
    openProfile();
    awaitTrust(test::ShellFixture::certificate());
    QCOMPARE(test::unnamedFocusable(*m_shell->window), QStringList());
    m_shell->window->sheets().close();
    m_shell->setState(ConnectionState::SignedOut);
    QTRY_VERIFY(m_shell->sheet<ui::SignInSheet>() != nullptr);
    QCOMPARE(test::unnamedFocusable(*m_shell->window), QStringList());
}

PILOTHOUSE_UI_TEST_MAIN(ConnectionsTest)
#include "tst_connections.moc"
