// SPDX-License-Identifier: Apache-2.0
#include "shared/base/StatusHelpers.h"
#include "tests/support/Programs.h"
#include "tests/support/api/ApiClient.h"

#include <QFile>
#include <QScopeGuard>
#include <QTest>

#include <atomic>
#include <csignal>
#include <set>
#include <thread>

using namespace pilothouse;
using test::ApiClient;
using test::call;

/// What the server says of itself and its parts, and what it does when its database is killed.
class TstServerHealth : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        // One caller is faster than an operator may be.
        test::TestServer::Options options;
        options.config = QStringLiteral("[grpc]\noperator_rate = 10000000\n");
        m_server = std::make_unique<test::TestServer>(options);
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        m_client = std::make_unique<ApiClient>(test::socketChannel(*m_server));
    }

    void cleanupTestCase() { QVERIFY(m_server->stop()); }

    void theServerSaysWhoItIs()
    {
        ApiClient anyone(test::tlsChannel(*m_server));
        const auto info = call(
            anyone.system(), &v1::SystemService::Stub::GetServerInfo, v1::GetServerInfoRequest());
        QVERIFY(info.status.ok());
        QCOMPARE(info.value.api_major(), 1);
        QVERIFY(!info.value.server_id().empty());
        QVERIFY(!info.value.display_name().empty());
        QCOMPARE(info.value.environment(), v1::ENVIRONMENT_LOCAL);
        QVERIFY(info.value.server_time().seconds() >= info.value.start_time().seconds());
    }

    void everyComponentIsHealthy()
    {
        QTRY_COMPARE_WITH_TIMEOUT(
            m_client->componentState("control-database"), std::string("healthy"), 10000);
        QTRY_VERIFY_WITH_TIMEOUT(!m_client->componentState("disk").empty(), 10000);
    }

    void resourcesHaveARowEach()
    {
        const auto reply = call(
            m_client->system(),
            &v1::SystemService::Stub::ListResources,
            v1::ListResourcesRequest());
        QVERIFY(reply.status.ok());
        QVERIFY(reply.value.pools_size() >= 1);
        QCOMPARE(reply.value.pools(0).name(), std::string("control"));
        QCOMPARE(reply.value.pools(0).maximum(), 20);
        std::set<std::string> executors;
        for (const auto& executor : reply.value.executors()) {
            executors.insert(executor.name());
        }
        QVERIFY(executors.contains("db") && executors.contains("sign-in"));
    }

    void watchersHearEachSecond()
    {
        test::ApiCall context({}, 30000);
        auto stream = m_client->system().WatchHealth(&context.context, v1::WatchHealthRequest());
        v1::WatchHealthResponse message;
        for (std::int64_t expected = 1; expected <= 4; ++expected) {
            QVERIFY(stream->Read(&message));
            QCOMPARE(message.sequence(), expected);
        }
    }

    void aSlowWatcherIsConflated()
    {
        test::ApiCall context({}, 60000);
        auto slow = m_client->system().WatchHealth(&context.context, v1::WatchHealthRequest());
        // Others keep working while it does not read.
        for (int repeat = 0; repeat < 20; ++repeat) {
            QVERIFY(m_client->health().status.ok());
        }
        v1::WatchHealthResponse message;
        QVERIFY(slow->Read(&message));
        QCOMPARE(message.sequence(), 1);
    }

    void aKilledDatabaseDegradesAndRecovers()
    {
        QVERIFY(test::makeAdministrator(*m_server));
        ApiClient operatorClient(test::tlsChannel(*m_server));
        const std::string token = operatorClient.signIn("admin", test::kPassword).value.token();
        QVERIFY(!token.empty());

        std::atomic<bool> running{true};
        std::atomic<int> answered{0};
        absl::Status refusal;
        std::thread load([&] {
            ApiClient client(test::tlsChannel(*m_server));
            while (running.load() && refusal.ok()) {
                refusal = client.health(token).status;
                ++answered;
            }
        });
        auto stopLoad = qScopeGuard([&] {
            running.store(false);
            load.join();
        });
        QTRY_VERIFY(answered.load() > 10);

        QFile pidFile(m_server->dataDir() + QStringLiteral("/postgres/data/postmaster.pid"));
        QVERIFY(pidFile.open(QIODevice::ReadOnly));
        const auto postmaster = static_cast<pid_t>(pidFile.readLine().trimmed().toInt());
        QVERIFY(postmaster > 1);
        bool sawUnhealthy = false;
        bool sawUnavailable = false;
        // Again and again until both were seen: the server may be quicker than this test.
        QVERIFY(test::waitUntil(
            [&] {
                QFile file(pidFile.fileName());
                if (file.open(QIODevice::ReadOnly)) {
                    const auto pid = static_cast<pid_t>(file.readLine().trimmed().toInt());
                    if (pid > 1) {
                        ::kill(pid, SIGKILL);
                    }
                }
                sawUnavailable =
                    sawUnavailable ||
                    absl::IsUnavailable(operatorClient.signIn("admin", test::kPassword).status);
                sawUnhealthy =
                    sawUnhealthy || m_client->componentState("control-database") == "unhealthy";
                return sawUnhealthy && sawUnavailable;
            },
            30000));
        QTRY_COMPARE_WITH_TIMEOUT(
            m_client->componentState("control-database"), std::string("healthy"), 60000);
        QTRY_VERIFY_WITH_TIMEOUT(
            operatorClient.signIn("admin", test::kPassword).status.ok(), 30000);
        // Whoever was signed in noticed nothing.
        stopLoad.dismiss();
        running.store(false);
        load.join();
        QVERIFY2(refusal.ok(), refusal.ToString().c_str());
    }

private:
    std::unique_ptr<test::TestServer> m_server;
    std::unique_ptr<ApiClient> m_client;
};

QTEST_GUILESS_MAIN(TstServerHealth)
#include "tst_server_health.moc"
