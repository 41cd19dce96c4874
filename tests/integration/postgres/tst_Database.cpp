// SPDX-License-Identifier: Apache-2.0
#include "server/platform/postgres/Database.h"
#include "server/platform/postgres/Errors.h"
#include "shared/base/StatusHelpers.h"
#include "tests/integration/postgres/Cluster.h"
#include "tests/support/Programs.h"

#include <QTest>

#include <absl/time/clock.h>
#include <prometheus/text_serializer.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <latch>
#include <map>
#include <sstream>
#include <thread>

using namespace pilothouse;
using namespace pilothouse::postgres;

class TestDatabase : public QObject
{
    Q_OBJECT

private:
    test::Cluster m_cluster;
    prometheus::Registry m_registry;
    std::unique_ptr<Database> m_database;

    static constexpr Statement kInsert = {"test.insert", "INSERT INTO item (name) VALUES ($1)"};
    static constexpr Statement kNames = {"test.names", "SELECT name FROM item ORDER BY name"};
    static constexpr Statement kBackend = {"test.backend", "SELECT pg_backend_pid() AS pid"};
    static constexpr Statement kSleep = {
        "test.sleep", "SELECT pg_sleep($1::float8)::text AS slept"};

    static std::string name(const Row& row) { return row.text("name"); }

    static absl::StatusOr<std::int64_t> backendPid(Database& database)
    {
        const auto pid =
            database.queryOne(kBackend, {}, [](const Row& row) { return row.integer("pid"); });
        return pid.ok() ? absl::StatusOr<std::int64_t>(**pid) : pid.status();
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
        QVERIFY(m_database->execute({"test.drop", "DROP TABLE IF EXISTS item"}).ok());
        QVERIFY(m_database
                    ->execute(
                        {"test.table",
                         "CREATE TABLE item (id int GENERATED ALWAYS AS IDENTITY,"
                         " name text NOT NULL UNIQUE CHECK (name <> ''), parent int)"})
                    .ok());
    }

    void cleanupTestCase() { m_database.reset(); }

    void valuesOfEveryTypeComeBackAsTheyWent()
    {
        const absl::Time time = absl::FromUnixMicros(1700000000123456);
        const std::vector<std::string> list = {"a", "b\"c\\d", "", "{x,y}", "NULL"};
        const std::string bytes("\0\x01\xff'\\", 5);
        const std::string text = "O'Hara \\ ü $1 ; --";
        const auto done = m_database->queryOne(
            {"test.types",
             "SELECT $1::text t, $2::bigint i, $3::float8 f, $4::boolean b, $5::timestamptz at,"
             " $6::bytea y, $7::text[] l, $8::text n, $9::timestamptz never,"
             " extract(epoch FROM $10::interval)::float8 d"},
            {text,
             -9007199254740993,
             0.1,
             true,
             time,
             Param::bytes(bytes),
             list,
             std::nullopt,
             absl::InfiniteFuture(),
             absl::Milliseconds(1500)},
            [&](const Row& row) {
                return row.text("t") == text && row.integer("i") == -9007199254740993 &&
                       row.number("f") == 0.1 && row.boolean("b") && row.time("at") == time &&
                       row.bytes("y") == bytes && row.textList("l") == list && row.isNull("n") &&
                       !row.textOrNull("n") && row.time("never") == absl::InfiniteFuture() &&
                       row.number("d") == 1.5;
            });
        QVERIFY2(done.ok(), describe(done.status()).c_str());
        QVERIFY(done->value());
    }

    void columnsGoByNameInAnyOrder_data()
    {
        QTest::addColumn<QStringList>("order");
        QTest::newRow("as they stand") << QStringList{"a", "b", "c"};
        QTest::newRow("backwards") << QStringList{"c", "b", "a"};
        QTest::newRow("again and again") << QStringList{"b", "b", "a", "c", "a", "b"};
    }

    void columnsGoByNameInAnyOrder()
    {
        QFETCH(QStringList, order);
        const auto rows = m_database->query(
            {"test.columns",
             "SELECT n AS a, n * 10 AS b, -1 AS a, NULLIF(n, 2) AS c "
             "FROM generate_series(1, 3) n ORDER BY n"},
            {},
            [&](const Row& row) {
                QStringList values;
                for (const QString& column : order) {
                    const auto value = row.integerOrNull(column.toLatin1().constData());
                    values << column + (value ? QString::number(*value) : QString("-"));
                }
                return values;
            });
        QVERIFY2(rows.ok(), describe(rows.status()).c_str());
        QCOMPARE(rows->size(), std::size_t(3));
        for (int n = 1; n <= 3; ++n) {
            // Of two columns with one name the first is meant.
            const std::map<QString, QString> expected{
                {"a", "a" + QString::number(n)},
                {"b", "b" + QString::number(n * 10)},
                {"c", n == 2 ? QString("c-") : "c" + QString::number(n)}};
            QStringList values;
            for (const QString& column : order) {
                values << expected.at(column);
            }
            QCOMPARE(rows->at(static_cast<std::size_t>(n - 1)), values);
        }
    }

    void transactionCommitsOrLeavesNothing()
    {
        QVERIFY(m_database
                    ->transact([](Transaction& transaction) {
                        return transaction.execute(kInsert, {"kept"}).status();
                    })
                    .ok());
        const absl::Status refused =
            m_database->transact([](Transaction& transaction) -> absl::Status {
                PH_RETURN_IF_ERROR(transaction.execute(kInsert, {"dropped"}).status());
                return absl::AbortedError("no");
            });
        QCOMPARE(refused.code(), absl::StatusCode::kAborted);
        QCOMPARE(*m_database->query(kNames, {}, name), std::vector<std::string>{"kept"});
    }

    void failuresBecomeStatusesWithoutData_data()
    {
        QTest::addColumn<QString>("sql");
        QTest::addColumn<int>("code");
        const auto row = [](const char* what, const char* sql, absl::StatusCode code) {
            QTest::newRow(what) << sql << static_cast<int>(code);
        };
        row("unique",
            "INSERT INTO item (name) VALUES ('secret'), ('secret')",
            absl::StatusCode::kAlreadyExists);
        row("not null",
            "INSERT INTO item (name) VALUES (NULL)",
            absl::StatusCode::kInvalidArgument);
        row("check", "INSERT INTO item (name) VALUES ('')", absl::StatusCode::kInvalidArgument);
        row("bad value", "SELECT 'secret'::int", absl::StatusCode::kInvalidArgument);
        row("division", "SELECT 1/0", absl::StatusCode::kInvalidArgument);
        row("raised abort",
            "DO $$ BEGIN RAISE 'x' USING ERRCODE = '40001'; END $$",
            absl::StatusCode::kAborted);
        row("lock",
            "DO $$ BEGIN RAISE 'x' USING ERRCODE = '55P03'; END $$",
            absl::StatusCode::kAborted);
        row("disk",
            "DO $$ BEGIN RAISE 'x' USING ERRCODE = '53100'; END $$",
            absl::StatusCode::kResourceExhausted);
        row("shutdown",
            "DO $$ BEGIN RAISE 'x' USING ERRCODE = '57P01'; END $$",
            absl::StatusCode::kUnavailable);
        row("our mistake", "SELECT no_such_column", absl::StatusCode::kInternal);
    }

    void failuresBecomeStatusesWithoutData()
    {
        QFETCH(QString, sql);
        QFETCH(int, code);
        const std::string text = sql.toStdString();
        const std::string statement = std::string("test.") + QTest::currentDataTag();
        const auto result = m_database->execute({statement.c_str(), text.c_str()});
        QCOMPARE(static_cast<int>(result.status().code()), code);
        const std::string message(result.status().message());
        QVERIFY2(message.find(statement) == 0, message.c_str());
        QVERIFY2(message.find("secret") == std::string::npos, message.c_str());
    }

    void violatedConstraintIsNamed()
    {
        QVERIFY(m_database->execute(kInsert, {"a"}).ok());
        const auto again = m_database->execute(kInsert, {"a"});
        QCOMPARE(constraintOf(again.status()), std::string("item_name_key"));
    }

    void wrongUseOfARowIsAnErrorNotAValue()
    {
        QVERIFY(m_database->execute(kInsert, {"a"}).ok());
        const Statement parents = {"test.parents", "SELECT name, parent FROM item"};
        for (const auto& use : std::vector<std::function<int(const Row&)>>{
                 [](const Row& row) { return int(row.integer("parent")); },
                 [](const Row& row) { return int(row.integer("name")); },
                 [](const Row& row) { return int(row.integer("absent")); },
                 [](const Row& row) { return int(absl::ToUnixSeconds(row.time("name"))); }}) {
            const auto result = m_database->query(parents, {}, use);
            QCOMPARE(result.status().code(), absl::StatusCode::kInternal);
        }
    }

    void deadlineStopsTheWorkInTheDatabase()
    {
        const auto result =
            m_database->execute(kSleep, {600}, absl::Now() + absl::Milliseconds(200));
        QCOMPARE(result.status().code(), absl::StatusCode::kDeadlineExceeded);
        const Statement running = {
            "test.running",
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE "
            "'%pg_sleep%'"
            " AND pid <> pg_backend_pid()"};
        const auto count =
            m_database->queryOne(running, {}, [](const Row& row) { return row.integer("count"); });
        QCOMPARE(count->value(), std::int64_t(0));
        QCOMPARE(
            m_database->execute(kBackend, {}, absl::InfinitePast()).status().code(),
            absl::StatusCode::kDeadlineExceeded);
        // The limit is the request's, not the connection's.
        QVERIFY(m_database->execute(kSleep, {0.3}).ok());
    }

    void slowStatementIsLoggedByNameAndCountedWithoutData()
    {
        std::ostringstream log;
        const auto before = spdlog::default_logger();
        spdlog::set_default_logger(std::make_shared<spdlog::logger>(
            "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(log)));
        const Statement slow = {
            "test.slow", "SELECT pg_sleep(0.05)::text AS x, 'hidden-value-' || $1::text AS y"};
        const auto done = m_database->execute(slow, {"hidden-parameter"});
        spdlog::set_default_logger(before);
        QVERIFY2(done.ok(), describe(done.status()).c_str());
        QVERIFY2(
            log.str().find("slow query test.slow on control") != std::string::npos,
            log.str().c_str());
        QVERIFY(log.str().find("hidden") == std::string::npos);
        const std::string metrics = prometheus::TextSerializer().Serialize(m_registry.Collect());
        QVERIFY(
            metrics.find("pilothouse_database_slow_queries_total{database=\"control\",query=\"test."
                         "slow\"} 1") != std::string::npos);
        QVERIFY(
            metrics.find("pilothouse_database_query_seconds_count{database=\"control\",query="
                         "\"test.slow\"} 1") != std::string::npos);
    }

    void exhaustedPoolMakesWaitInTurnAndThenSaysSo()
    {
        config::Pool pool;
        pool.minimum = 0;
        pool.maximum = 1;
        pool.acquireTimeout = absl::Milliseconds(150);
        const auto database = m_cluster.database(m_registry, pool);
        std::latch isHeld(1);
        std::latch release(1);
        std::thread holder([&] {
            const auto held = database->transact([&](Transaction& transaction) {
                const auto done = transaction.execute(kBackend);
                isHeld.count_down();
                release.wait();
                return done.status();
            });
            QVERIFY(held.ok());
        });
        isHeld.wait();
        const auto late = database->execute(kBackend);
        QCOMPARE(late.status().code(), absl::StatusCode::kResourceExhausted);
        QVERIFY(retryDelayOf(late.status()).has_value());
        QVERIFY(!hintOf(late.status()).empty());
        QCOMPARE(
            database->execute(kBackend, {}, absl::Now() + absl::Milliseconds(20)).status().code(),
            absl::StatusCode::kDeadlineExceeded);
        const auto status = database->poolStatus();
        QCOMPARE(status.inUse, 1);
        QCOMPARE(status.timeouts, std::int64_t(2));
        release.count_down();
        holder.join();
        QVERIFY(database->execute(kBackend).ok());
        QCOMPARE(database->poolStatus().idle, 1);
        QVERIFY(database->poolStatus().acquireP95 >= absl::ZeroDuration());
    }

    void connectionsAreReplacedAfterTheirLifetime()
    {
        config::Pool pool;
        pool.minimum = 0;
        pool.maximum = 1;
        pool.lifetime = absl::Milliseconds(100);
        const auto database = m_cluster.database(m_registry, pool);
        const auto first = backendPid(*database);
        QVERIFY(first.ok());
        QVERIFY(test::waitUntil([&] { return backendPid(*database).value() != *first; }));
    }

    void minimumIsOpenedAndSpareConnectionsAreClosed()
    {
        config::Pool pool;
        pool.minimum = 2;
        pool.maximum = 6;
        pool.idleTimeout = absl::Milliseconds(200);
        const auto database = m_cluster.database(m_registry, pool);
        QVERIFY(test::waitUntil([&] { return database->poolStatus().idle == 2; }));
        std::vector<std::thread> users;
        std::latch all(5);
        for (int user = 0; user < 5; ++user) {
            users.emplace_back([&] {
                const auto done = database->transact([&](Transaction& transaction) {
                    all.arrive_and_wait();
                    return transaction.execute(kBackend).status();
                });
                QVERIFY(done.ok());
            });
        }
        for (auto& user : users) {
            user.join();
        }
        QVERIFY(database->poolStatus().idle >= 5);
        QVERIFY(test::waitUntil([&] { return database->poolStatus().idle == 2; }));
    }

    void connectionThatTheServerClosedIsReplacedUnnoticed()
    {
        config::Pool pool;
        pool.minimum = 0;
        pool.maximum = 2;
        const auto database = m_cluster.database(m_registry, pool);
        const auto pid = backendPid(*database);
        QVERIFY(pid.ok());
        const auto ended = m_database->queryOne(
            {"test.terminate", "SELECT pg_terminate_backend($1::int, 5000) AS ended"},
            {*pid},
            [](const Row& row) { return row.boolean("ended"); });
        QVERIFY(ended.ok() && ended->value());
        const auto next = backendPid(*database);
        QVERIFY2(next.ok(), describe(next.status()).c_str());
        QVERIFY(*next != *pid);
    }

    void connectionLostInAStatementIsUnavailableAndTheNextWorks()
    {
        std::thread killer;
        const auto broken = m_database->transact([&](Transaction& transaction) -> absl::Status {
            const auto pid = transaction.queryOne(
                kBackend, {}, [](const Row& row) { return row.integer("pid"); });
            PH_RETURN_IF_ERROR(pid.status());
            killer = std::thread([&, victim = **pid] {
                const Statement terminate = {
                    "test.kill", "SELECT pg_terminate_backend($1::int) AS ended"};
                QVERIFY(m_database->execute(terminate, {victim}).ok());
            });
            return transaction.execute(kSleep, {30}).status();
        });
        killer.join();
        QCOMPARE(broken.code(), absl::StatusCode::kUnavailable);
        QVERIFY(!hintOf(broken).empty());
        QVERIFY(m_database->execute(kBackend).ok());
    }

    void checkTellsHealthyAndUnhealthy()
    {
        QCOMPARE(m_database->check().state, system::HealthState::Healthy);
        prometheus::Registry registry;
        Database::Options options;
        options.name = "far";
        options.url = "postgresql://user:hunter2@127.0.0.1:1/db";
        options.pool.minimum = 0;
        const auto far = Database::create(options, registry);
        QVERIFY(far.ok());
        const auto health = (*far)->check();
        QCOMPARE(health.state, system::HealthState::Unhealthy);
        QVERIFY(health.message.find("127.0.0.1") != std::string::npos);
        QVERIFY(health.message.find("hunter2") == std::string::npos);
        options.url = "postgresql://user:hunter2@[bad";
        const auto wrong = Database::create(options, registry);
        QCOMPARE(wrong.status().code(), absl::StatusCode::kInvalidArgument);
        QVERIFY(wrong.status().message().find("hunter2") == std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestDatabase)
#include "tst_Database.moc"
