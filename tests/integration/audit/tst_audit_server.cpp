// SPDX-License-Identifier: Apache-2.0
#include "shared/base/StatusHelpers.h"
#include "tests/integration/audit/AuditProbe.h"
#include "tests/integration/postgres/Cluster.h"
#include "tests/support/Programs.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>
#include <pqxx/pqxx>

#include <algorithm>
#include <thread>

using namespace pilothouse;
using test::ApiClient;
using test::AuditProbe;
using test::call;

namespace {

/// Lock of the chain writers: whoever holds it keeps them waiting.
constexpr const char* kHoldChain = "SELECT pg_advisory_lock(418498210164)";

/// Entries that wait, put there as one act.
std::string pendingSql(int count)
{
    return "INSERT INTO pilothouse.audit_pending (actor, roles, action, target, before, after, "
           "plan_digest, reason, source, request_id, trace_id, outcome, message) SELECT 'dana', "
           "'{operator}', 'tenants.suspend', 'tenants/t' || n, '', repeat('x', 100), '', 'a, "
           "\"b\"', "
           "'10.0.0.7', 'r' || n, '', 'ok', '' FROM generate_series(1, " +
           std::to_string(count) + ") n";
}

} // namespace

/// The audit through a real server and pilothousectl.
class TstAuditServer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<test::TestServer>(
            test::TestServer::Options{QString(), {}, {}, 120000});
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        QVERIFY(test::makeAdministrator(*m_server));
        connectClients();
        m_shell = std::make_unique<test::ClusterShell>(*m_server);
    }

    void cleanupTestCase()
    {
        if (m_server != nullptr) {
            QVERIFY(m_server->stop(30000));
        }
    }

    void initIsRecorded()
    {
        const auto entry = m_probe->newest("access.operators.create");
        QCOMPARE(entry.target(), std::string("operators/admin"));
        QCOMPARE(entry.actor(), std::string("server"));
        QVERIFY(entry.sequence() >= 1);
        QCOMPARE(entry.hash().size(), std::size_t{32});
    }

    void signInsAndSignOutsAreRecorded()
    {
        const auto signedIn = m_tls->signIn("admin", test::kPassword);
        QVERIFY(signedIn.status.ok());
        const auto entry = m_probe->newest("access.sessions.create");
        QCOMPARE(entry.actor(), std::string("admin"));
        QCOMPARE(entry.roles(0), std::string("admin"));
        QCOMPARE(entry.source(), std::string("127.0.0.1"));
        QCOMPARE(entry.outcome(), v1::AUDIT_OUTCOME_OK);
        QVERIFY(!entry.request_id().empty());
        QVERIFY(entry.after().find("a test") != std::string::npos);
        QVERIFY(call(
                    m_tls->access(),
                    &v1::AccessService::Stub::SignOut,
                    v1::SignOutRequest(),
                    signedIn.value.token())
                    .status.ok());
        QCOMPARE(m_probe->newest("access.sessions.end").actor(), std::string("admin"));
        QVERIFY(
            m_tls->signIn("admin", "wrong").status.code() == absl::StatusCode::kUnauthenticated);
        const auto failed = m_probe->newest("access.sessions.create", 2);
        QCOMPARE(failed.actor(), std::string("anonymous"));
        QCOMPARE(failed.target(), std::string("operators/admin"));
        QCOMPARE(failed.outcome(), v1::AUDIT_OUTCOME_FAILED);
        // Each once: neither the use case nor the guard twice.
        QCOMPARE(m_probe->list(filterBy("access.sessions.create")).size(), std::size_t{2});
        QCOMPARE(m_probe->list(filterBy("access.sessions.end")).size(), std::size_t{1});
    }

    void deniedAndFailedCallsAreRecorded()
    {
        m_shell->run("INSERT INTO pilothouse.operators (name, roles, password_hash) SELECT 'nina', "
                     "'{nothing}', password_hash FROM pilothouse.operators WHERE name = 'admin'");
        const auto nina = m_tls->signIn("nina", test::kPassword);
        QVERIFY2(nina.status.ok(), nina.status.ToString().c_str());
        QVERIFY(absl::IsPermissionDenied(m_tls->health(nina.value.token()).status));
        const auto denied = m_probe->newest("system.view");
        QCOMPARE(denied.actor(), std::string("nina"));
        QCOMPARE(denied.outcome(), v1::AUDIT_OUTCOME_DENIED);
        QVERIFY(denied.message().find("system.view") != std::string::npos);
        v1::RevokeSessionRequest revoke;
        revoke.set_id("nothing");
        QVERIFY(absl::IsNotFound(call(
                                     m_tls->access(),
                                     &v1::AccessService::Stub::RevokeSession,
                                     revoke,
                                     nina.value.token())
                                     .status));
        const auto failed = m_probe->newest("access.sessions.revoke");
        QCOMPARE(failed.outcome(), v1::AUDIT_OUTCOME_FAILED);
        QCOMPARE(failed.actor(), std::string("nina"));
        // Who may not look, may not look here either.
        const auto list = call(
            m_tls->audit(),
            &v1::AuditService::Stub::ListEntries,
            v1::ListEntriesRequest(),
            nina.value.token());
        QVERIFY(absl::IsPermissionDenied(list.status));
    }

    void badQuestionsAreRefused()
    {
        v1::ListEntriesRequest request;
        request.mutable_filter()->set_action("a*b");
        const auto list = [&] {
            return call(m_socket->audit(), &v1::AuditService::Stub::ListEntries, request).status;
        };
        QVERIFY(absl::IsInvalidArgument(list()));
        request.mutable_filter()->set_action("a");
        request.set_page_token("made up");
        QVERIFY(absl::IsInvalidArgument(list()));
        request.clear_page_token();
        request.set_page_size(-1);
        QVERIFY(absl::IsInvalidArgument(list()));
        v1::GetEntryRequest get;
        get.set_sequence(1000000);
        QVERIFY(absl::IsNotFound(
            call(m_socket->audit(), &v1::AuditService::Stub::GetEntry, get).status));
        QVERIFY(absl::IsInvalidArgument(m_probe->exportAll(v1::EXPORT_FORMAT_UNSPECIFIED).status));
    }

    void aWatcherSeesNewEntries()
    {
        test::ApiCall context({}, 60000);
        v1::WatchEntriesRequest request;
        request.mutable_filter()->set_action("tenants.*");
        const auto reader = m_socket->audit().WatchEntries(&context.context, request);
        v1::WatchEntriesResponse first;
        QVERIFY(reader->Read(&first));
        QCOMPARE(first.entries_size(), 0);
        m_shell->run(pendingSql(3));
        std::vector<std::string> targets;
        v1::WatchEntriesResponse message;
        while (targets.size() < 3 && reader->Read(&message)) {
            for (const auto& entry : message.entries()) {
                targets.push_back(entry.target());
            }
            QVERIFY(!message.gap());
        }
        QCOMPARE(targets, (std::vector<std::string>{"tenants/t1", "tenants/t2", "tenants/t3"}));
        while (message.chain().state() != v1::CHAIN_STATE_INTACT && reader->Read(&message)) {
        }
        QCOMPARE(message.chain().state(), v1::CHAIN_STATE_INTACT);
        context.context.TryCancel();
    }

    void activityCounts()
    {
        v1::GetActivityRequest request;
        request.set_action("tenants.suspend");
        const auto reply = call(m_socket->audit(), &v1::AuditService::Stub::GetActivity, request);
        QVERIFY2(reply.status.ok(), reply.status.ToString().c_str());
        std::int64_t entries = 0;
        for (const auto& hour : reply.value.hours()) {
            entries += hour.entries();
        }
        QCOMPARE(entries, std::int64_t{3});
    }

    void anExportIsWholeInSmallPieces()
    {
        constexpr int kMany = 30000;
        m_shell->run(pendingSql(kMany));
        QVERIFY(test::waitUntil(
            [&] {
                return m_shell->run("SELECT count(*) FROM pilothouse.audit_pending") ==
                       QStringLiteral("0");
            },
            120000));
        const auto csv = m_probe->exportAll(v1::EXPORT_FORMAT_CSV);
        QVERIFY2(csv.status.ok(), csv.status.ToString().c_str());
        QVERIFY(csv.entries > kMany);
        QVERIFY(csv.largest < (std::size_t{1} << 20));
        QVERIFY(csv.data.starts_with("sequence,record_time,actor"));
        QCOMPARE(std::int64_t{std::ranges::count(csv.data, '\n')}, csv.entries + 1);
        QVERIFY(csv.data.find("\"a, \"\"b\"\"\"") != std::string::npos);
        // Each export is an entry, with what was asked for.
        QVERIFY(test::waitUntil(
            [&] {
                return std::ranges::any_of(
                    m_probe->list(filterBy("audit.entries.export")), [](const auto& entry) {
                        return entry.actor() == "local" &&
                               entry.after().find("EXPORT_FORMAT_CSV") != std::string::npos;
                    });
            },
            60000));
        const auto json = m_probe->exportAll(v1::EXPORT_FORMAT_JSON_LINES);
        QVERIFY(json.status.ok());
        QVERIFY(json.entries > csv.entries);
        const QByteArray line =
            QByteArray::fromStdString(json.data.substr(0, json.data.find('\n')));
        QCOMPARE(
            QJsonDocument::fromJson(line).object().value(QStringLiteral("sequence")).toInt(), 1);
        // Going on after a loss leaves nothing out and doubles nothing.
        const auto rest = m_probe->exportAll(v1::EXPORT_FORMAT_CSV, csv.last - 10);
        QVERIFY(rest.data.starts_with(std::to_string(csv.last - 9) + ","));
    }

    void ctlListsExportsAndVerifies()
    {
        QCOMPARE(
            ctl({"list", "--action", "tenants.*", "--limit", "2", "--output", "json"}).exitCode, 0);
        const auto list =
            ctl({"list", "--action", "tenants.*", "--limit", "2", "--output", "json"});
        const QJsonObject object = QJsonDocument::fromJson(list.out.toUtf8()).object();
        QCOMPARE(object.value(QStringLiteral("entries")).toArray().size(), 2);
        QVERIFY(object.value(QStringLiteral("more")).toBool());
        const auto show = ctl({"show", "1"});
        QVERIFY2(show.out.contains(QStringLiteral("Hash")), qPrintable(show.out + show.err));
        QCOMPARE(ctl({"show", "99999999"}).exitCode, 3);
        QCOMPARE(ctl({"list", "--action", "a*b"}).exitCode, 2);
        QVERIFY(ctl({"activity"}).out.contains(QStringLiteral("tenants.suspend")));
        const QString file = m_server->folder() + QStringLiteral("/audit.csv");
        QCOMPARE(ctl({"export", "--file", file}).exitCode, 0);
        QFile exported(file);
        QVERIFY(exported.open(QIODevice::ReadOnly));
        QVERIFY(exported.readAll().count('\n') > 30000);
        QVERIFY(!QFile::exists(file + QStringLiteral(".part")));
        const auto jsonl = ctl({"export", "--format", "jsonl", "--actor", "nina"});
        QVERIFY(jsonl.out.startsWith(QStringLiteral("{\"sequence\":")));
        const auto verify = ctl({"verify"});
        QCOMPARE(verify.exitCode, 0);
        QVERIFY(verify.out.contains(QStringLiteral("Intact")));
        const QString head = verify.out.section(QStringLiteral("Head "), 1).trimmed();
        QCOMPARE(ctl({"verify", "--head", head}).exitCode, 0);
        const auto forged = ctl(
            {"verify",
             "--head",
             head.section(QLatin1Char(':'), 0, 0) + QLatin1Char(':') +
                 QString(64, QLatin1Char('a'))});
        QCOMPARE(forged.exitCode, 1);
        QVERIFY(forged.out.contains(QStringLiteral("BROKEN")));
    }

    /// The record is durable with the act: whoever kills the server before the chain has it loses
    /// nothing.
    void aKillBetweenRecordAndChainLosesNothing()
    {
        {
            pqxx::connection holder(m_shell->url());
            pqxx::nontransaction hold(holder);
            hold.exec(kHoldChain);
            QVERIFY(m_tls->signIn("admin", test::kPassword).status.ok());
            QCOMPARE(
                m_shell->run("SELECT count(*) FROM pilothouse.audit_pending"), QStringLiteral("1"));
            m_server->kill();
        }
        const QString folder = m_server->folder();
        auto next = std::make_unique<test::TestServer>(
            test::TestServer::Options{QString(), {}, folder, 120000});
        QVERIFY2(next->start(), qPrintable(next->log()));
        m_killed = std::move(m_server); // keeps the folder until the end
        m_server = std::move(next);
        connectClients();
        m_shell = std::make_unique<test::ClusterShell>(*m_server);
        const auto entry = m_probe->newest("access.sessions.create", 4);
        QCOMPARE(entry.actor(), std::string("admin"));
        QCOMPARE(entry.outcome(), v1::AUDIT_OUTCOME_OK);
        QCOMPARE(m_probe->verify().state(), v1::CHAIN_STATE_INTACT);
    }

    void tamperingIsFoundThroughTheFrontDoor()
    {
        m_shell->run(
            "BEGIN; SET LOCAL session_replication_role = replica; "
            "UPDATE pilothouse.audit_entries SET actor = 'eve' WHERE sequence = 3; COMMIT");
        const auto verify = ctl({"verify"});
        QCOMPARE(verify.exitCode, 1);
        QVERIFY2(
            verify.out.contains(QStringLiteral("at entry 3")), qPrintable(verify.out + verify.err));
        const auto verdict = m_probe->verify();
        QCOMPARE(verdict.state(), v1::CHAIN_STATE_BROKEN);
        QCOMPARE(verdict.broken_sequence(), std::int64_t{3});
        QVERIFY2(
            test::waitUntil(
                [&] { return m_socket->componentState("audit") == "unhealthy"; }, 60000),
            m_socket->componentState("audit").c_str());
    }

    void twoServersChainOnce()
    {
        test::Cluster cluster;
        QVERIFY(cluster.start().ok());
        QString url = QString::fromStdString(cluster.postgres().url());
        url.replace(QLatin1Char('\\'), QStringLiteral("\\\\"));
        url.replace(QLatin1Char('"'), QStringLiteral("\\\""));
        const QString config = QStringLiteral("[database]\nurl = \"%1\"\n").arg(url);
        test::TestServer one(test::TestServer::Options{config, {}, {}, 120000});
        test::TestServer two(test::TestServer::Options{config, {}, {}, 120000});
        QVERIFY2(one.start(), qPrintable(one.log()));
        QVERIFY2(two.start(), qPrintable(two.log()));
        ApiClient first(test::socketChannel(one));
        ApiClient second(test::socketChannel(two));
        constexpr int kCalls = 60;
        const auto revokeMany = [](ApiClient& client) {
            for (int number = 0; number < kCalls; ++number) {
                v1::RevokeSessionRequest request;
                request.set_id("none");
                call(client.access(), &v1::AccessService::Stub::RevokeSession, request);
            }
        };
        std::thread other([&] { revokeMany(second); });
        revokeMany(first);
        other.join();
        AuditProbe probe(first);
        QVERIFY(probe.newest("access.sessions.revoke", 2 * kCalls).sequence() > 0);
        QCOMPARE(probe.list(filterBy("access.sessions.revoke")).size(), std::size_t{2 * kCalls});
        std::int64_t expected = probe.list().front().sequence();
        for (const auto& entry : probe.list()) {
            QCOMPARE(entry.sequence(), expected--);
        }
        QCOMPARE(probe.verify().state(), v1::CHAIN_STATE_INTACT);
        QVERIFY(one.stop(30000));
        QVERIFY(two.stop(30000));
    }

private:
    static v1::AuditFilter filterBy(const std::string& action)
    {
        v1::AuditFilter filter;
        filter.set_action(action);
        return filter;
    }

    void connectClients()
    {
        m_socket = std::make_unique<ApiClient>(test::socketChannel(*m_server));
        m_tls = std::make_unique<ApiClient>(test::tlsChannel(*m_server));
        m_probe = std::make_unique<AuditProbe>(*m_socket);
    }

    test::ProgramResult ctl(const QStringList& arguments) const
    {
        return test::runProgram(
            QStringLiteral("pilothousectl"),
            QStringList{
                QStringLiteral("--server"), m_server->socketAddress(), QStringLiteral("audit")} +
                arguments,
            60000);
    }

    std::unique_ptr<test::TestServer> m_killed;
    std::unique_ptr<test::TestServer> m_server;
    std::unique_ptr<ApiClient> m_socket;
    std::unique_ptr<ApiClient> m_tls;
    std::unique_ptr<AuditProbe> m_probe;
    std::unique_ptr<test::ClusterShell> m_shell;
};

QTEST_GUILESS_MAIN(TstAuditServer)
#include "tst_audit_server.moc"
