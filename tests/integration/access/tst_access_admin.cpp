// SPDX-License-Identifier: Apache-2.0
#include "shared/base/StatusHelpers.h"
#include "shared/base/Violations.h"
#include "tests/integration/access/AdminProbe.h"
#include "tests/support/Programs.h"

#include <QFile>
#include <QTest>

#include <algorithm>

using namespace pilothouse;
using test::AdminProbe;
using test::ApiClient;
using test::call;
using Admin = v1::AccessAdminService::Stub;

namespace {

constexpr const char* kConfig = R"(
[server]
environment = "production"
display_name = "eu-prod-1"

[access]
lock_after = 4
lock_for = "10m"
)";

QString text(const absl::Status& status)
{
    return QString::fromStdString(status.ToString());
}

template <typename Request>
Request named(const std::string& name)
{
    Request request;
    request.set_name(name);
    return request;
}

} // namespace

/// The administration of operators through real servers in production.
class TstAccessAdmin : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<test::TestServer>(
            test::TestServer::Options{QString::fromLatin1(kConfig), {}, {}, 120000});
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        m_tls = std::make_unique<ApiClient>(test::tlsChannel(*m_server));
        m_root = std::make_unique<AdminProbe>(test::socketChannel(*m_server));
        QVERIFY(test::makeAdministrator(*m_server));
        const auto another = test::runProgram(
            QStringLiteral("pilothoused"),
            {QStringLiteral("init"),
             QStringLiteral("--data-dir"),
             m_server->dataDir(),
             QStringLiteral("--another"),
             QStringLiteral("--name"),
             QStringLiteral("lee"),
             QStringLiteral("--password-file"),
             m_server->folder() + QStringLiteral("/password")});
        QVERIFY2(another.exitCode == 0, qPrintable(another.err));
        m_admin = probe("admin");
        m_lee = probe("lee");
        QVERIFY(!m_admin->token().empty() && !m_lee->token().empty());
    }

    void cleanupTestCase()
    {
        if (m_second != nullptr) {
            QVERIFY(m_second->stop());
        }
        QVERIFY(m_server->stop());
    }

    void init() { QVERIFY(m_admin->takeLease().ok()); }

    void productionIsReadOnlyThroughEveryDoor()
    {
        QVERIFY(m_admin->endLease().ok());
        for (AdminProbe* door : {m_admin.get(), m_root.get()}) {
            const auto reply = door->createOperator("kim", {"viewer"});
            QCOMPARE(reasonOf(reply.status), std::string("LEASE_NEEDED"));
        }
        QVERIFY(absl::IsNotFound(m_admin->getOperator("kim").status));
    }

    void anOperatorIsMadeAndMayWhatTheRoleSays()
    {
        const auto made = m_admin->createOperator("vic", {"viewer"});
        QVERIFY2(made.status.ok(), qPrintable(text(made.status)));
        QCOMPARE(made.value.plan().friction(), v1::FRICTION_F2);
        QVERIFY(absl::IsAlreadyExists(m_admin->createOperator("vic", {"viewer"}).status));
        const auto vic = probe("vic");
        QVERIFY(m_tls->health(vic->token()).status.ok());
        const auto refused = vic->createOperator("eve", {"admin"});
        QVERIFY(absl::IsPermissionDenied(refused.status));
        QVERIFY(absl::IsPermissionDenied(vic->takeLease()));
        QVERIFY(vic->getOperator("vic").status.ok());
    }

    void whatWillNotDoIsRefused_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("role");
        QTest::newRow("name with spaces") << "a b"
                                          << "viewer";
        QTest::newRow("name of the server") << "server"
                                            << "viewer";
        QTest::newRow("name of the socket's administrator") << "local"
                                                            << "viewer";
        QTest::newRow("role that there is not") << "max"
                                                << "emperor";
    }

    void whatWillNotDoIsRefused()
    {
        QFETCH(QString, name);
        QFETCH(QString, role);
        const auto reply = m_admin->createOperator(name.toStdString(), {role.toStdString()});
        QVERIFY2(absl::IsInvalidArgument(reply.status), qPrintable(text(reply.status)));
    }

    void grantingAdministrationNeedsASecondPerson()
    {
        QVERIFY(m_admin->createOperator("rob", {"viewer"}).status.ok());
        const auto wish = AdminProbe::rolesOf("rob", {"admin"});
        const auto plan = m_admin->plan(&Admin::UpdateOperator, wish);
        QVERIFY2(plan.status.ok(), qPrintable(text(plan.status)));
        QCOMPARE(plan.value.plan().friction(), v1::FRICTION_F4);
        QCOMPARE(
            reasonOf(m_admin->execute(&Admin::UpdateOperator, wish).status),
            std::string("APPROVAL_NEEDED"));
        const auto asked = m_admin->requestApproval(plan.value.plan().digest());
        QVERIFY2(asked.status.ok(), qPrintable(text(asked.status)));
        const v1::Approval& approval = asked.value.approval();
        QCOMPARE(reasonOf(m_admin->approve(approval)), std::string("APPROVAL_OWN"));
        QCOMPARE(reasonOf(m_root->approve(approval)), std::string("APPROVAL_NEEDS_PERSON"));
        QCOMPARE(m_lee->safety().pending_approvals_size(), 1);
        QVERIFY(m_lee->approve(approval).ok());
        QCOMPARE(m_admin->safety().ready_approvals_size(), 1);

        // Not by another one, not with other roles.
        QVERIFY(m_lee->takeLease().ok());
        QCOMPARE(
            reasonOf(m_lee->execute(&Admin::UpdateOperator, wish, approval.id()).status),
            std::string("APPROVAL_FOREIGN"));
        const auto more = AdminProbe::rolesOf("rob", {"admin", "operator"});
        QCOMPARE(
            reasonOf(m_admin->execute(&Admin::UpdateOperator, more, approval.id()).status),
            std::string("APPROVAL_OTHER_PLAN"));
        const auto done = m_admin->execute(&Admin::UpdateOperator, wish, approval.id());
        QVERIFY2(done.status.ok(), qPrintable(text(done.status)));
        QCOMPARE(
            m_admin->getOperator("rob").value.operator_().operator_().roles(0),
            std::string("admin"));
        // And back, which takes no second person.
        QVERIFY(m_admin->execute(&Admin::UpdateOperator, AdminProbe::rolesOf("rob", {"viewer"}))
                    .status.ok());
        QCOMPARE(
            reasonOf(m_admin->execute(&Admin::UpdateOperator, wish, approval.id()).status),
            std::string("APPROVAL_USED"));
    }

    void aRoleChangeReachesOpenStreams()
    {
        v1::CreateRoleRequest role;
        role.mutable_role()->set_name("watcher");
        role.mutable_role()->add_permissions("system.view");
        QVERIFY(m_admin->execute(&Admin::CreateRole, role).status.ok());
        QVERIFY(m_admin->createOperator("wes", {"watcher"}).status.ok());
        const auto wes = probe("wes");
        QCOMPARE(m_tls->whoAmI(wes->token()).value.permissions_size(), 1);
        test::ApiCall watching(wes->token(), 60000);
        auto stream = m_tls->system().WatchHealth(&watching.context, v1::WatchHealthRequest());
        v1::WatchHealthResponse message;
        QVERIFY(stream->Read(&message));

        v1::UpdateRoleRequest update;
        update.mutable_role()->set_name("watcher");
        update.mutable_role()->add_permissions("metrics.view");
        const auto changed = m_admin->execute(&Admin::UpdateRole, update);
        QVERIFY2(changed.status.ok(), qPrintable(text(changed.status)));
        QCOMPARE(changed.value.plan().impact().numbers(0).value(), 1.0);
        while (stream->Read(&message)) {
        }
        const absl::Status ended = api::fromGrpcStatus(stream->Finish());
        QVERIFY(absl::IsUnavailable(ended));
        QCOMPARE(reasonOf(ended), std::string("PERMISSIONS_CHANGED"));
        // The same session goes on with what it may now.
        QVERIFY(absl::IsPermissionDenied(m_tls->health(wes->token()).status));
        QCOMPARE(m_tls->whoAmI(wes->token()).value.permissions(0), std::string("metrics.view"));
        QCOMPARE(
            reasonOf(m_admin->execute(&Admin::DeleteRole, named<v1::DeleteRoleRequest>("watcher"))
                         .status),
            std::string("ROLE_IN_USE"));
    }

    void rolesAreCheckedAgainstTheContract()
    {
        v1::CreateRoleRequest role;
        role.mutable_role()->set_name("typo");
        role.mutable_role()->add_permissions("metric.view");
        QVERIFY(absl::IsInvalidArgument(m_admin->execute(&Admin::CreateRole, role).status));
        role.mutable_role()->set_name("admin");
        QVERIFY(absl::IsFailedPrecondition(m_admin->execute(&Admin::CreateRole, role).status));
        const auto permissions = call(
            m_admin->admin(),
            &Admin::ListPermissions,
            v1::ListPermissionsRequest(),
            m_admin->token());
        QVERIFY(permissions.status.ok());
        const auto& all = permissions.value.permissions();
        const auto found = std::find_if(all.begin(), all.end(), [](const auto& permission) {
            return permission.name() == "access.manage";
        });
        QVERIFY(found != all.end());
        QCOMPARE(found->roles_size(), 1);
        const auto& methods = found->methods();
        QVERIFY(
            std::find(methods.begin(), methods.end(), "AccessAdminService.CreateOperator") !=
            methods.end());
    }

    void disablingEndsEverythingAtOnce()
    {
        QVERIFY(m_admin->createOperator("dan", {"operator"}).status.ok());
        const auto dan = probe("dan");
        QVERIFY(dan->takeLease().ok());
        const auto disabled =
            m_admin->execute(&Admin::DisableOperator, named<v1::DisableOperatorRequest>("dan"));
        QVERIFY2(disabled.status.ok(), qPrintable(text(disabled.status)));
        QVERIFY(absl::IsUnauthenticated(m_tls->whoAmI(dan->token()).status));
        QCOMPARE(
            reasonOf(m_tls->signIn("dan", test::kPassword).status),
            std::string("ACCOUNT_DISABLED"));
        // Those who watch see within a second that the lease went with the operator.
        QVERIFY(test::waitUntil([&] {
            const v1::Safety safety = m_admin->safety();
            return std::none_of(
                safety.other_leases().begin(), safety.other_leases().end(), [](const auto& lease) {
                    return lease.operator_name() == "dan";
                });
        }));
        QVERIFY(m_admin->execute(&Admin::EnableOperator, named<v1::EnableOperatorRequest>("dan"))
                    .status.ok());
        QVERIFY(m_tls->signIn("dan", test::kPassword).status.ok());
        QVERIFY(m_admin->execute(&Admin::DeleteOperator, named<v1::DeleteOperatorRequest>("dan"))
                    .status.ok());
        QCOMPARE(
            reasonOf(m_tls->signIn("dan", test::kPassword).status), std::string("WRONG_PASSWORD"));
    }

    void theLastAdministratorStays()
    {
        QCOMPARE(
            reasonOf(
                m_admin
                    ->execute(&Admin::DisableOperator, named<v1::DisableOperatorRequest>("admin"))
                    .status),
            std::string("OWN_ACCOUNT"));
        QVERIFY(m_admin->execute(&Admin::DisableOperator, named<v1::DisableOperatorRequest>("lee"))
                    .status.ok());
        QVERIFY(m_root->takeLease().ok());
        const auto isLast = [&](const absl::Status& status) {
            return reasonOf(status) == "LAST_ADMIN";
        };
        QVERIFY(
            isLast(m_root->execute(&Admin::UpdateOperator, AdminProbe::rolesOf("admin", {"viewer"}))
                       .status));
        QVERIFY(isLast(
            m_root->execute(&Admin::DisableOperator, named<v1::DisableOperatorRequest>("admin"))
                .status));
        QVERIFY(isLast(
            m_root->execute(&Admin::DeleteOperator, named<v1::DeleteOperatorRequest>("admin"))
                .status));
        // Enabling an administrator gives power, so it needs a second person; root on the machine
        // is the way out when there is none.
        const auto enable =
            m_admin->execute(&Admin::EnableOperator, named<v1::EnableOperatorRequest>("lee"));
        QCOMPARE(reasonOf(enable.status), std::string("APPROVAL_NEEDED"));
        const auto reset = test::runProgram(
            QStringLiteral("pilothoused"),
            {QStringLiteral("init"),
             QStringLiteral("--data-dir"),
             m_server->dataDir(),
             QStringLiteral("--reset-password"),
             QStringLiteral("--name"),
             QStringLiteral("lee"),
             QStringLiteral("--password-file"),
             m_server->folder() + QStringLiteral("/password")});
        QVERIFY2(reset.exitCode == 0, qPrintable(reset.err));
        m_lee = probe("lee");
        QVERIFY(!m_lee->token().empty());
        QVERIFY(m_lee->takeLease().ok());
    }

    void twoChangesOfOneOperatorDoNotMeet()
    {
        QVERIFY(m_admin->createOperator("tea", {"viewer"}).status.ok());
        auto first = AdminProbe::rolesOf("tea", {"viewer", "operator"});
        first.set_etag(m_admin->getOperator("tea").value.operator_().etag());
        auto second = AdminProbe::rolesOf("tea", {"operator"});
        second.set_etag(first.etag());
        const auto plan = m_admin->plan(&Admin::UpdateOperator, second);
        QVERIFY(m_admin->execute(&Admin::UpdateOperator, first).status.ok());
        QVERIFY(absl::IsAborted(m_admin->execute(&Admin::UpdateOperator, second).status));
        // Without the etag the plan still knows that it is of another revision.
        second.clear_etag();
        const auto stale = m_admin->confirm(&Admin::UpdateOperator, second, plan.value.plan());
        QCOMPARE(reasonOf(stale.status), std::string("PLAN_CHANGED"));
        QVERIFY(!violationsOf(stale.status).empty());
    }

    void aLockedAccountIsUnlocked()
    {
        QVERIFY(m_admin->createOperator("uma", {"viewer"}).status.ok());
        QVERIFY(test::waitUntil(
            [&] { return reasonOf(m_tls->signIn("uma", "wrong").status) == "ACCOUNT_LOCKED"; },
            60000));
        QVERIFY(m_admin->getOperator("uma").value.operator_().has_locked_until_time());
        const auto unlocked =
            m_admin->execute(&Admin::UnlockOperator, named<v1::UnlockOperatorRequest>("uma"));
        QVERIFY2(unlocked.status.ok(), qPrintable(text(unlocked.status)));
        QVERIFY(m_tls->signIn("uma", test::kPassword).status.ok());
    }

    void whoWatchesSeesLeasesComeAndGo()
    {
        QVERIFY(m_lee->endLease().ok());
        test::ApiCall watching(m_lee->token(), 60000);
        auto stream = m_lee->plans().WatchSafety(&watching.context, v1::WatchSafetyRequest());
        v1::WatchSafetyResponse message;
        QVERIFY(stream->Read(&message));
        QVERIFY(message.safety().needs_lease());
        QCOMPARE(message.safety().environment_name(), std::string("eu-prod-1"));
        QVERIFY(!message.safety().has_lease());
        QVERIFY(m_lee->takeLease().ok());
        while (!message.safety().has_lease() && stream->Read(&message)) {
        }
        QCOMPARE(message.safety().lease().operator_name(), std::string("lee"));
        QVERIFY(m_lee->endLease().ok());
        while (message.safety().has_lease() && stream->Read(&message)) {
        }
        QVERIFY(!message.safety().has_lease());
    }

    void allSessionsAreSeenAndEnded()
    {
        const auto before = m_tls->signIn("vic", test::kPassword).value.token();
        v1::ListAllSessionsRequest list;
        list.set_operator_name("vic");
        const auto sessions =
            call(m_admin->admin(), &Admin::ListAllSessions, list, m_admin->token());
        QVERIFY(sessions.value.sessions_size() >= 1);
        v1::EndSessionsRequest end;
        end.set_operator_name("vic");
        const auto ended = m_admin->execute(&Admin::EndSessions, end);
        QVERIFY2(ended.status.ok(), qPrintable(text(ended.status)));
        QCOMPARE(ended.value.ended(), sessions.value.sessions_size());
        QVERIFY(absl::IsUnauthenticated(m_tls->whoAmI(before).status));
        // Everyone's: the environment's name has to be typed, and the caller stays.
        const auto all = m_admin->execute(&Admin::EndSessions, v1::EndSessionsRequest());
        QVERIFY2(all.status.ok(), qPrintable(text(all.status)));
        QCOMPARE(all.value.plan().friction(), v1::FRICTION_F3);
        QVERIFY(m_tls->whoAmI(m_admin->token()).status.ok());
        QVERIFY(absl::IsUnauthenticated(m_tls->whoAmI(m_lee->token()).status));
        m_lee = probe("lee");
    }

    void aSecondServerOnTheDatabaseFollows()
    {
        QFile file(m_server->dataDir() + QStringLiteral("/postgres/data/postmaster.pid"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString socketFolder =
            QString::fromUtf8(file.readAll()).split(QLatin1Char('\n')).at(4);
        const QString config =
            QString::fromLatin1(kConfig) +
            QStringLiteral(
                "\n[database]\nurl = \"host='%1' user='pilothouse' dbname='pilothouse'\"\n")
                .arg(socketFolder);
        m_second =
            std::make_unique<test::TestServer>(test::TestServer::Options{config, {}, {}, 120000});
        QVERIFY2(m_second->start(), qPrintable(m_second->log()));
        ApiClient there(test::tlsChannel(*m_second));
        AdminProbe adminThere(test::tlsChannel(*m_second), m_admin->token());

        // A session opened here is good there, and ends there when it is ended here.
        const std::string vic = m_tls->signIn("vic", test::kPassword).value.token();
        QVERIFY(there.whoAmI(vic).status.ok());
        QVERIFY(m_admin->execute(&Admin::DisableOperator, named<v1::DisableOperatorRequest>("vic"))
                    .status.ok());
        QVERIFY(test::waitUntil(
            [&] { return absl::IsUnauthenticated(there.whoAmI(vic).status); }, 20000));

        // A lease taken here holds there; an approval given here is used there, once.
        QVERIFY(test::waitUntil([&] { return adminThere.safety().has_lease(); }, 20000));
        const auto wish = AdminProbe::rolesOf("rob", {"admin"});
        const auto plan = m_admin->plan(&Admin::UpdateOperator, wish);
        const auto asked = m_admin->requestApproval(plan.value.plan().digest());
        QVERIFY(m_lee->approve(asked.value.approval()).ok());
        const std::string id = asked.value.approval().id();
        const auto done = adminThere.execute(&Admin::UpdateOperator, wish, id);
        QVERIFY2(done.status.ok(), qPrintable(text(done.status)));
        const auto back =
            m_admin->execute(&Admin::UpdateOperator, AdminProbe::rolesOf("rob", {"viewer"}));
        QVERIFY2(back.status.ok(), qPrintable(text(back.status)));
        const auto again = m_admin->execute(&Admin::UpdateOperator, wish, id);
        QVERIFY2(absl::IsFailedPrecondition(again.status), qPrintable(text(again.status)));
    }

private:
    std::unique_ptr<AdminProbe> probe(const std::string& name)
    {
        return std::make_unique<AdminProbe>(
            m_tls->channel(), m_tls->signIn(name, test::kPassword).value.token());
    }

    std::unique_ptr<test::TestServer> m_server;
    std::unique_ptr<test::TestServer> m_second;
    std::unique_ptr<ApiClient> m_tls;
    /// The unix socket.
    std::unique_ptr<AdminProbe> m_root;
    std::unique_ptr<AdminProbe> m_admin;
    std::unique_ptr<AdminProbe> m_lee;
};

QTEST_GUILESS_MAIN(TstAccessAdmin)
#include "tst_access_admin.moc"
