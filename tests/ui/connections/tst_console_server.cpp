// SPDX-License-Identifier: Apache-2.0
// The window against a real server: trust over real TLS, sign-in, and what the operator sees when
// the server dies or hangs.
#include "tests/support/Programs.h"
#include "tests/support/TestServer.h"
#include "tests/support/shell/ShellFixture.h"
#include "tests/support/ui/Pictures.h"
#include "tests/support/ui/StallGuard.h"
#include "ui/connections/ConnectionFlow.h"
#include "ui/connections/SignInSheet.h"
#include "ui/connections/TrustSheet.h"
#include "ui/session/CertificateText.h"
#include "ui/shell/CommandPalette.h"
#include "ui/shell/EnvBand.h"
#include "ui/shell/SheetHost.h"

#include <QElapsedTimer>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>

#include <csignal>

using namespace pilothouse;
using client::ConnectionState;

namespace {

constexpr int kPatienceMs = 20000;
/// A killed server is shown within this time, of which a busy machine may take some: one of three
/// kills has to be in time.
constexpr int kNoticeMs = 300;
constexpr int kKills = 3;

/// The fixture's window and stores with the real client.
class RealShell : public test::ShellFixture
{
public:
    RealShell()
        : realOpener(
              profiles,
              secrets,
              workspace,
              [](client::ConnectionOptions wanted) {
                  return client::makeConnection(std::move(wanted));
              },
              QStringLiteral("console on a test")),
          flow(new ui::ConnectionFlow(*realWindow(), realOpener))
    {
        show();
    }

    ui::SessionOpener realOpener;
    ui::ConnectionFlow* flow;

    ConnectionState state() const
    {
        return window->session() == nullptr ? ConnectionState::Disconnected
                                            : window->session()->state();
    }
    void open(const QString& address)
    {
        ui::ConnectionProfile wanted = profile();
        wanted.address = address;
        wanted.environment = system::Environment::Test;
        QVERIFY(profiles.save(wanted).ok());
        flow->open(*profiles.find(wanted.id));
    }

private:
    /// A frame on the system's clock: countdowns must run.
    ui::MainWindow* realWindow()
    {
        window = std::make_unique<ui::MainWindow>(
            ui::ShellContext{settings, theme, pages, systemClock()});
        return window.get();
    }
};

} // namespace

class ConsoleServerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();

    void socketIsLiveWithoutSignIn();
    void firstTlsContactAsksForTrustThenSignIn();
    void otherCertificateThanPinnedIsNeverAccepted();
    void killedServerIsShownAtOnceAndComesBack();
    void hangingServerIsShownBehindAndTheWindowLives();
    void nothingListeningIsSaid();

private:
    void makeOperator();

    std::unique_ptr<test::TestServer> m_server;
};

void ConsoleServerTest::initTestCase()
{
    m_server = std::make_unique<test::TestServer>();
    QVERIFY2(m_server->start(), qPrintable(m_server->log()));
    makeOperator();
}

void ConsoleServerTest::cleanupTestCase()
{
    m_server.reset();
}

void ConsoleServerTest::makeOperator()
{
    const QString file = m_server->folder() + QStringLiteral("/password");
    QFile password(file);
    QVERIFY(password.open(QIODevice::WriteOnly));
    password.write("a long enough password\n");
    password.close();
    const auto made = test::runProgram(
        QStringLiteral("pilothoused"),
        {QStringLiteral("init"),
         QStringLiteral("--data-dir"),
         m_server->dataDir(),
         QStringLiteral("--name"),
         QStringLiteral("dana"),
         QStringLiteral("--password-file"),
         file});
    QVERIFY2(made.exitCode == 0, qPrintable(made.err));
}

void ConsoleServerTest::socketIsLiveWithoutSignIn()
{
    RealShell shell;
    shell.open(m_server->socketAddress());
    QTRY_COMPARE_WITH_TIMEOUT(shell.state(), ConnectionState::Live, kPatienceMs);
    QVERIFY(shell.window->sheets().sheet() == nullptr);
    QTRY_VERIFY(shell.window->band().connectionText().text.startsWith(QStringLiteral("Live")));
    QVERIFY(shell.window->session()->mayUse(QStringLiteral("metrics.view")));
    test::picture(*shell.window, QStringLiteral("real-live"));
}

void ConsoleServerTest::firstTlsContactAsksForTrustThenSignIn()
{
    RealShell shell;
    shell.open(m_server->grpcAddress());
    QTRY_VERIFY_WITH_TIMEOUT(
        qobject_cast<ui::TrustSheet*>(shell.window->sheets().sheet()) != nullptr, kPatienceMs);
    QVERIFY(!shell.window->session()->isUsable());
    auto* trust = shell.window->sheets().sheet();
    test::picture(*shell.window, QStringLiteral("real-trust"));
    const QString fingerprint =
        QString::fromStdString(shell.window->session()->status().offered->fingerprint);
    QTest::keyClicks(
        trust->findChild<QLineEdit*>(),
        ui::fingerprintWords(fingerprint).mid(0, 2).join(QLatin1Char(' ')));
    QTest::keyClick(trust, Qt::Key_Return, Qt::ControlModifier);

    QTRY_VERIFY_WITH_TIMEOUT(
        qobject_cast<ui::SignInSheet*>(shell.window->sheets().sheet()) != nullptr, kPatienceMs);
    QCOMPARE(shell.profiles.find(QStringLiteral("p1"))->pinnedFingerprint, fingerprint);
    auto* signIn = qobject_cast<ui::SignInSheet*>(shell.window->sheets().sheet());
    signIn->nameField()->setText(QStringLiteral("dana"));
    QTest::keyClicks(signIn->passwordField(), QStringLiteral("wrong"));
    QTest::keyClick(signIn->passwordField(), Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(!shell.window->session()->isSigningIn(), kPatienceMs);
    QVERIFY(shell.window->sheets().sheet() == signIn);
    QTRY_VERIFY_WITH_TIMEOUT(
        signIn->button()->isEnabled() && signIn->button()->text() == QStringLiteral("Sign in"),
        kPatienceMs);
    signIn->passwordField()->clear();
    QTest::keyClicks(signIn->passwordField(), QStringLiteral("a long enough password"));
    QTest::keyClick(signIn->passwordField(), Qt::Key_Return);
    QTRY_COMPARE_WITH_TIMEOUT(shell.state(), ConnectionState::Live, kPatienceMs);
    QTRY_VERIFY(shell.window->sheets().sheet() == nullptr);

    // The token is remembered: a second window on the same profile asks nothing.
    shell.window->setSession(nullptr);
    shell.flow->open(*shell.profiles.find(QStringLiteral("p1")));
    QTRY_COMPARE_WITH_TIMEOUT(shell.state(), ConnectionState::Live, kPatienceMs);
    QVERIFY(shell.window->sheets().sheet() == nullptr);
}

void ConsoleServerTest::otherCertificateThanPinnedIsNeverAccepted()
{
    RealShell shell;
    ui::ConnectionProfile profile = test::ShellFixture::profile();
    profile.address = m_server->grpcAddress();
    profile.pinnedFingerprint = QString(64, QLatin1Char('0'));
    QVERIFY(shell.profiles.save(profile).ok());
    shell.flow->open(*shell.profiles.find(profile.id));
    QTRY_VERIFY_WITH_TIMEOUT(
        qobject_cast<ui::TrustSheet*>(shell.window->sheets().sheet()) != nullptr, kPatienceMs);
    QVERIFY(qobject_cast<ui::TrustSheet*>(shell.window->sheets().sheet())->isChange());
    QTest::keyClick(shell.window->sheets().sheet(), Qt::Key_Escape);
    QTRY_COMPARE_WITH_TIMEOUT(shell.state(), ConnectionState::Disconnected, kPatienceMs);
    QCOMPARE(shell.profiles.find(profile.id)->pinnedFingerprint, profile.pinnedFingerprint);
}

void ConsoleServerTest::killedServerIsShownAtOnceAndComesBack()
{
    RealShell shell;
    shell.open(m_server->socketAddress());
    QTRY_COMPARE_WITH_TIMEOUT(shell.state(), ConnectionState::Live, kPatienceMs);
    qint64 noticed = kPatienceMs;
    for (int kill = 0; kill < kKills && noticed > kNoticeMs; ++kill) {
        QElapsedTimer clock;
        m_server->kill();
        clock.start();
        QVERIFY(test::waitUntil(
            [&] {
                return shell.window->band().connectionText().text.startsWith(
                    QStringLiteral("Connection lost"));
            },
            kPatienceMs));
        noticed = clock.elapsed();
        qInfo("killed server shown after %lld ms", noticed);
        QVERIFY(!shell.window->session()->isFresh());
        QVERIFY(shell.window->session()->freshUntil() != absl::InfinitePast());
        test::picture(*shell.window, QStringLiteral("real-lost"));

        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        QTRY_COMPARE_WITH_TIMEOUT(shell.state(), ConnectionState::Live, kPatienceMs);
    }
    QVERIFY2(noticed <= kNoticeMs, qPrintable(QString::number(noticed)));
}

void ConsoleServerTest::hangingServerIsShownBehindAndTheWindowLives()
{
    RealShell shell;
    shell.open(m_server->socketAddress());
    QTRY_COMPARE_WITH_TIMEOUT(shell.state(), ConnectionState::Live, kPatienceMs);
    const auto pid = static_cast<pid_t>(m_server->pid());
    const test::StallGuard guard;
    ::kill(pid, SIGSTOP);
    const bool isShown = test::waitUntil(
        [&] {
            return shell.window->band().connectionText().text.endsWith(QStringLiteral("s behind"));
        },
        kPatienceMs);
    shell.window->palette().open(QStringLiteral("settings"));
    QCoreApplication::processEvents();
    const bool lives = guard.passed();
    ::kill(pid, SIGCONT);
    QVERIFY(isShown);
    QVERIFY2(lives, qPrintable(guard.report()));
    QTRY_COMPARE_WITH_TIMEOUT(shell.state(), ConnectionState::Live, kPatienceMs);
}

void ConsoleServerTest::nothingListeningIsSaid()
{
    RealShell shell;
    shell.open(QStringLiteral("127.0.0.1:1"));
    QTRY_COMPARE_WITH_TIMEOUT(shell.state(), ConnectionState::Reconnecting, kPatienceMs);
    QVERIFY(shell.window->band().connectionText().text.startsWith(
        QStringLiteral("No connection since")));
    QVERIFY(!shell.window->session()->status().error.ok());
}

PILOTHOUSE_UI_TEST_MAIN(ConsoleServerTest)
#include "tst_console_server.moc"
