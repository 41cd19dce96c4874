// SPDX-License-Identifier: Apache-2.0
#include "server/platform/postgres/PrivateCluster.h"
#include "shared/base/StatusHelpers.h"
#include "tests/integration/postgres/Cluster.h"
#include "tests/support/Programs.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTest>

#include <csignal>
#include <fstream>
#include <mutex>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::postgres;
using platform::DataDirectory;
using system::HealthState;

class TestPrivateCluster : public QObject
{
    Q_OBJECT

private:
    static constexpr Statement kNow = {"test.now", "SELECT now()"};
    prometheus::Registry m_registry;

private Q_SLOTS:
    void freshStartThenRestartKeepsTheData()
    {
        test::Cluster cluster;
        QElapsedTimer timer;
        timer.start();
        const absl::Status first = cluster.start();
        QVERIFY2(first.ok(), describe(first).c_str());
        qInfo("first start: %lld ms", timer.elapsed());
        const auto made = cluster.database(m_registry)
                              ->execute({"test.make", "CREATE TABLE public.t AS SELECT 42 AS x"});
        QVERIFY2(made.ok(), describe(made.status()).c_str());
        timer.restart();
        cluster.stop();
        qInfo("stop: %lld ms", timer.elapsed());
        timer.restart();
        const absl::Status second = cluster.start();
        QVERIFY2(second.ok(), describe(second).c_str());
        qInfo("second start: %lld ms", timer.elapsed());
        const auto value =
            cluster.database(m_registry)
                ->queryOne({"test.read", "SELECT x FROM public.t"}, {}, [](const Row& row) {
                    return row.integer("x");
                });
        QVERIFY2(value.ok(), describe(value.status()).c_str());
        QCOMPARE(value->value(), std::int64_t(42));
    }
};

QTEST_GUILESS_MAIN(TestPrivateCluster)
#include "tst_PrivateCluster.moc"
