// SPDX-License-Identifier: Apache-2.0
#include "server/platform/process/Programs.h"
#include "server/platform/redis/PrivateRedis.h"
#include "server/platform/redis/Redis.h"
#include "server/platform/redis/RedisConnection.h"
#include "shared/base/StatusHelpers.h"
#include "tests/support/Programs.h"

#include <QDir>
#include <QTest>

#include <absl/time/clock.h>

#include <csignal>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::redis;
using platform::DataDirectory;
using system::HealthState;

class TestRedis : public QObject
{
    Q_OBJECT

private:
    QString m_folder;
    std::unique_ptr<DataDirectory> m_directory;

    std::unique_ptr<Redis> open(const config::Redis& config = {}) const
    {
        auto redis = Redis::open(config, "", *m_directory);
        return redis.ok() ? std::move(*redis) : nullptr;
    }

    static bool becomesHealthy(Redis& redis)
    {
        return test::waitUntil([&] { return redis.check().state == HealthState::Healthy; });
    }

private Q_SLOTS:
    void init()
    {
        m_folder = test::makeWorkFolder();
        m_directory =
            std::move(*DataDirectory::open((m_folder + QStringLiteral("/data")).toStdString()));
    }

    void cleanup()
    {
        m_directory.reset();
        QDir(m_folder).removeRecursively();
    }

    void privateOneServesOnAPrivateSocketOnly()
    {
        if (!platform::findProgram("redis-server")) {
            QSKIP("redis-server is not installed");
        }
        const auto redis = open();
        QVERIFY(redis);
        QVERIFY(becomesHealthy(*redis));
        QVERIFY(redis->check().responseTime > absl::ZeroDuration());
        const std::string value("\0\r\n\xff", 4);
        QVERIFY(redis->command({"SET", "key", value}).ok());
        QCOMPARE(redis->command({"GET", "key"})->text, value);
        QCOMPARE(redis->command({"GET", "none"})->kind, Reply::Kind::Nil);
        QCOMPARE(redis->command({"INCR", "n"})->integer, std::int64_t(1));
        QCOMPARE(redis->command({"MGET", "key", "n"})->list.size(), std::size_t(2));
        QCOMPARE(redis->command({"NOSUCH"}).status().code(), absl::StatusCode::kInternal);
        const auto info = redis->info();
        QVERIFY(info.ok());
        QCOMPARE(info->at("tcp_port"), std::string("0"));
        QCOMPARE(info->at("maxmemory_policy"), std::string("allkeys-lfu"));
        QVERIFY(redis->poolStatus().acquired > 5);
        struct stat status = {};
        const QString socket = m_folder + QStringLiteral("/data/redis/redis.sock");
        QCOMPARE(stat(socket.toUtf8().constData(), &status), 0);
        QCOMPARE(status.st_mode & 0777, 0700U);
        QVERIFY(status.st_uid != 0);
    }

    void killedOneComesBackByItself()
    {
        if (!platform::findProgram("redis-server")) {
            QSKIP("redis-server is not installed");
        }
        const auto redis = open();
        QVERIFY(becomesHealthy(*redis));
        const pid_t pid = std::stoi(redis->info()->at("process_id"));
        QCOMPARE(kill(pid, SIGKILL), 0);
        QVERIFY(test::waitUntil([&] {
            const auto info = redis->info();
            return info.ok() && std::stoi(info->at("process_id")) != pid;
        }));
        QCOMPARE(redis->check().state, HealthState::Healthy);
    }

    void endsWithItsOwner()
    {
        if (!platform::findProgram("redis-server")) {
            QSKIP("redis-server is not installed");
        }
        auto redis = open();
        QVERIFY(becomesHealthy(*redis));
        const pid_t pid = std::stoi(redis->info()->at("process_id"));
        redis.reset();
        QVERIFY(kill(pid, 0) != 0);
    }

    void switchedOffIsAbsentNotAnError()
    {
        config::Redis config;
        config.enabled = false;
        const auto redis = open(config);
        QVERIFY(redis);
        QCOMPARE(redis->check().state, HealthState::Absent);
        QVERIFY(!redis->absence().empty());
        QCOMPARE(redis->command({"PING"}).status().code(), absl::StatusCode::kUnavailable);
        QCOMPARE(redis->poolStatus().maximum, 0);
    }

    void notInstalledIsAbsentNotAnError()
    {
        const QByteArray before = qgetenv("PATH");
        qputenv("PATH", "/nonexistent");
        const auto redis = open();
        qputenv("PATH", before);
        QCOMPARE(redis->check().state, HealthState::Absent);
        QVERIFY(redis->absence().find("not installed") != std::string::npos);
    }

    void passwordOfARemoteOneIsUsedAndNeverShown()
    {
        const auto program = platform::findProgram("redis-server");
        if (!program) {
            QSKIP("redis-server is not installed");
        }
        auto own = PrivateRedis::start(*m_directory, *program, "", {});
        QVERIFY(own.ok());
        QVERIFY(test::waitUntil(
            [&] { return (*own)->supervisor().health().state == HealthState::Healthy; }));
        auto connection = RedisConnection::open((*own)->address());
        QVERIFY(connection.ok());
        const absl::Duration limit = absl::Seconds(5);
        QVERIFY((*connection)->command({"CONFIG", "SET", "requirepass", "hunter2"}, limit).ok());
        RedisAddress address = (*own)->address();
        const auto refused = RedisConnection::open(address);
        QVERIFY(refused.ok()); // without a password Redis accepts, but answers nothing
        QCOMPARE((*refused)->validate().code(), absl::StatusCode::kPermissionDenied);
        address.password = "wrong-hunter";
        const auto wrong = RedisConnection::open(address);
        QCOMPARE(wrong.status().code(), absl::StatusCode::kPermissionDenied);
        QVERIFY(wrong.status().message().find("hunter") == std::string::npos);
        address.password = "hunter2";
        QVERIFY(RedisConnection::open(address).ok());
    }

    void unreachableOneIsDegradedWithAReason()
    {
        config::Redis config;
        config.url = "redis://:hunter2@127.0.0.1:1";
        const auto redis = open(config);
        const auto health = redis->check();
        QCOMPARE(health.state, HealthState::Degraded);
        QVERIFY(health.message.find("127.0.0.1:1") != std::string::npos);
        QVERIFY(health.message.find("hunter2") == std::string::npos);
        config.url = "nonsense";
        QVERIFY(!open(config));
    }

    void silentOneTimesOut()
    {
        // It accepts by its backlog and never reads.
        const QByteArray path = (m_folder + QStringLiteral("/silent.sock")).toUtf8();
        sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        std::copy(path.begin(), path.end(), std::begin(address.sun_path));
        const int silent = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        QCOMPARE(bind(silent, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
        QCOMPARE(listen(silent, 16), 0);
        config::Redis config;
        config.url = "unix:" + path.toStdString();
        const auto redis = open(config);
        const auto reply = redis->command({"PING"}, absl::Now() + absl::Milliseconds(200));
        QCOMPARE(reply.status().code(), absl::StatusCode::kDeadlineExceeded);
        ::close(silent);
    }
};

QTEST_GUILESS_MAIN(TestRedis)
#include "tst_Redis.moc"
