// SPDX-License-Identifier: Apache-2.0
#include "ui/session/CertificateText.h"
#include "ui/session/SessionOpener.h"
#include "ui/session/TimeWindow.h"

#include "shared/base/StatusHelpers.h"
#include "tests/support/client/FakeConnection.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace pilothouse;
using client::ConnectionState;

namespace {

class StoppedClock final : public Clock
{
public:
    absl::Time time = absl::FromUnixSeconds(1'700'000'000);
    absl::Time now() const override { return time; }
    absl::Duration monotonic() const override { return time - absl::UnixEpoch(); }
};

ui::ConnectionProfile profileOf(const QString& id)
{
    ui::ConnectionProfile profile;
    profile.id = id;
    profile.name = QStringLiteral("eu-prod-1");
    profile.address = QStringLiteral("ops.example.net:7443");
    profile.environment = system::Environment::Production;
    return profile;
}

} // namespace

class SessionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void statusComesOnTheGuiThreadNewestWins();
    void everyStateSaysWhetherCallsCanBeMade_data();
    void everyStateSaysWhetherCallsCanBeMade();
    void permissionsOfTheSignedInOperatorDecide();
    void trustedCertificateBecomesTheProfilesPin();
    void refusedCertificateLeavesNoPin();
    void tokenIsKeptAfterSignInAndForgottenWithTheSession();
    void wrongPasswordIsReportedAndKeepsNothing();
    void unreadableCertificateFileFailsWithItsName();
    void serversEnvironmentWinsOverTheProfiles();

    void fingerprintWordsAreProquints();
    void timeWindowFollowsPausesAndZooms();

private:
    void open(const ui::ConnectionProfile& profile);

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<ui::ProfileStore> m_profiles;
    std::unique_ptr<ui::SecretStore> m_secrets;
    std::unique_ptr<ui::LocalWorkspace> m_workspace;
    std::unique_ptr<ui::SessionOpener> m_opener;
    test::FakeConnection* m_connection = nullptr;
    client::ConnectionOptions m_options;
    std::shared_ptr<ui::Session> m_session;
    absl::Status m_failure;
};

void SessionTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_profiles =
        std::make_unique<ui::ProfileStore>(m_folder->filePath(QStringLiteral("c.json")), QString());
    // Not probed: it keeps secrets in memory.
    m_secrets = std::make_unique<ui::SecretStore>(QStringLiteral("pilothouse-test"));
    m_workspace = std::make_unique<ui::LocalWorkspace>(ui::LocalWorkspace::Options{});
    m_opener = std::make_unique<ui::SessionOpener>(
        *m_profiles,
        *m_secrets,
        *m_workspace,
        [this](client::ConnectionOptions options) {
            m_options = std::move(options);
            auto connection = std::make_unique<test::FakeConnection>();
            m_connection = connection.get();
            return connection;
        },
        QStringLiteral("console on a test"));
    connect(m_opener.get(), &ui::SessionOpener::opened, this, [this](auto session) {
        m_session = std::move(session);
    });
    connect(m_opener.get(), &ui::SessionOpener::failed, this, [this](const absl::Status& error) {
        m_failure = error;
    });
    m_failure = absl::OkStatus();
}

void SessionTest::cleanup()
{
    m_session.reset();
    m_opener.reset();
}

void SessionTest::open(const ui::ConnectionProfile& profile)
{
    QVERIFY(m_profiles->save(profile).ok());
    m_session.reset();
    m_opener->open(profile);
    QTRY_VERIFY(m_session != nullptr);
}

void SessionTest::statusComesOnTheGuiThreadNewestWins()
{
    open(profileOf(QStringLiteral("p")));
    QSignalSpy statuses(m_session.get(), &ui::Session::statusChanged);
    QSignalSpy states(m_session.get(), &ui::Session::stateChanged);
    m_connection->setState(ConnectionState::Connecting);
    m_connection->setState(ConnectionState::Syncing);
    m_connection->setState(ConnectionState::Live);
    QCOMPARE(m_session->state(), ConnectionState::Disconnected);
    QTRY_COMPARE(m_session->state(), ConnectionState::Live);
    QCOMPARE(statuses.count(), 1);
    QCOMPARE(states.count(), 1);
}

void SessionTest::everyStateSaysWhetherCallsCanBeMade_data()
{
    QTest::addColumn<int>("state");
    QTest::addColumn<bool>("usable");
    QTest::addColumn<bool>("fresh");
    const auto row = [](const char* name, ConnectionState state, bool usable, bool fresh) {
        QTest::newRow(name) << static_cast<int>(state) << usable << fresh;
    };
    row("disconnected", ConnectionState::Disconnected, false, false);
    row("connecting", ConnectionState::Connecting, false, false);
    row("awaiting trust", ConnectionState::AwaitingTrust, false, false);
    row("authenticating", ConnectionState::Authenticating, false, false);
    row("syncing", ConnectionState::Syncing, false, false);
    row("live", ConnectionState::Live, true, true);
    row("degraded", ConnectionState::Degraded, true, false);
    row("reconnecting", ConnectionState::Reconnecting, false, false);
    row("incompatible", ConnectionState::Incompatible, false, false);
    row("signed out", ConnectionState::SignedOut, false, false);
}

void SessionTest::everyStateSaysWhetherCallsCanBeMade()
{
    QFETCH(int, state);
    QFETCH(bool, usable);
    QFETCH(bool, fresh);
    open(profileOf(QStringLiteral("p")));
    const auto wanted = static_cast<ConnectionState>(state);
    m_connection->setState(wanted);
    QTRY_COMPARE(m_session->state(), wanted);
    QCOMPARE(m_session->isUsable(), usable);
    QCOMPARE(m_session->isFresh(), fresh);
    QCOMPARE(m_session->unusableReason().isEmpty(), usable);
}

void SessionTest::permissionsOfTheSignedInOperatorDecide()
{
    open(profileOf(QStringLiteral("p")));
    QVERIFY(m_session->mayUse(QStringLiteral("metrics.view")));
    client::ConnectionStatus status;
    status.state = ConnectionState::Live;
    status.identity = access::Identity{{"dana", "Dana", {"viewer"}}, {"*.view"}, "token", {}};
    m_connection->setStatus(status);
    QTRY_COMPARE(m_session->state(), ConnectionState::Live);
    QVERIFY(m_session->mayUse(QStringLiteral("metrics.view")));
    QVERIFY(!m_session->mayUse(QStringLiteral("tenants.operate")));
    QVERIFY(m_session->mayUse(QString()));
}

void SessionTest::trustedCertificateBecomesTheProfilesPin()
{
    open(profileOf(QStringLiteral("p")));
    client::ConnectionStatus status;
    status.state = ConnectionState::AwaitingTrust;
    status.offered = client::Certificate{};
    status.offered->fingerprint = std::string(64, 'a');
    status.offered->subject = "CN=ops";
    m_connection->setStatus(status);
    QTRY_COMPARE(m_session->state(), ConnectionState::AwaitingTrust);
    m_session->trust();
    QCOMPARE(m_connection->trustAnswers, std::vector<bool>{true});
    const auto* known = m_profiles->find(QStringLiteral("p"));
    QVERIFY(known != nullptr);
    QCOMPARE(known->pinnedFingerprint, QString(64, QLatin1Char('a')));
    QVERIFY(known->pinnedDescription.contains(QStringLiteral("CN=ops")));
    open(*known);
    QCOMPARE(m_options.pinnedFingerprint, std::string(64, 'a'));
}

void SessionTest::refusedCertificateLeavesNoPin()
{
    open(profileOf(QStringLiteral("p")));
    m_session->refuseTrust();
    QCOMPARE(m_connection->trustAnswers, std::vector<bool>{false});
    QVERIFY(m_profiles->find(QStringLiteral("p"))->pinnedFingerprint.isEmpty());
}

void SessionTest::tokenIsKeptAfterSignInAndForgottenWithTheSession()
{
    open(profileOf(QStringLiteral("p")));
    QVERIFY(m_options.token.empty());
    QSignalSpy finished(m_session.get(), &ui::Session::signInFinished);
    m_session->signIn(QStringLiteral("dana"), QStringLiteral("correct horse"));
    QVERIFY(m_session->isSigningIn());
    QCOMPARE(m_connection->accessClient.signIns.requests().back().name, std::string("dana"));
    access::SignedIn signedIn;
    signedIn.token = "token-1";
    QVERIFY(m_connection->accessClient.signIns.answer(signedIn));
    QTRY_COMPARE(finished.count(), 1);
    QVERIFY(!m_session->isSigningIn());

    open(profileOf(QStringLiteral("p")));
    QCOMPARE(m_options.token, std::string("token-1"));
    // The server says that the session ended.
    m_connection->setState(ConnectionState::SignedOut);
    QTRY_COMPARE(m_session->state(), ConnectionState::SignedOut);
    open(profileOf(QStringLiteral("p")));
    QVERIFY(m_options.token.empty());
}

void SessionTest::wrongPasswordIsReportedAndKeepsNothing()
{
    open(profileOf(QStringLiteral("p")));
    absl::Status told;
    connect(m_session.get(), &ui::Session::signInFinished, this, [&](const absl::Status& status) {
        told = status;
    });
    m_session->signIn(QStringLiteral("dana"), QStringLiteral("wrong"));
    m_connection->accessClient.signIns.answer(
        withRetryDelay(absl::UnauthenticatedError("wrong name or password"), absl::Seconds(4)));
    QTRY_COMPARE(told.code(), absl::StatusCode::kUnauthenticated);
    QCOMPARE(*retryDelayOf(told), absl::Seconds(4));
    open(profileOf(QStringLiteral("p")));
    QVERIFY(m_options.token.empty());
}

void SessionTest::unreadableCertificateFileFailsWithItsName()
{
    auto profile = profileOf(QStringLiteral("p"));
    profile.caFile = QStringLiteral("/nonexistent/ca.pem");
    m_opener->open(profile);
    QTRY_COMPARE(m_failure.code(), absl::StatusCode::kFailedPrecondition);
    QVERIFY(describe(m_failure).find("/nonexistent/ca.pem") != std::string::npos);
    QVERIFY(!m_opener->isOpening());

    const QString notPem = m_folder->filePath(QStringLiteral("x.pem"));
    QFile file(notPem);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("hello");
    file.close();
    profile.caFile = notPem;
    m_opener->open(profile);
    QTRY_COMPARE(m_failure.code(), absl::StatusCode::kInvalidArgument);
}

void SessionTest::serversEnvironmentWinsOverTheProfiles()
{
    open(profileOf(QStringLiteral("p")));
    QCOMPARE(m_session->environment(), system::Environment::Production);
    client::ConnectionStatus status;
    status.state = ConnectionState::Live;
    status.server = system::ServerInfo{};
    status.server->environment = system::Environment::Staging;
    m_connection->setStatus(status);
    QTRY_COMPARE(m_session->environment(), system::Environment::Staging);
}

void SessionTest::fingerprintWordsAreProquints()
{
    // 127.0.0.1 is "lusab babad" in the proposal that defines them.
    const QString fingerprint = QStringLiteral("7f000001") + QString(56, QLatin1Char('0'));
    const QStringList words = ui::fingerprintWords(fingerprint);
    QCOMPARE(words.size(), 6);
    QCOMPARE(words[0], QStringLiteral("lusab"));
    QCOMPARE(words[1], QStringLiteral("babad"));
    QVERIFY(ui::fingerprintWords(QStringLiteral("7f00")).isEmpty());
    QVERIFY(ui::groupedFingerprint(fingerprint).startsWith(QStringLiteral("7f00 0001 0000")));
}

void SessionTest::timeWindowFollowsPausesAndZooms()
{
    StoppedClock clock;
    ui::TimeWindow window(clock);
    QSignalSpy changes(&window, &ui::TimeWindow::changed);
    window.setRange(ui::TimeRange::lastOf(absl::Minutes(10)));
    QCOMPARE(window.length(), absl::Minutes(10));
    QVERIFY(window.isFollowing());

    window.setPaused(true);
    const absl::Time pausedAt = clock.time;
    clock.time += absl::Minutes(2);
    QCOMPARE(window.to(), pausedAt);
    window.setPaused(false);
    QCOMPARE(window.to(), clock.time);

    window.zoomTo(clock.time - absl::Minutes(4), clock.time - absl::Minutes(5));
    QCOMPARE(window.from(), clock.time - absl::Minutes(5));
    QVERIFY(!window.isFollowing());
    window.zoomBy(0.000001);
    QVERIFY(window.length() >= ui::TimeWindow::kShortest);
    window.shiftBy(1000);
    QVERIFY(window.to() <= clock.time);
    window.resetZoom();
    QCOMPARE(window.range(), ui::TimeRange::lastOf(absl::Minutes(10)));
    const auto before = changes.count();
    window.setRange(window.range());
    QCOMPARE(changes.count(), before);
}

QTEST_GUILESS_MAIN(SessionTest)
#include "tst_session.moc"
