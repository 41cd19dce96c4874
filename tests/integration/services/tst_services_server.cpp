// SPDX-License-Identifier: Apache-2.0
// The registry through gRPC against a real server in a production environment.
#include "tests/integration/services/RegistryProbe.h"
#include "tests/support/Programs.h"

#include <pilothouse/v1/metrics.grpc.pb.h>
#include <pilothouse/v1/plans.grpc.pb.h>

#include <QTest>

#include <set>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kPatience = 30000;

constexpr const char* kConfig = R"(
[server]
environment = "production"
display_name = "eu-prod-1"

[services]
max_instances = 40
remove_after = "10s"
)";

} // namespace

class TestServicesServer : public QObject
{
    Q_OBJECT

private:
    using Stub = v1::RegistryService::Stub;

    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<ApiClient> m_tls;
    std::unique_ptr<RegistryProbe> m_root;

    /// Audit entries of an action on a target.
    int audited(const std::string& action, const std::string& target)
    {
        v1::ListEntriesRequest request;
        request.mutable_filter()->set_action(action);
        request.mutable_filter()->set_target(target);
        const auto reply = call(
            ApiClient(socketChannel(*m_server)).audit(),
            &v1::AuditService::Stub::ListEntries,
            request);
        return reply.value.entries_size();
    }

    template <typename Method, typename Request>
    auto plan(Method method, Request request)
    {
        request.set_validate_only(true);
        return m_root->call(method, request);
    }
    template <typename Method, typename Request>
    auto execute(Method method, Request request)
    {
        const auto planned = plan(method, request);
        auto& confirmation = *request.mutable_confirmation();
        confirmation.set_plan_digest(planned.value.plan().digest());
        confirmation.set_reason("a test");
        confirmation.set_typed_name(planned.value.plan().environment_name());
        return m_root->call(method, request);
    }
    static v1::SetInstanceDrainingRequest draining(const char* service, const char* id, bool on)
    {
        v1::SetInstanceDrainingRequest request;
        request.set_service(service);
        request.set_id(id);
        request.set_draining(on);
        return request;
    }
    static v1::RemoveInstanceRequest removal(const char* service, const char* id)
    {
        v1::RemoveInstanceRequest request;
        request.set_service(service);
        request.set_id(id);
        return request;
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_server = std::make_unique<TestServer>(
            TestServer::Options{QString::fromLatin1(kConfig), {}, {}, 120000});
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        QVERIFY(makeAdministrator(*m_server));
        m_tls = std::make_unique<ApiClient>(tlsChannel(*m_server));
        m_root = std::make_unique<RegistryProbe>(socketChannel(*m_server));
    }

    void registeringIsSeenAtOnceAndAudited()
    {
        auto spec = RegistryProbe::spec("checkout", "green-1", "10.0.0.7:8080");
        spec.set_colour("green");
        spec.set_version("2.4.1");
        (*spec.mutable_metadata())["zone"] = "b";
        const auto reply = m_root->enroll(spec);
        QVERIFY2(reply.status.ok(), std::string(reply.status.message()).c_str());
        QVERIFY(!reply.value.registration().empty());
        QCOMPARE(reply.value.heartbeat_interval().seconds(), 10);
        const v1::Instance instance = m_root->instance("checkout", "green-1");
        QCOMPARE(instance.state(), v1::INSTANCE_STATE_HEALTHY);
        QCOMPARE(instance.spec().metadata().at("zone"), std::string("b"));
        QCOMPARE(instance.spec().weight(), 100);
        QCOMPARE(m_root->resolved("checkout"), std::string("green-1"));
        QVERIFY(waitUntil([&] {
            return audited("services.instances.register", "services/checkout/green-1") == 1;
        }));
        QVERIFY(m_root->beat("checkout", "green-1", reply.value.registration()).ok());
        QVERIFY(m_root->beat("checkout", "green-1", reply.value.registration()).ok());
        QCOMPARE(audited("services.*", "services/checkout/green-1"), 1);
    }

    void programsLeaveByTheirRegistration()
    {
        const std::string registration =
            m_root->enrolled(RegistryProbe::spec("leaver", "a", "127.0.0.1:1"));
        v1::DeregisterInstanceRequest request;
        request.set_service("leaver");
        request.set_id("a");
        request.set_registration("guess");
        QVERIFY(
            absl::IsFailedPrecondition(m_root->call(&Stub::DeregisterInstance, request).status));
        request.set_registration(registration);
        QVERIFY(m_root->call(&Stub::DeregisterInstance, request).status.ok());
        QCOMPARE(m_root->state("leaver", "a"), v1::INSTANCE_STATE_UNSPECIFIED);
        QVERIFY(absl::IsNotFound(m_root->call(&Stub::DeregisterInstance, request).status));
        QVERIFY(absl::IsNotFound(m_root->beat("leaver", "a", registration)));
    }

    void whoRegistersAnewTakesThePlace()
    {
        const auto spec = RegistryProbe::spec("again", "a", "127.0.0.1:1");
        const std::string first = m_root->enrolled(spec);
        const std::string second = m_root->enrolled(spec);
        QVERIFY(first != second);
        QVERIFY(absl::IsFailedPrecondition(m_root->beat("again", "a", first)));
        QVERIFY(m_root->beat("again", "a", second).ok());
    }

    void aMissingHeartbeatIsNoticedAndTheInstanceGivenUp()
    {
        auto spec = RegistryProbe::spec("silent", "a", "127.0.0.1:1");
        spec.mutable_ttl()->set_seconds(1);
        QVERIFY(!m_root->enrolled(spec).empty());
        QVERIFY(waitUntil(
            [&] { return m_root->state("silent", "a") == v1::INSTANCE_STATE_UNHEALTHY; },
            kPatience));
        QCOMPARE(m_root->instance("silent", "a").problem(), std::string("no heartbeat within 1s"));
        v1::ResolveRequest request;
        request.set_service("silent");
        const auto refused = m_root->call(&Stub::Resolve, request);
        QVERIFY(absl::IsUnavailable(refused.status));
        // The leader removes it after services.remove_after.
        QVERIFY(waitUntil(
            [&] { return m_root->state("silent", "a") == v1::INSTANCE_STATE_UNSPECIFIED; }, 60000));
        QVERIFY(waitUntil(
            [&] { return audited("services.instances.remove", "services/silent/a") == 1; }));
    }

    void badInputIsRefused_data()
    {
        QTest::addColumn<QByteArray>("service");
        QTest::addColumn<QByteArray>("id");
        QTest::addColumn<QByteArray>("address");
        QTest::newRow("service") << QByteArray("A/B") << QByteArray("a") << QByteArray("h:1");
        QTest::newRow("id") << QByteArray("a") << QByteArray("") << QByteArray("h:1");
        QTest::newRow("address") << QByteArray("a") << QByteArray("a") << QByteArray("http://h");
        QTest::newRow("sql") << QByteArray("a") << QByteArray("a'; DROP TABLE x; --")
                             << QByteArray("h:1");
        QTest::newRow("long") << QByteArray(100000, 'a') << QByteArray("a") << QByteArray("h:1");
    }

    void badInputIsRefused()
    {
        QFETCH(QByteArray, service);
        QFETCH(QByteArray, id);
        QFETCH(QByteArray, address);
        const auto reply = m_root->enroll(
            RegistryProbe::spec(service.toStdString(), id.toStdString(), address.toStdString()));
        QVERIFY(absl::IsInvalidArgument(reply.status));
    }

    void badQuestionsAreRefused()
    {
        v1::ResolveRequest resolve;
        resolve.set_service("checkout");
        resolve.set_limit(17);
        QVERIFY(absl::IsInvalidArgument(m_root->call(&Stub::Resolve, resolve).status));
        resolve.set_limit(1);
        resolve.set_strategy(static_cast<v1::BalancingStrategy>(99));
        QVERIFY(absl::IsInvalidArgument(m_root->call(&Stub::Resolve, resolve).status));
        v1::ReportOutcomesRequest report;
        report.set_service("checkout");
        for (int index = 0; index < 1001; ++index) {
            report.add_outcomes();
        }
        QVERIFY(absl::IsInvalidArgument(m_root->call(&Stub::ReportOutcomes, report).status));
        v1::ListInstancesRequest list;
        list.set_page_token("made up");
        QVERIFY(absl::IsInvalidArgument(m_root->call(&Stub::ListInstances, list).status));
    }

    void withoutSignInNothingIsToldOrTaken()
    {
        RegistryProbe stranger(tlsChannel(*m_server));
        QVERIFY(absl::IsUnauthenticated(
            stranger.enroll(RegistryProbe::spec("checkout", "x", "h:1")).status));
        QVERIFY(absl::IsUnauthenticated(
            stranger.call(&Stub::ListServices, v1::ListServicesRequest()).status));
    }

    void everyStrategyAnswers_data()
    {
        QTest::addColumn<int>("strategy");
        for (int strategy = 1; strategy <= 5; ++strategy) {
            QTest::newRow(
                v1::BalancingStrategy_Name(static_cast<v1::BalancingStrategy>(strategy)).c_str())
                << strategy;
        }
    }

    void everyStrategyAnswers()
    {
        QFETCH(int, strategy);
        for (const char* id : {"a", "b", "c"}) {
            QVERIFY(!m_root->enrolled(RegistryProbe::spec("many", id, "127.0.0.1:1")).empty());
        }
        v1::ResolveRequest request;
        request.set_service("many");
        request.set_strategy(static_cast<v1::BalancingStrategy>(strategy));
        std::set<std::string> seen;
        for (int number = 0; number < 60; ++number) {
            const auto reply = m_root->call(&Stub::Resolve, request);
            QVERIFY(reply.status.ok());
            QCOMPARE(static_cast<int>(reply.value.strategy()), strategy);
            seen.insert(reply.value.instances(0).id());
            request.clear_outcomes();
            auto* outcome = request.add_outcomes();
            outcome->set_instance_id(reply.value.instances(0).id());
            outcome->mutable_latency()->set_nanos(1000000);
        }
        QVERIFY(seen.size() > 1);
        request.set_limit(3);
        QCOMPARE(m_root->call(&Stub::Resolve, request).value.instances_size(), 3);
    }

    /// The last healthy instance is wide: the environment's name is typed; with another one left
    /// the plan alone is enough. Production needs a lease.
    void drainingAndRemovingAreConfirmed()
    {
        const auto spec = RegistryProbe::spec("till", "a", "127.0.0.1:1");
        QVERIFY(!m_root->enrolled(spec).empty());
        const auto alone = plan(&Stub::SetInstanceDraining, draining("till", "a", true));
        QVERIFY2(alone.status.ok(), std::string(alone.status.message()).c_str());
        QCOMPARE(alone.value.plan().friction(), v1::FRICTION_F3);
        QVERIFY(alone.value.plan().needs_lease());
        QVERIFY(!m_root->enrolled(RegistryProbe::spec("till", "b", "127.0.0.1:2")).empty());
        const auto notAlone = plan(&Stub::SetInstanceDraining, draining("till", "a", true));
        QCOMPARE(notAlone.value.plan().friction(), v1::FRICTION_F2);

        QVERIFY(absl::IsFailedPrecondition(
            execute(&Stub::SetInstanceDraining, draining("till", "a", true)).status));
        auto plans = v1::PlanService::NewStub(socketChannel(*m_server));
        v1::TakeLeaseRequest lease;
        lease.set_reason("a test");
        QVERIFY(test::call(*plans, &v1::PlanService::Stub::TakeLease, lease).status.ok());

        QVERIFY(execute(&Stub::SetInstanceDraining, draining("till", "a", true)).status.ok());
        QVERIFY(m_root->instance("till", "a").draining());
        QCOMPARE(m_root->state("till", "a"), v1::INSTANCE_STATE_HEALTHY);
        for (int number = 0; number < 10; ++number) {
            QCOMPARE(m_root->resolved("till"), std::string("b"));
        }
        // It stays drained when its program starts again.
        const std::string registration = m_root->enrolled(spec);
        v1::HeartbeatRequest beat;
        beat.set_service("till");
        beat.set_id("a");
        beat.set_registration(registration);
        QVERIFY(m_root->call(&Stub::Heartbeat, beat).value.draining());
        QVERIFY(absl::IsFailedPrecondition(
            plan(&Stub::SetInstanceDraining, draining("till", "a", true)).status));
        QVERIFY(execute(&Stub::SetInstanceDraining, draining("till", "a", false)).status.ok());
        QVERIFY(!m_root->instance("till", "a").draining());

        QVERIFY(execute(&Stub::RemoveInstance, removal("till", "a")).status.ok());
        QCOMPARE(m_root->state("till", "a"), v1::INSTANCE_STATE_UNSPECIFIED);
        QVERIFY(absl::IsNotFound(plan(&Stub::RemoveInstance, removal("till", "a")).status));
        QVERIFY(waitUntil([&] {
            return audited("services.instances.remove", "services/till/a") == 1 &&
                   audited("services.instances.drain", "services/till/a") >= 1;
        }));
    }

    /// Somebody registered meanwhile: what was shown is not what would be removed.
    void aPlanOfAnotherRegistrationIsRefused()
    {
        const auto spec = RegistryProbe::spec("plan", "a", "127.0.0.1:1");
        QVERIFY(!m_root->enrolled(spec).empty());
        auto request = removal("plan", "a");
        const auto planned = plan(&Stub::RemoveInstance, request);
        QVERIFY(!m_root->enrolled(spec).empty());
        request.mutable_confirmation()->set_plan_digest(planned.value.plan().digest());
        request.mutable_confirmation()->set_reason("a test");
        request.mutable_confirmation()->set_typed_name("eu-prod-1");
        QVERIFY(absl::IsFailedPrecondition(m_root->call(&Stub::RemoveInstance, request).status));
        QCOMPARE(m_root->state("plan", "a"), v1::INSTANCE_STATE_HEALTHY);
    }

    void watchersSeeWhoComesAndGoes()
    {
        ApiCall context({}, kPatience);
        v1::WatchInstancesRequest request;
        request.set_service("watched");
        auto reader = m_root->stub().WatchInstances(&context.context, request);
        v1::WatchInstancesResponse message;
        QVERIFY(reader->Read(&message));
        QVERIFY(message.snapshot());
        QCOMPARE(message.instances_size(), 0);
        const std::string registration =
            m_root->enrolled(RegistryProbe::spec("watched", "a", "127.0.0.1:1"));
        bool isThere = false;
        while (!isThere && reader->Read(&message)) {
            isThere = message.instances_size() == 1 &&
                      message.instances(0).state() == v1::INSTANCE_STATE_HEALTHY;
        }
        QVERIFY(isThere);
        v1::DeregisterInstanceRequest leave;
        leave.set_service("watched");
        leave.set_id("a");
        leave.set_registration(registration);
        QVERIFY(m_root->call(&Stub::DeregisterInstance, leave).status.ok());
        bool isGone = false;
        while (!isGone && reader->Read(&message)) {
            isGone = message.removed_size() == 1;
        }
        QVERIFY(isGone);
        context.context.TryCancel();
        reader->Finish();
    }

    void listsHavePages()
    {
        for (int index = 0; index < 5; ++index) {
            QVERIFY(!m_root
                         ->enrolled(RegistryProbe::spec(
                             "paged", "i" + std::to_string(index), "127.0.0.1:1"))
                         .empty());
        }
        v1::ListInstancesRequest request;
        request.set_service("paged");
        request.set_page_size(2);
        int pages = 0;
        std::set<std::string> seen;
        do {
            const auto page = m_root->call(&Stub::ListInstances, request);
            QVERIFY(page.status.ok());
            for (const auto& instance : page.value.instances()) {
                QVERIFY(seen.insert(instance.spec().id()).second);
            }
            request.set_page_token(page.value.next_page_token());
            ++pages;
        } while (!request.page_token().empty());
        QCOMPARE(pages, 3);
        QCOMPARE(seen.size(), std::size_t(5));
    }

    void instancesBecomeScrapeTargets()
    {
        auto spec = RegistryProbe::spec("measured", "a", m_server->httpUrl().mid(7).toStdString());
        spec.set_metrics_path("/metrics");
        spec.set_colour("green");
        QVERIFY(!m_root->enrolled(spec).empty());
        auto metrics = v1::MetricsService::NewStub(socketChannel(*m_server));
        const auto found = [&] {
            const auto reply = test::call(
                *metrics, &v1::MetricsService::Stub::ListTargets, v1::ListTargetsRequest());
            for (const auto& target : reply.value.targets()) {
                if (target.job() == "measured") {
                    return target.health() == v1::Target::HEALTH_UP;
                }
            }
            return false;
        };
        QVERIFY(waitUntil(found, kPatience));
    }

    void theRegistryIsBounded()
    {
        absl::Status refused;
        for (int index = 0; index < 41 && refused.ok(); ++index) {
            refused = m_root
                          ->enroll(RegistryProbe::spec(
                              "full", "i" + std::to_string(index), "127.0.0.1:1"))
                          .status;
        }
        QVERIFY(absl::IsResourceExhausted(refused));
    }

    void healthSaysWhoIsUnwell()
    {
        ApiClient client(socketChannel(*m_server));
        QVERIFY(waitUntil([&] { return !client.componentState("services").empty(); }, kPatience));
    }
};

QTEST_GUILESS_MAIN(TestServicesServer)
#include "tst_services_server.moc"
