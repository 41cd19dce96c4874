// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/redis/RedisInfo.h"

#include <QtTest>

using namespace pilothouse::metrics;

class RedisInfoTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void capturedFields_data()
    {
        QTest::addColumn<QString>("line");
        const auto row = [](const char* line) { QTest::newRow(line) << QString::fromUtf8(line); };
        row("redis_up 1");
        row("redis_memory_used_bytes 1048576");
        row("redis_mem_fragmentation_ratio 1.25");
        row("# TYPE redis_commands_processed_total counter");
        row("redis_commands_processed_total 42");
        row("redis_db_keys{db=\"db0\"} 5");
        row("redis_db_keys_expiring{db=\"db0\"} 1");
        row("redis_db_keys{db=\"db12\"} 7");
        row("redis_instance_info{redis_version=\"7.0.15\",redis_mode=\"standalone\",role="
            "\"master\","
            "os=\"\",maxmemory_policy=\"noeviction\"} 1");
    }

    void capturedFields()
    {
        QFETCH(QString, line);
        ExpositionWriter out;
        writeRedisInfo(
            {{"redis_version", "7.0.15"},
             {"redis_mode", "standalone"},
             {"role", "master"},
             {"maxmemory_policy", "noeviction"},
             {"used_memory", "1048576"},
             {"used_memory_human", "1.00M"},
             {"mem_fragmentation_ratio", "1.25"},
             {"total_commands_processed", "42"},
             {"evicted_keys", "not a number"},
             {"db0", "keys=5,expires=1,avg_ttl=0"},
             {"db12", "keys=7,expires=x"},
             {"dbase", "keys=9"}},
            out);
        const QStringList lines = QString::fromStdString(out.text()).split(QLatin1Char('\n'));
        QVERIFY2(lines.contains(line), out.text().c_str());
        QVERIFY(out.text().find("redis_evicted_keys_total") == std::string::npos);
        QVERIFY(out.text().find("dbase") == std::string::npos);
        QVERIFY(out.text().find("redis_db_keys_expiring{db=\"db12\"}") == std::string::npos);
    }
};

QTEST_APPLESS_MAIN(RedisInfoTest)
#include "RedisInfoTest.moc"
