// SPDX-License-Identifier: Apache-2.0
// Health checks of endpoints that this test really runs.
#include "tests/integration/metrics/PageServer.h"
#include "tests/integration/services/RegistryProbe.h"
#include "tests/support/Programs.h"

#include <grpcpp/ext/health_check_service_server_builder_option.h>
#include <grpcpp/health_check_service_interface.h>

#include <QHostAddress>
#include <QTcpServer>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kPatience = 30000;
constexpr int kFast = 250000000;

v1::InstanceSpec checked(
    const std::string& id, v1::HealthCheck::Kind kind, const std::string& address)
{
    v1::InstanceSpec spec = RegistryProbe::spec("checked", id, address);
    spec.mutable_check()->set_kind(kind);
    spec.mutable_check()->mutable_interval()->set_nanos(kFast);
    return spec;
}

/// gRPC's own health service, and nothing else.
class HealthServer
{
public:
    HealthServer()
    {
        grpc::EnableDefaultHealthCheckService(true);
        grpc::ServerBuilder builder;
        builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &m_port);
        m_queue = builder.AddCompletionQueue();
        m_server = builder.BuildAndStart();
    }
    ~HealthServer()
    {
        if (m_server) {
            m_server->Shutdown();
        }
        m_queue->Shutdown();
        void* tag = nullptr;
        bool ok = false;
        while (m_queue->Next(&tag, &ok)) {
        }
    }

    bool isRunning() const { return m_server != nullptr; }
    std::string address() const { return "127.0.0.1:" + std::to_string(m_port); }
    void setServing(bool isServing)
    {
        m_server->GetHealthCheckService()->SetServingStatus(isServing);
    }

private:
    int m_port = 0;
    std::unique_ptr<grpc::ServerCompletionQueue> m_queue;
    std::unique_ptr<grpc::Server> m_server;
};

} // namespace

class TestServicesChecks : public QObject
{
    Q_OBJECT

private:
    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<RegistryProbe> m_registry;

    bool becomes(const std::string& id, v1::InstanceState state)
    {
        return waitUntil([&] { return m_registry->state("checked", id) == state; }, kPatience);
    }
    QString problem(const std::string& id)
    {
        return QString::fromStdString(m_registry->instance("checked", id).problem());
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<TestServer>();
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        m_registry = std::make_unique<RegistryProbe>(socketChannel(*m_server));
    }

    void http()
    {
        PageServer page;
        page.setPage(QByteArray("fine"));
        const auto spec = checked("http", v1::HealthCheck::KIND_HTTP, page.address().toStdString());
        QVERIFY(!m_registry->enrolled(spec).empty());
        QVERIFY(becomes("http", v1::INSTANCE_STATE_HEALTHY));
        page.setRaw("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n");
        QVERIFY(becomes("http", v1::INSTANCE_STATE_UNHEALTHY));
        QVERIFY2(problem("http").contains("503"), qPrintable(problem("http")));
        page.setPage(QByteArray("fine again"));
        QVERIFY(becomes("http", v1::INSTANCE_STATE_HEALTHY));
        const v1::Instance shown = m_registry->instance("checked", "http");
        QVERIFY(shown.checks_size() > 1);
        QVERIFY(shown.checks(shown.checks_size() - 1).passed());
    }

    /// Whatever an endpoint answers, only its own instance suffers.
    void badHttp_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<QByteArray>("endless");
        QTest::newRow("silent") << QByteArray() << QByteArray();
        QTest::newRow("not http") << QByteArray("hello\r\n\r\n") << QByteArray();
        QTest::newRow("redirect") << QByteArray("HTTP/1.1 302 No\r\nLocation: http://10.0.0.1/\r\n"
                                                "Content-Length: 0\r\n\r\n")
                                  << QByteArray();
        QTest::newRow("endless") << QByteArray("HTTP/1.1 200 OK\r\n\r\n") << QByteArray(65536, 'x');
    }

    void badHttp()
    {
        QFETCH(QByteArray, answer);
        QFETCH(QByteArray, endless);
        PageServer page;
        page.setRaw(answer, endless);
        auto spec = checked("bad", v1::HealthCheck::KIND_HTTP, page.address().toStdString());
        QVERIFY(!m_registry->enrolled(spec).empty());
        QVERIFY(becomes("bad", v1::INSTANCE_STATE_UNHEALTHY));
        QVERIFY(!problem("bad").isEmpty());
    }

    void tcp()
    {
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        const quint16 port = server.serverPort();
        QVERIFY(!m_registry
                     ->enrolled(checked(
                         "tcp", v1::HealthCheck::KIND_TCP, "127.0.0.1:" + std::to_string(port)))
                     .empty());
        QVERIFY(becomes("tcp", v1::INSTANCE_STATE_HEALTHY));
        server.close();
        QVERIFY(becomes("tcp", v1::INSTANCE_STATE_UNHEALTHY));
        QVERIFY2(problem("tcp").contains("cannot connect"), qPrintable(problem("tcp")));
        QVERIFY(server.listen(QHostAddress::LocalHost, port));
        QVERIFY(becomes("tcp", v1::INSTANCE_STATE_HEALTHY));
    }

    void grpcHealth()
    {
        HealthServer server;
        QVERIFY(server.isRunning());
        QVERIFY(!m_registry->enrolled(checked("grpc", v1::HealthCheck::KIND_GRPC, server.address()))
                     .empty());
        QVERIFY(becomes("grpc", v1::INSTANCE_STATE_HEALTHY));
        server.setServing(false);
        QVERIFY(becomes("grpc", v1::INSTANCE_STATE_UNHEALTHY));
        QVERIFY2(problem("grpc").contains("NOT_SERVING"), qPrintable(problem("grpc")));
        server.setServing(true);
        QVERIFY(becomes("grpc", v1::INSTANCE_STATE_HEALTHY));
    }

    void aServiceThatGrpcDoesNotKnow()
    {
        HealthServer server;
        auto spec = checked("grpc-unknown", v1::HealthCheck::KIND_GRPC, server.address());
        spec.mutable_check()->set_target("no.such.Service");
        QVERIFY(!m_registry->enrolled(spec).empty());
        QVERIFY(becomes("grpc-unknown", v1::INSTANCE_STATE_UNHEALTHY));
    }

    void namesThatDoNotResolve()
    {
        QVERIFY(!m_registry
                     ->enrolled(
                         checked("nowhere", v1::HealthCheck::KIND_TCP, "no-such-host.invalid:80"))
                     .empty());
        QVERIFY(becomes("nowhere", v1::INSTANCE_STATE_UNHEALTHY));
    }

    /// Checks and a time to live together: both must hold.
    void aCheckedInstanceMayBeatToo()
    {
        PageServer page;
        page.setPage(QByteArray("fine"));
        auto spec = checked("both", v1::HealthCheck::KIND_HTTP, page.address().toStdString());
        spec.mutable_ttl()->set_seconds(1);
        const std::string registration = m_registry->enrolled(spec);
        QVERIFY(becomes("both", v1::INSTANCE_STATE_UNHEALTHY));
        QVERIFY2(problem("both").contains("heartbeat"), qPrintable(problem("both")));
        QVERIFY(m_registry->beat("checked", "both", registration).ok());
        QCOMPARE(m_registry->state("checked", "both"), v1::INSTANCE_STATE_HEALTHY);
    }

    /// Many that hang at once do not keep the others from being checked.
    void hangingChecksKeepNobodyWaiting()
    {
        PageServer silent;
        silent.setSilent();
        for (int index = 0; index < 200; ++index) {
            QVERIFY(!m_registry
                         ->enrolled(checked(
                             "hang" + std::to_string(index),
                             v1::HealthCheck::KIND_HTTP,
                             silent.address().toStdString()))
                         .empty());
        }
        PageServer page;
        page.setPage(QByteArray("fine"));
        QVERIFY(!m_registry
                     ->enrolled(
                         checked("late", v1::HealthCheck::KIND_HTTP, page.address().toStdString()))
                     .empty());
        QVERIFY(becomes("late", v1::INSTANCE_STATE_HEALTHY));
        QVERIFY(becomes("hang0", v1::INSTANCE_STATE_UNHEALTHY));
    }

    void stoppingWaitsForNoCheck() { QVERIFY2(m_server->stop(), qPrintable(m_server->log())); }
};

QTEST_GUILESS_MAIN(TestServicesChecks)
#include "tst_services_checks.moc"
