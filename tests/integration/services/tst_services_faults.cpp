// SPDX-License-Identifier: Apache-2.0
// What survives a server, and two servers on one database.
#include "tests/integration/services/RegistryProbe.h"
#include "tests/support/Programs.h"

#include <QFile>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::test;

namespace {

constexpr int kPatience = 30000;

} // namespace

class TestServicesFaults : public QObject
{
    Q_OBJECT

private:
    using Stub = v1::RegistryService::Stub;

    QString m_folder;
    std::unique_ptr<TestServer> m_server;
    std::unique_ptr<RegistryProbe> m_registry;

    void restart()
    {
        m_registry.reset();
        m_server.reset();
        m_server = std::make_unique<TestServer>(TestServer::Options{{}, {}, m_folder, 120000});
        QVERIFY2(m_server->start(), qPrintable(m_server->log()));
        m_registry = std::make_unique<RegistryProbe>(socketChannel(*m_server));
    }

    static bool waitFor(RegistryProbe& registry, const std::string& id, v1::InstanceState state)
    {
        return waitUntil([&] { return registry.state("shop", id) == state; }, kPatience);
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_folder = makeWorkFolder();
        restart();
    }

    void registrationsSurviveAKill()
    {
        auto spec = RegistryProbe::spec("shop", "a", "127.0.0.1:1");
        spec.set_colour("blue");
        (*spec.mutable_metadata())["zone"] = "b";
        spec.add_tenants("acme");
        spec.set_weight(30);
        const std::string registration = m_registry->enrolled(spec);
        QVERIFY(!registration.empty());
        m_server->kill();
        restart();
        const v1::Instance instance = m_registry->instance("shop", "a");
        QCOMPARE(instance.spec().colour(), std::string("blue"));
        QCOMPARE(instance.spec().metadata().at("zone"), std::string("b"));
        QCOMPARE(instance.spec().tenants(0), std::string("acme"));
        QCOMPARE(instance.spec().weight(), 30);
        // Its program goes on as if nothing had been.
        QVERIFY(m_registry->beat("shop", "a", registration).ok());
        QCOMPARE(m_registry->state("shop", "a"), v1::INSTANCE_STATE_HEALTHY);
    }

    /// A server that comes back in time for the next heartbeat takes nobody out of traffic.
    void aRestartMakesNobodyUnhealthy()
    {
        auto spec = RegistryProbe::spec("shop", "steady", "127.0.0.1:1");
        spec.mutable_ttl()->set_seconds(300);
        const std::string registration = m_registry->enrolled(spec);
        QVERIFY(m_server->stop());
        restart();
        QCOMPARE(m_registry->state("shop", "steady"), v1::INSTANCE_STATE_HEALTHY);
        QCOMPARE(m_registry->resolved("shop"), std::string("steady"));
        QVERIFY(m_registry->beat("shop", "steady", registration).ok());
    }

    void aSecondServerOnTheDatabaseFollows()
    {
        QFile file(m_server->dataDir() + QStringLiteral("/postgres/data/postmaster.pid"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString socketFolder =
            QString::fromUtf8(file.readAll()).split(QLatin1Char('\n')).at(4);
        const QString config =
            QStringLiteral(
                "[database]\nurl = \"host='%1' user='pilothouse' dbname='pilothouse'\"\n")
                .arg(socketFolder);
        TestServer second(TestServer::Options{config, {}, {}, 120000});
        QVERIFY2(second.start(), qPrintable(second.log()));
        RegistryProbe there(socketChannel(second));

        auto spec = RegistryProbe::spec("shop", "both", "127.0.0.1:1");
        spec.mutable_ttl()->set_seconds(5);
        const std::string registration = m_registry->enrolled(spec);
        QVERIFY(waitFor(there, "both", v1::INSTANCE_STATE_HEALTHY));
        // A heartbeat that came here keeps it alive there, and the other way round.
        for (int round = 0; round < 3; ++round) {
            RegistryProbe& taker = round % 2 == 0 ? *m_registry : there;
            QVERIFY(taker.beat("shop", "both", registration).ok());
            const auto beaten = taker.instance("shop", "both").heartbeat_time();
            RegistryProbe& other = round % 2 == 0 ? there : *m_registry;
            QVERIFY(waitUntil(
                [&] {
                    const auto seen = other.instance("shop", "both").heartbeat_time();
                    // The other one computes the time from the age, to a millisecond or so.
                    return seen.seconds() + 1 >= beaten.seconds() &&
                           other.state("shop", "both") == v1::INSTANCE_STATE_HEALTHY;
                },
                kPatience));
        }
        QVERIFY(waitFor(there, "both", v1::INSTANCE_STATE_UNHEALTHY));
        QVERIFY(waitFor(*m_registry, "both", v1::INSTANCE_STATE_UNHEALTHY));

        v1::DeregisterInstanceRequest leave;
        leave.set_service("shop");
        leave.set_id("both");
        leave.set_registration(registration);
        QVERIFY(there.call(&Stub::DeregisterInstance, leave).status.ok());
        QVERIFY(waitFor(*m_registry, "both", v1::INSTANCE_STATE_UNSPECIFIED));
        QVERIFY(second.stop());
    }

    void stopsInOrder() { QVERIFY2(m_server->stop(), qPrintable(m_server->log())); }
};

QTEST_GUILESS_MAIN(TestServicesFaults)
#include "tst_services_faults.moc"
