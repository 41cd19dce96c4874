// SPDX-License-Identifier: Apache-2.0
#include "server/platform/rpc/MethodTable.h"
#include "shared/access/Permissions.h"
#include "shared/base/StatusHelpers.h"
#include "tests/support/Programs.h"
#include "tests/support/api/ApiClient.h"
#include "tests/support/api/Psql.h"

#include <QTest>

#include <grpcpp/generic/generic_stub.h>

#include <algorithm>
#include <array>
#include <map>

using namespace pilothouse;
using test::ApiClient;
using Access = rpc::MethodTable::Access;

namespace {

/// Operators of every built-in role, and one whose role is none.
constexpr std::array<const char*, 4> kOperators = {"nobody", "viewer", "operator", "admin"};

/// Calls that change nothing may be made with an empty request.
bool isHarmless(const std::string& method)
{
    const std::string name = method.substr(method.rfind('.') + 1);
    return std::ranges::any_of(
        std::array{"Get", "List", "Watch", "Query", "WhoAmI"},
        [&](const char* verb) { return name.rfind(verb, 0) == 0; });
}

/// "pilothouse.v1.SystemService.GetHealth" as "/pilothouse.v1.SystemService/GetHealth"
std::string pathOf(std::string method)
{
    method[method.rfind('.')] = '/';
    return "/" + method;
}

} // namespace

/// Who may call what, asked through the front door for every method of the contract.
class TstPermissions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<test::TestServer>();
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        QVERIFY(test::makeAdministrator(*m_server));
        m_client = std::make_unique<ApiClient>(test::tlsChannel(*m_server));
        for (const char* name : {"nobody", "viewer", "operator"}) {
            const auto made = test::runSql(
                *m_server,
                QStringLiteral("INSERT INTO pilothouse.operators (name, roles, password_hash) "
                               "SELECT '%1', '{%1}', password_hash FROM pilothouse.operators "
                               "WHERE name = 'admin'")
                    .arg(QLatin1String(name)));
            QVERIFY2(made.ok, qPrintable(made.text));
        }
        for (const char* name : kOperators) {
            const auto signedIn = m_client->signIn(name, test::kPassword);
            QVERIFY2(signedIn.status.ok(), signedIn.status.ToString().c_str());
            m_tokens[name] = signedIn.value.token();
        }
    }

    void cleanupTestCase() { QVERIFY(m_server->stop()); }

    void rolesAreTold()
    {
        const auto names = [&](const char* who) {
            const auto reply = m_client->whoAmI(m_tokens[who]);
            return std::vector<std::string>(
                reply.value.permissions().begin(), reply.value.permissions().end());
        };
        QVERIFY(names("nobody").empty());
        const auto viewer = names("viewer");
        QVERIFY(std::ranges::find(viewer, "metrics.view") != viewer.end());
        QVERIFY(std::ranges::all_of(
            viewer, [](const std::string& name) { return name.ends_with(".view"); }));
        QVERIFY(names("admin").size() >= names("operator").size());
        QVERIFY(names("operator").size() >= viewer.size());
    }

    void aMethodIsOpenToWhomTheContractSays_data()
    {
        QTest::addColumn<QString>("method");
        int count = 0;
        for (const auto* service : rpc::contractServices()) {
            for (int index = 0; index < service->method_count(); ++index, ++count) {
                const std::string name = service->method(index)->full_name();
                QTest::newRow(name.c_str()) << QString::fromStdString(name);
            }
        }
        QVERIFY(count > 15);
    }

    void aMethodIsOpenToWhomTheContractSays()
    {
        QFETCH(QString, method);
        const std::string name = method.toStdString();
        const auto rule = rpc::MethodTable(rpc::contractServices()).ruleOf(name);
        QVERIFY(rule.access != Access::Refused);

        const absl::Status anonymous = statusOf(name, {});
        const absl::Status madeUp = statusOf(name, "made-up-token");
        if (rule.access == Access::Public) {
            QVERIFY2(isAdmitted(anonymous), anonymous.ToString().c_str());
            QVERIFY2(isAdmitted(madeUp), madeUp.ToString().c_str());
            return;
        }
        QVERIFY2(absl::IsUnauthenticated(anonymous), anonymous.ToString().c_str());
        QVERIFY2(absl::IsUnauthenticated(madeUp), madeUp.ToString().c_str());
        QVERIFY(!hintOf(anonymous).empty());
        for (const char* who : kOperators) {
            const bool mayCall =
                rule.access == Access::Session || access::rolesGrant({who}, rule.permission);
            if (mayCall && !isHarmless(name)) {
                continue;
            }
            const absl::Status status = statusOf(name, m_tokens[who]);
            if (mayCall) {
                QVERIFY2(isAdmitted(status), status.ToString().c_str());
                continue;
            }
            QVERIFY2(absl::IsPermissionDenied(status), status.ToString().c_str());
            const std::string message(status.message());
            QVERIFY2(message.find(who) != std::string::npos, message.c_str());
            QVERIFY2(message.find(rule.permission) != std::string::npos, message.c_str());
            QVERIFY(!hintOf(status).empty());
            QVERIFY(!requestIdOf(status).empty());
        }
    }

    /// Expired a moment ago, as the database has it: no cache may know better.
    void anExpiredSessionIsRefused()
    {
        const std::string token = m_client->signIn("viewer", test::kPassword).value.token();
        const auto expired = test::runSql(
            *m_server,
            QStringLiteral(
                "UPDATE pilothouse.sessions SET expires_at = now() - interval '1 second' "
                "WHERE id = (SELECT id FROM pilothouse.sessions "
                "ORDER BY created_at DESC LIMIT 1) RETURNING 'expired'"));
        QVERIFY2(
            expired.ok && expired.text.contains(QStringLiteral("expired")),
            qPrintable(expired.text));
        m_server->kill(); // what was in memory is gone: the session comes from the database
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        m_client = std::make_unique<ApiClient>(test::tlsChannel(*m_server));
        const absl::Status status = m_client->whoAmI(token).status;
        QVERIFY2(absl::IsUnauthenticated(status), status.ToString().c_str());
        // The others go on with theirs.
        QVERIFY(m_client->whoAmI(m_tokens["admin"]).status.ok());
    }

    void noSecretIsInTheLog()
    {
        const QString log = m_server->log();
        QVERIFY(!log.contains(QLatin1String(test::kPassword)));
        for (const auto& [who, token] : m_tokens) {
            QVERIFY2(!log.contains(QString::fromStdString(token)), who.c_str());
        }
    }

private:
    /// Past the guard, whatever the method then says to an empty request.
    static bool isAdmitted(const absl::Status& status)
    {
        // An empty sign-in is a wrong password, which is an answer of the method's own.
        return (!absl::IsUnauthenticated(status) && !absl::IsPermissionDenied(status)) ||
               reasonOf(status) == "WRONG_PASSWORD";
    }

    /// Calls with an empty request; for a stream, OK as soon as it says something.
    absl::Status statusOf(const std::string& method, const std::string& token)
    {
        grpc::GenericStub stub(m_client->channel());
        test::ApiCall context(token);
        grpc::CompletionQueue queue;
        const auto wait = [&queue] {
            void* tag = nullptr;
            bool ok = false;
            return queue.Next(&tag, &ok) && ok;
        };
        auto stream = stub.PrepareCall(&context.context, pathOf(method), &queue);
        stream->StartCall(this);
        bool hasAnswer = wait();
        const grpc::Slice nothing;
        const grpc::ByteBuffer request(&nothing, 1);
        if (hasAnswer) {
            stream->WriteLast(request, grpc::WriteOptions(), this);
            hasAnswer = wait();
        }
        grpc::ByteBuffer answer;
        stream->Read(&answer, this);
        hasAnswer = wait();
        if (hasAnswer) {
            context.context.TryCancel();
        }
        grpc::Status status;
        stream->Finish(&status, this);
        wait();
        return hasAnswer ? absl::OkStatus() : api::fromGrpcStatus(status);
    }

    std::unique_ptr<test::TestServer> m_server;
    std::unique_ptr<ApiClient> m_client;
    std::map<std::string, std::string> m_tokens;
};

QTEST_GUILESS_MAIN(TstPermissions)
#include "tst_permissions.moc"
