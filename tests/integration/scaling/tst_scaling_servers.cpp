// SPDX-License-Identifier: Apache-2.0
// One policy on two servers with one database: the leader acts, and another goes on after it.
#include "tests/integration/postgres/Cluster.h"
#include "tests/integration/scaling/ScalingTest.h"
#include "tests/support/kubernetes/FakeCluster.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace pilothouse;
using namespace pilothouse::test;

class TestScalingServers : public ScalingTest
{
    Q_OBJECT

private:
    std::unique_ptr<FakeCluster> m_cluster;
    std::unique_ptr<Cluster> m_postgres;

    static bool write(const QString& path, const QByteArray& content)
    {
        QFile file(path);
        return file.open(QIODevice::WriteOnly) && file.write(content) == content.size();
    }

    std::unique_ptr<TestServer> startServer(const QString& name, const QString& keys)
    {
        const QString folder = m_folder + QLatin1Char('/') + name;
        QDir().mkpath(folder);
        if (!write(
                folder + QStringLiteral("/database-url"),
                QByteArray::fromStdString(m_postgres->postgres().url()))) {
            return nullptr;
        }
        return makeServer(
            folder,
            QStringLiteral("[database]\nurl_file = \"database-url\"\n"
                           "[leader]\nlease = \"2s\"\n"
                           "[[scaling.policies]]\nname = \"shop\"\nmode = \"act\"\n"
                           "kubeconfig = \"%1/kubeconfig\"\ndeployment = \"shop-blue\"\n"
                           "maximum = 20\ndown_stabilisation = \"1h\"\n%2")
                    .arg(m_folder, keys) +
                loadMetric(100));
    }

    bool scalesTo(int instances)
    {
        return waitUntil(
            [&] {
                return m_cluster->with([](FakeObjects& objects) {
                    return objects.deployment("shop-blue").replicas;
                }) == instances;
            },
            kPatience);
    }

    bool hasActed(int times)
    {
        return waitUntil([&] { return count(v1::SCALING_ACT_DONE) == times; }, kPatience);
    }

private Q_SLOTS:
    void init()
    {
        beginTest();
        m_cluster = std::make_unique<FakeCluster>();
        m_postgres = std::make_unique<Cluster>();
        QVERIFY(write(m_folder + QStringLiteral("/kubeconfig"), m_cluster->kubeconfig().toUtf8()));
        const absl::Status started = m_postgres->start();
        QVERIFY2(started.ok(), started.ToString().c_str());
    }

    void cleanup()
    {
        endTest();
        m_postgres.reset();
        m_cluster.reset();
    }

    void oneActsAndAnotherGoesOn()
    {
        const QString atOnce = QStringLiteral("up_policies = [\"20 / 1s\"]\n");
        auto first = startServer("a", atOnce);
        QVERIFY(first && first->isRunning());
        lookThrough(*first);
        QVERIFY(recommends(2));
        const auto second = startServer("b", atOnce);
        QVERIFY(second && second->isRunning());
        lookThrough(*second);
        // What the leader sees stands on both.
        QVERIFY(recommends(2));
        setLoad(470);
        QVERIFY(scalesTo(5));
        QVERIFY(hasActed(1));
        QVERIFY(looksAgain());
        QVERIFY(isAudited("scaling.scale", 1));

        first->kill();
        setLoad(900);
        QVERIFY(scalesTo(9));
        QVERIFY(hasActed(2));

        first = startServer("a", atOnce);
        QVERIFY(first && first->isRunning());
        lookThrough(*first);
        setLoad(1150);
        QVERIFY(scalesTo(12));
        QVERIFY(hasActed(3));
        QVERIFY(looksAgain());
        QCOMPARE(count(v1::SCALING_ACT_SUPERSEDED), 0);
        QVERIFY(isAudited("scaling.scale", 3));
    }

    void theNextLeaderKnowsTheRate()
    {
        const QString rate = QStringLiteral("up_policies = [\"1 / 10m\"]\n");
        const auto first = startServer("a", rate);
        QVERIFY(first && first->isRunning());
        lookThrough(*first);
        QVERIFY(recommends(2));
        const auto second = startServer("b", rate);
        QVERIFY(second && second->isRunning());
        setLoad(1500);
        QVERIFY(scalesTo(3));
        QVERIFY(hasActed(1));
        first->kill();
        lookThrough(*second);
        QVERIFY(looksAgain());
        QVERIFY(waitUntil(
            [&] {
                return state().last().text().find("limited to 3 by +1 in 10 min") !=
                       std::string::npos;
            },
            kPatience));
        QVERIFY(scalesTo(3));
        QCOMPARE(count(v1::SCALING_ACT_DONE), 1);
    }
};

QTEST_GUILESS_MAIN(TestScalingServers)
#include "tst_scaling_servers.moc"
