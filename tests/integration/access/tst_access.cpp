// SPDX-License-Identifier: Apache-2.0
#include "shared/base/StatusHelpers.h"
#include "tests/support/Programs.h"
#include "tests/support/api/ApiClient.h"

#include <QTest>

#include <set>

using namespace pilothouse;
using test::ApiClient;
using test::call;

namespace {

constexpr const char* kConfig = R"(
[access]
lock_after = 5
lock_for = "3s"
session_lifetime = "20s"
session_idle = "20s"
)";

QString text(const absl::Status& status)
{
    return QString::fromStdString(status.ToString());
}

} // namespace

/// Sign-in and sessions through a real server with its private PostgreSQL.
class TstAccess : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<test::TestServer>(
            test::TestServer::Options{QString::fromLatin1(kConfig), {}, {}, 90000});
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        m_socket = std::make_unique<ApiClient>(test::socketChannel(*m_server));
        m_tls = std::make_unique<ApiClient>(test::tlsChannel(*m_server));
        QVERIFY(serverInfo().needs_init());
        QVERIFY(test::makeAdministrator(*m_server));
    }

    void cleanupTestCase() { QVERIFY(m_server->stop()); }

    void theSocketIsAnAdministratorWithoutSignIn()
    {
        const auto who = m_socket->whoAmI();
        QVERIFY2(who.status.ok(), qPrintable(text(who.status)));
        QCOMPARE(who.value.authentication(), std::string("unix-socket"));
        QCOMPARE(who.value.operator_().roles(0), std::string("admin"));
        QVERIFY(m_socket->health().status.ok());
    }

    void tlsNeedsASignIn()
    {
        const auto health = m_tls->health();
        QVERIFY2(absl::IsUnauthenticated(health.status), qPrintable(text(health.status)));
        QVERIFY(!hintOf(health.status).empty());
        QVERIFY(!requestIdOf(health.status).empty());
        QVERIFY(absl::IsUnauthenticated(m_tls->health("not-a-token").status));
        QVERIFY(absl::IsUnauthenticated(m_tls->health(std::string(5000, 'x')).status));
    }

    void aSignInOpensASession()
    {
        const auto signedIn = m_tls->signIn("admin", test::kPassword);
        QVERIFY2(signedIn.status.ok(), qPrintable(text(signedIn.status)));
        QCOMPARE(signedIn.value.token().size(), std::size_t{43});
        const std::string& token = signedIn.value.token();
        const auto who = m_tls->whoAmI(token);
        QCOMPARE(who.value.operator_().name(), std::string("admin"));
        QCOMPARE(who.value.authentication(), std::string("token"));
        QVERIFY(m_tls->health(token).status.ok());

        const auto sessions = call(
            m_tls->access(),
            &v1::AccessService::Stub::ListSessions,
            v1::ListSessionsRequest(),
            token);
        QVERIFY(sessions.status.ok());
        QCOMPARE(sessions.value.sessions(0).client(), std::string("a test"));
        QCOMPARE(sessions.value.sessions(0).address(), std::string("127.0.0.1"));
        QVERIFY(sessions.value.sessions(0).current());
    }

    void theTokenIsNeitherLoggedNorStored()
    {
        const auto signedIn = m_tls->signIn("admin", test::kPassword);
        QVERIFY(signedIn.status.ok());
        QVERIFY(!m_server->log().contains(QString::fromStdString(signedIn.value.token())));
        QVERIFY(!m_server->log().contains(QLatin1String(test::kPassword)));
    }

    void signOutEndsTheSessionAtOnce()
    {
        const std::string token = m_tls->signIn("admin", test::kPassword).value.token();
        QVERIFY(
            call(m_tls->access(), &v1::AccessService::Stub::SignOut, v1::SignOutRequest(), token)
                .status.ok());
        QVERIFY(absl::IsUnauthenticated(m_tls->whoAmI(token).status));
    }

    void aRevokedSessionLosesItsStreams()
    {
        const std::string mine = m_tls->signIn("admin", test::kPassword).value.token();
        const std::string other = m_tls->signIn("admin", test::kPassword).value.token();
        test::ApiCall watching(other);
        auto stream = m_tls->system().WatchHealth(&watching.context, v1::WatchHealthRequest());
        v1::WatchHealthResponse message;
        QVERIFY(stream->Read(&message));
        const auto sessions = call(
            m_tls->access(),
            &v1::AccessService::Stub::ListSessions,
            v1::ListSessionsRequest(),
            mine);
        v1::RevokeSessionRequest request;
        request.set_id(sessions.value.sessions(0).id()); // the newest: the other one
        QVERIFY(!sessions.value.sessions(0).current());
        QVERIFY(call(m_tls->access(), &v1::AccessService::Stub::RevokeSession, request, mine)
                    .status.ok());
        while (stream->Read(&message)) {
        }
        QCOMPARE(stream->Finish().error_code(), grpc::StatusCode::UNAUTHENTICATED);
        QVERIFY(m_tls->whoAmI(mine).status.ok());
        QVERIFY(absl::IsNotFound(
            call(m_tls->access(), &v1::AccessService::Stub::RevokeSession, request, mine).status));
    }

    void sessionsComeInPages()
    {
        const std::string token = m_tls->signIn("admin", test::kPassword).value.token();
        m_tls->signIn("admin", test::kPassword);
        std::set<std::string> seen;
        v1::ListSessionsRequest request;
        request.set_page_size(1);
        int pages = 0;
        do {
            const auto page =
                call(m_tls->access(), &v1::AccessService::Stub::ListSessions, request, token);
            QVERIFY2(page.status.ok(), qPrintable(text(page.status)));
            QCOMPARE(page.value.sessions_size(), 1);
            QVERIFY(seen.insert(page.value.sessions(0).id()).second);
            request.set_page_token(page.value.next_page_token());
            ++pages;
        } while (!request.page_token().empty() && pages < 200);
        QVERIFY(pages >= 2 && pages < 200);
        request.set_page_token("AAAAmadeup");
        QVERIFY(absl::IsInvalidArgument(
            call(m_tls->access(), &v1::AccessService::Stub::ListSessions, request, token).status));
    }

    void aPasswordChangeEndsTheOtherSessions()
    {
        const std::string mine = m_tls->signIn("admin", test::kPassword).value.token();
        const std::string other = m_tls->signIn("admin", test::kPassword).value.token();
        v1::ChangePasswordRequest request;
        request.set_current_password("wrong");
        request.set_new_password("another fine password");
        QVERIFY(absl::IsInvalidArgument(
            call(m_tls->access(), &v1::AccessService::Stub::ChangePassword, request, mine).status));
        request.set_current_password(test::kPassword);
        request.set_new_password("short");
        QVERIFY(absl::IsInvalidArgument(
            call(m_tls->access(), &v1::AccessService::Stub::ChangePassword, request, mine).status));
        request.set_new_password("another fine password");
        QVERIFY(call(m_tls->access(), &v1::AccessService::Stub::ChangePassword, request, mine)
                    .status.ok());
        QVERIFY(m_tls->whoAmI(mine).status.ok());
        QVERIFY(absl::IsUnauthenticated(m_tls->whoAmI(other).status));
        QVERIFY(m_tls->signIn("admin", "another fine password").status.ok());
        request.set_current_password("another fine password");
        request.set_new_password(test::kPassword);
        QVERIFY(call(m_tls->access(), &v1::AccessService::Stub::ChangePassword, request, mine)
                    .status.ok());
    }

    void guessingIsSlowedThenLocked_data()
    {
        QTest::addColumn<QString>("name");
        QTest::newRow("a name that exists") << "admin";
        QTest::newRow("a name that does not") << "nobody-here";
    }

    void guessingIsSlowedThenLocked()
    {
        QFETCH(QString, name);
        const std::string who = name.toStdString();
        bool slowed = false;
        bool locked = false;
        absl::Status last;
        const bool ended = test::waitUntil(
            [&] {
                last = m_tls->signIn(who, "wrong password").status;
                slowed = slowed || reasonOf(last) == "SIGN_IN_SLOWED";
                locked = reasonOf(last) == "ACCOUNT_LOCKED";
                return locked;
            },
            30000);
        QVERIFY2(ended, qPrintable(text(last)));
        QVERIFY(slowed);
        QVERIFY(absl::IsResourceExhausted(last));
        QVERIFY(retryDelayOf(last).has_value());
        QVERIFY(*retryDelayOf(last) <= absl::Seconds(3));
        // The right password does not open a locked account, and the lock ends by itself.
        if (who == "admin") {
            QVERIFY(absl::IsResourceExhausted(m_tls->signIn(who, test::kPassword).status));
            QVERIFY(test::waitUntil(
                [&] { return m_tls->signIn(who, test::kPassword).status.ok(); }, 10000));
        }
    }

    void aSessionExpires()
    {
        const auto signedIn = m_tls->signIn("admin", test::kPassword);
        const std::string token = signedIn.value.token();
        QVERIFY(m_tls->whoAmI(token).status.ok());
        absl::Status status;
        QVERIFY(test::waitUntil(
            [&] {
                status = m_tls->whoAmI(token).status;
                return !status.ok();
            },
            40000));
        QVERIFY(absl::IsUnauthenticated(status));
    }

    void oddCredentialsAreRefused_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("password");
        QTest::newRow("empty") << ""
                               << "";
        QTest::newRow("long name") << QString(100000, QLatin1Char('n')) << "x";
        QTest::newRow("long password") << "someone" << QString(1000000, QLatin1Char('p'));
        QTest::newRow("sql") << "x'; DROP TABLE pilothouse.operators; --"
                             << "x";
        QTest::newRow("upper case") << "Admin" << QString::fromLatin1(test::kPassword);
    }

    void oddCredentialsAreRefused()
    {
        QFETCH(QString, name);
        QFETCH(QString, password);
        const auto reply = m_tls->signIn(name.toStdString(), password.toStdString());
        QVERIFY2(absl::IsUnauthenticated(reply.status), qPrintable(text(reply.status)));
        QCOMPARE(reasonOf(reply.status), std::string("WRONG_PASSWORD"));
    }

    void initRefusesASecondAdministratorAndCanResetAPassword()
    {
        QVERIFY(test::waitUntil([&] { return !serverInfo().needs_init(); }, 10000));
        const auto again = test::runProgram(
            QStringLiteral("pilothoused"),
            {QStringLiteral("init"), QStringLiteral("--data-dir"), m_server->dataDir()});
        QCOMPARE(again.exitCode, 1);
        QVERIFY2(again.err.contains(QStringLiteral("already")), qPrintable(again.err));
        const auto reset = test::runProgram(
            QStringLiteral("pilothoused"),
            {QStringLiteral("init"),
             QStringLiteral("--data-dir"),
             m_server->dataDir(),
             QStringLiteral("--reset-password")});
        QCOMPARE(reset.exitCode, 0);
        const std::string password =
            reset.out.trimmed().section(QLatin1Char(' '), -1).toStdString();
        QVERIFY2(m_tls->signIn("admin", password).status.ok(), qPrintable(reset.out));
    }

private:
    v1::GetServerInfoResponse serverInfo()
    {
        return call(
                   m_tls->system(),
                   &v1::SystemService::Stub::GetServerInfo,
                   v1::GetServerInfoRequest())
            .value;
    }
    std::unique_ptr<test::TestServer> m_server;
    std::unique_ptr<ApiClient> m_socket;
    std::unique_ptr<ApiClient> m_tls;
};

QTEST_GUILESS_MAIN(TstAccess)
#include "tst_access.moc"
