// SPDX-License-Identifier: Apache-2.0
#include "server/platform/postgres/SchemaMigrator.h"
#include "shared/base/StatusHelpers.h"
#include "tests/integration/postgres/Cluster.h"

#include <QTest>

#include <thread>

using namespace pilothouse;
using namespace pilothouse::postgres;

class TestSchemaMigrator : public QObject
{
    Q_OBJECT

private:
    test::Cluster m_cluster;
    prometheus::Registry m_registry;
    std::unique_ptr<Database> m_database;

    std::vector<Migration> migrations() const
    {
        return {
            {1, "first", "CREATE TABLE pilothouse.a (x int); INSERT INTO pilothouse.a VALUES (1)"},
            {2, "second", "ALTER TABLE pilothouse.a ADD y int"},
        };
    }

    qlonglong count(const char* sql) const
    {
        const auto value = m_database->queryOne(
            {sql, sql}, {}, [](const Row& row) { return row.integer("count"); });
        return value.ok() && *value ? **value : -1;
    }

private Q_SLOTS:
    void initTestCase()
    {
        const absl::Status started = m_cluster.start();
        QVERIFY2(started.ok(), describe(started).c_str());
    }

    void init()
    {
        m_database = m_cluster.database(m_registry);
        QVERIFY(
            m_database->execute({"test.drop", "DROP SCHEMA IF EXISTS pilothouse CASCADE"}).ok());
    }

    void cleanupTestCase() { m_database.reset(); }

    void embeddedMigrationsApplyAndAreNumberedWithoutGaps()
    {
        const auto embedded = embeddedMigrations();
        int expected = 0;
        for (const auto& migration : embedded) {
            QCOMPARE(migration.version, ++expected);
        }
        const auto result = migrateSchema(*m_database, embedded);
        QVERIFY2(result.ok(), describe(result.status()).c_str());
        QCOMPARE(result->applied.size(), embedded.size());
        QCOMPARE(result->applied.front(), std::string("0001_settings"));
        QCOMPARE(
            count("SELECT count(*) FROM pilothouse.settings WHERE key = 'server_id'"
                  " AND length(value) = 36"),
            1LL);
    }

    void appliesOnlyWhatIsNew()
    {
        auto list = migrations();
        list.pop_back();
        QCOMPARE(migrateSchema(*m_database, list)->version, 1);
        const auto second = migrateSchema(*m_database, migrations());
        QCOMPARE(second->applied, std::vector<std::string>{"0002_second"});
        QVERIFY(migrateSchema(*m_database, migrations())->applied.empty());
        QCOMPARE(count("SELECT count(*) FROM pilothouse.a"), 1LL);
    }

    void aFailedMigrationLeavesNothingBehind()
    {
        auto list = migrations();
        list.push_back({3, "broken", "CREATE TABLE pilothouse.b (x int); SELECT 1/0"});
        const auto result = migrateSchema(*m_database, list);
        QVERIFY(!result.ok());
        QVERIFY2(
            std::string(result.status().message()).find("migration 0003_broken") == 0,
            result.status().ToString().c_str());
        QCOMPARE(
            count(
                "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'pilothouse'"),
            0LL);
    }

    void changedMigrationRefusesTheStart()
    {
        QVERIFY(migrateSchema(*m_database, migrations()).ok());
        auto changed = migrations();
        changed[0].sql += " ";
        const auto result = migrateSchema(*m_database, changed);
        QCOMPARE(result.status().code(), absl::StatusCode::kFailedPrecondition);
        QVERIFY(result.status().message().find("0001_first") != std::string::npos);
        QVERIFY(result.status().message().find("another text") != std::string::npos);
        QVERIFY(!hintOf(result.status()).empty());
    }

    void databaseOfANewerServerRefusesTheStart()
    {
        QVERIFY(migrateSchema(*m_database, migrations()).ok());
        auto older = migrations();
        older.pop_back();
        const auto result = migrateSchema(*m_database, older);
        QCOMPARE(result.status().code(), absl::StatusCode::kFailedPrecondition);
        QVERIFY(result.status().message().find("newer server") != std::string::npos);
        QVERIFY(hintOf(result.status()).find("Install the newer server") == 0);
    }

    void serversThatStartAtOnceMigrateOnce()
    {
        std::vector<absl::StatusOr<MigrationResult>> results(4);
        std::vector<std::thread> servers;
        for (auto& result : results) {
            servers.emplace_back([&] { result = migrateSchema(*m_database, migrations()); });
        }
        for (auto& server : servers) {
            server.join();
        }
        std::size_t applied = 0;
        for (const auto& result : results) {
            QVERIFY2(result.ok(), describe(result.status()).c_str());
            applied += result->applied.size();
        }
        QCOMPARE(applied, std::size_t(2));
    }
};

QTEST_GUILESS_MAIN(TestSchemaMigrator)
#include "tst_SchemaMigrator.moc"
