// SPDX-License-Identifier: Apache-2.0
#include "shared/base/StatusHelpers.h"
#include "shared/base/proto/TimeProto.h"
#include "tests/integration/access/AdminProbe.h"
#include "tests/support/Programs.h"

#include <QTest>

#include <absl/time/clock.h>

using namespace pilothouse;
using test::AdminProbe;
using test::ApiClient;
using test::call;
using Access = v1::AccessService::Stub;
using Admin = v1::AccessAdminService::Stub;

namespace {

/// Not production: the tokens are what this is about.
constexpr const char* kConfig = R"(
[access]
token_lifetime = "10d"
)";

QString text(const absl::Status& status)
{
    return QString::fromStdString(status.ToString());
}

} // namespace

/// Personal tokens through a real server: replayed, expired, foreign and downgraded ones.
class TstAccessTokens : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<test::TestServer>(
            test::TestServer::Options{QString::fromLatin1(kConfig), {}, {}, 120000});
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        QVERIFY(test::makeAdministrator(*m_server));
        m_tls = std::make_unique<ApiClient>(test::tlsChannel(*m_server));
        m_root = std::make_unique<AdminProbe>(test::socketChannel(*m_server));
        const auto made = m_root->createOperator("olga", {"operator"});
        QVERIFY2(made.status.ok(), qPrintable(text(made.status)));
        QCOMPARE(made.value.plan().friction(), v1::FRICTION_F1);
        m_olga = m_tls->signIn("olga", test::kPassword).value.token();
        QVERIFY(!m_olga.empty());
    }

    void cleanupTestCase() { QVERIFY(m_server->stop()); }

    void aTokenMayWhatItsScopesSay()
    {
        const auto made = create({"system.view"});
        QVERIFY2(made.status.ok(), qPrintable(text(made.status)));
        const std::string secret = made.value.secret();
        QVERIFY(secret.starts_with("pht_"));
        const auto who = m_tls->whoAmI(secret);
        QCOMPARE(who.value.authentication(), std::string("personal-token"));
        QCOMPARE(who.value.permissions_size(), 1);
        QVERIFY(m_tls->health(secret).status.ok());
        AdminProbe script(m_tls->channel(), secret);
        QVERIFY(absl::IsPermissionDenied(script.takeLease()));
        QVERIFY(!m_server->log().contains(QString::fromStdString(secret)));
        const auto tokens =
            call(m_tls->access(), &Access::ListTokens, v1::ListTokensRequest(), m_olga);
        QCOMPARE(tokens.value.tokens(0).id(), made.value.token().id());
        // A session it is not.
        const auto sessions =
            call(m_tls->access(), &Access::ListSessions, v1::ListSessionsRequest(), m_olga);
        for (const auto& session : sessions.value.sessions()) {
            QVERIFY(session.id() != made.value.token().id());
        }
    }

    void noTokenMayMoreThanItsOperator_data()
    {
        QTest::addColumn<QString>("scope");
        QTest::addColumn<bool>("fits");
        QTest::newRow("own permission") << "plans.operate" << true;
        QTest::newRow("own pattern") << "*.view" << true;
        QTest::newRow("everything") << "*" << false;
        QTest::newRow("administration") << "access.manage" << false;
        QTest::newRow("whole capability") << "plans.*" << false;
    }

    void noTokenMayMoreThanItsOperator()
    {
        QFETCH(QString, scope);
        QFETCH(bool, fits);
        const auto made = create({scope.toStdString()});
        QCOMPARE(made.status.ok(), fits);
        if (!fits) {
            QCOMPARE(reasonOf(made.status), std::string("SCOPE_TOO_WIDE"));
        }
    }

    void aTokenIsNoPerson()
    {
        const std::string secret = create({"*.view", "*.operate"}).value.secret();
        v1::CreateTokenRequest request = wish({"*.view"}, absl::Hours(1));
        QCOMPARE(
            reasonOf(call(m_tls->access(), &Access::CreateToken, request, secret).status),
            std::string("NEEDS_PERSON"));
        v1::ChangePasswordRequest change;
        change.set_current_password(test::kPassword);
        change.set_new_password("something else entirely");
        QCOMPARE(
            reasonOf(call(m_tls->access(), &Access::ChangePassword, change, secret).status),
            std::string("NEEDS_PERSON"));
    }

    void aTokenEndsInBoundedTime()
    {
        for (const absl::Duration life :
             {-absl::Hours(1), absl::ZeroDuration(), absl::Hours(24 * 11)}) {
            const auto made =
                call(m_tls->access(), &Access::CreateToken, wish({"*.view"}, life), m_olga);
            QVERIFY(absl::IsInvalidArgument(made.status));
        }
        v1::CreateTokenRequest endless = wish({"*.view"}, absl::Hours(1));
        endless.clear_expire_time();
        QVERIFY(absl::IsInvalidArgument(
            call(m_tls->access(), &Access::CreateToken, endless, m_olga).status));
        const auto brief =
            call(m_tls->access(), &Access::CreateToken, wish({"*.view"}, absl::Seconds(8)), m_olga);
        QVERIFY(brief.status.ok());
        absl::Status status;
        QVERIFY(test::waitUntil(
            [&] {
                status = m_tls->whoAmI(brief.value.secret()).status;
                return !status.ok();
            },
            30000));
        QVERIFY(absl::IsUnauthenticated(status));
    }

    void aRevokedTokenIsWorthless()
    {
        const auto made = create({"*.view"});
        const std::string secret = made.value.secret();
        test::ApiCall watching(secret, 60000);
        auto stream = m_tls->system().WatchHealth(&watching.context, v1::WatchHealthRequest());
        v1::WatchHealthResponse message;
        QVERIFY(stream->Read(&message));
        v1::RevokeTokenRequest revoke;
        revoke.set_id(made.value.token().id());
        const std::string admin = m_tls->signIn("admin", test::kPassword).value.token();
        QVERIFY(absl::IsNotFound(
            call(m_tls->access(), &Access::RevokeToken, revoke, admin).status)); // not theirs
        QVERIFY(call(m_tls->access(), &Access::RevokeToken, revoke, m_olga).status.ok());
        QVERIFY(absl::IsUnauthenticated(m_tls->health(secret).status)); // replayed
        while (stream->Read(&message)) {
        }
        QCOMPARE(stream->Finish().error_code(), grpc::StatusCode::UNAUTHENTICATED);
    }

    void madeUpTokensOpenNothing()
    {
        const std::string secret = create({"*.view"}).value.secret();
        for (const std::string& bad :
             {secret.substr(4),
              secret + "x",
              secret.substr(0, secret.size() - 1),
              std::string("pht_")}) {
            QVERIFY(absl::IsUnauthenticated(m_tls->whoAmI(bad).status));
        }
    }

    void aDowngradedOperatorsTokenIsDowngraded()
    {
        const std::string secret = create({"*.operate", "system.view"}).value.secret();
        QCOMPARE(m_tls->whoAmI(secret).value.permissions_size() > 1, true);
        const auto demoted =
            m_root->execute(&Admin::UpdateOperator, AdminProbe::rolesOf("olga", {"viewer"}));
        QVERIFY2(demoted.status.ok(), qPrintable(text(demoted.status)));
        const auto who = m_tls->whoAmI(secret);
        QCOMPARE(who.value.permissions_size(), 1);
        QCOMPARE(who.value.permissions(0), std::string("system.view"));
        AdminProbe script(m_tls->channel(), secret);
        QVERIFY(absl::IsPermissionDenied(script.takeLease()));
    }

    void aPasswordResetEndsTokens()
    {
        const std::string secret = create({"*.view"}).value.secret();
        v1::ResetPasswordRequest reset;
        reset.set_name("olga");
        reset.set_new_password("a password of another kind");
        const auto done = m_root->execute(&Admin::ResetPassword, reset);
        QVERIFY2(done.status.ok(), qPrintable(text(done.status)));
        QVERIFY(absl::IsUnauthenticated(m_tls->whoAmI(secret).status));
        QVERIFY(absl::IsUnauthenticated(m_tls->whoAmI(m_olga).status));
        QVERIFY(m_tls->signIn("olga", "a password of another kind").status.ok());
    }

private:
    static v1::CreateTokenRequest wish(const std::vector<std::string>& scopes, absl::Duration life)
    {
        v1::CreateTokenRequest request;
        request.set_name("nightly report");
        request.mutable_scopes()->Assign(scopes.begin(), scopes.end());
        *request.mutable_expire_time() = toProto(absl::Now() + life);
        return request;
    }

    test::ApiReply<v1::CreateTokenResponse> create(const std::vector<std::string>& scopes)
    {
        return call(m_tls->access(), &Access::CreateToken, wish(scopes, absl::Hours(24)), m_olga);
    }

    std::unique_ptr<test::TestServer> m_server;
    std::unique_ptr<ApiClient> m_tls;
    std::unique_ptr<AdminProbe> m_root;
    std::string m_olga;
};

QTEST_GUILESS_MAIN(TstAccessTokens)
#include "tst_access_tokens.moc"
