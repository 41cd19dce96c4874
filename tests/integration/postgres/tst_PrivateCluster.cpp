// SPDX-License-Identifier: Apache-2.0
#include "server/platform/postgres/PrivateCluster.h"
#include "shared/base/StatusHelpers.h"
#include "tests/integration/postgres/Cluster.h"
#include "tests/support/Programs.h"
#include "tests/support/SmallDisk.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTest>

#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <mutex>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace pilothouse;
using namespace pilothouse::postgres;
using platform::DataDirectory;
using system::HealthState;

namespace {

/// The argument with which this program starts a cluster and waits to be killed.
constexpr const char* kOwnArgument = "--own-cluster";

/// A folder that is removed with the object.
struct Folder
{
    QString path = test::makeWorkFolder();
    ~Folder() { QDir(path).removeRecursively(); }
    std::string data() const { return (path + QStringLiteral("/data")).toStdString(); }
    void write(const QString& name, const QByteArray& text) const
    {
        const QString file = path + QLatin1Char('/') + name;
        QDir().mkpath(QFileInfo(file).path());
        QFile out(file);
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write(text);
    }
};

absl::Status startIn(const std::string& dataDir, PrivateCluster::Options options = {})
{
    const auto directory = DataDirectory::open(dataDir);
    PH_RETURN_IF_ERROR(directory.status());
    return PrivateCluster::start(**directory, std::move(options)).status();
}

} // namespace

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

    void environmentOfOtherPostgresServersDoesNotMatter()
    {
        const std::vector<std::pair<const char*, const char*>> foreign = {
            {"PGPORT", "1"},
            {"PGHOST", "nowhere.invalid"},
            {"PGDATA", "/nonexistent"},
            {"PGUSER", "nobody"},
            {"PGDATABASE", "none"},
            {"PGOPTIONS", "-c no_such_setting=1"},
            {"PGSSLMODE", "require"},
            {"PGCHANNELBINDING", "require"},
            {"PGTARGETSESSIONATTRS", "standby"}};
        for (const auto& [name, value] : foreign) {
            qputenv(name, value);
        }
        test::Cluster cluster;
        const absl::Status status = cluster.start();
        const auto now =
            status.ok() ? cluster.database(m_registry)->execute(kNow).status() : status;
        for (const auto& [name, value] : foreign) {
            qunsetenv(name);
        }
        QVERIFY2(now.ok(), describe(now).c_str());
    }

    void onlyTheServersOwnUserGetsIn()
    {
        test::Cluster cluster;
        QVERIFY(cluster.start().ok());
        const auto setting = [&](const char* sql) {
            const auto value =
                cluster.database(m_registry)->queryOne({"test.show", sql}, {}, [](const Row& row) {
                    return row.text("value");
                });
            return value.ok() ? QString::fromStdString(value->value()) : QString();
        };
        QCOMPARE(setting("SELECT current_setting('listen_addresses') AS value"), QString());
        QCOMPARE(
            setting("SELECT current_setting('data_checksums') AS value"), QStringLiteral("on"));
        const QString socket =
            setting("SELECT current_setting('unix_socket_directories') AS value");
        struct stat info = {};
        QCOMPARE(stat(socket.toUtf8().constData(), &info), 0);
        QCOMPARE(info.st_mode & 0777, 0700U);
        QCOMPARE(
            setting("SELECT string_agg(DISTINCT auth_method, ',') AS value FROM pg_hba_file_rules"),
            QStringLiteral("peer"));
        if (geteuid() == 0) {
            QVERIFY(info.st_uid != 0);
            struct stat top = {};
            QCOMPARE(stat((cluster.folder() + "/data").c_str(), &top), 0);
            QCOMPARE(top.st_uid, 0U);
        }
    }

    void killedPostmasterIsDegradedThenRunsAgain()
    {
        const Folder folder;
        const auto directory = DataDirectory::open(folder.data());
        std::mutex mutex;
        std::vector<HealthState> states;
        PrivateCluster::Options options;
        options.onChange = [&](const system::ComponentHealth& health) {
            const std::lock_guard lock(mutex);
            states.push_back(health.state);
        };
        const auto cluster = PrivateCluster::start(**directory, options);
        QVERIFY2(cluster.ok(), describe(cluster.status()).c_str());
        Database::Options databaseOptions;
        databaseOptions.name = "control";
        databaseOptions.url = (*cluster)->url();
        const auto database = Database::create(databaseOptions, m_registry);
        QVERIFY((*database)->execute(kNow).ok());
        const pid_t first = (*cluster)->postmasterPid();
        QCOMPARE(::kill(first, SIGKILL), 0);
        QVERIFY(test::waitUntil([&] {
            return (*cluster)->postmasterPid() != first &&
                   (*cluster)->health().state == HealthState::Healthy;
        }));
        (*database)->invalidateConnections();
        const auto again = (*database)->execute(kNow);
        QVERIFY2(again.ok(), describe(again.status()).c_str());
        const std::lock_guard lock(mutex);
        QCOMPARE(
            states,
            (std::vector{HealthState::Healthy, HealthState::Degraded, HealthState::Healthy}));
    }

    void killedBackendsAreRecoveredFromByPostgresItself()
    {
        test::Cluster cluster;
        QVERIFY(cluster.start().ok());
        const auto database = cluster.database(m_registry);
        const pid_t postmaster = cluster.postgres().postmasterPid();
        const auto pid = database->queryOne(
            {"test.pid", "SELECT pg_backend_pid() AS pid"}, {}, [](const Row& row) {
                return row.integer("pid");
            });
        QCOMPARE(::kill(static_cast<pid_t>(pid->value()), SIGKILL), 0);
        QVERIFY(test::waitUntil([&] { return database->execute(kNow).ok(); }));
        QCOMPARE(cluster.postgres().postmasterPid(), postmaster);
    }

    void postmasterOfAKilledServerIsAdopted()
    {
        const Folder folder;
        QProcess owner;
        owner.start(
            QCoreApplication::applicationFilePath(),
            {QLatin1String(kOwnArgument), QString::fromStdString(folder.data())});
        QVERIFY(test::waitUntil([&] { return owner.canReadLine(); }, 60000));
        const pid_t postmaster = owner.readLine().trimmed().toInt();
        QVERIFY(postmaster > 0);

        // While it lives, nobody else gets the directory, and the message says who has it.
        const auto refused = DataDirectory::open(folder.data());
        QCOMPARE(refused.status().code(), absl::StatusCode::kFailedPrecondition);
        const std::string message(refused.status().message());
        QVERIFY2(
            message.find(std::to_string(owner.processId())) != std::string::npos, message.c_str());
        QVERIFY(!hintOf(refused.status()).empty());

        owner.kill();
        QVERIFY(owner.waitForFinished());
        QCOMPARE(::kill(postmaster, 0), 0);
        {
            const auto directory = DataDirectory::open(folder.data());
            QVERIFY2(directory.ok(), describe(directory.status()).c_str());
            const auto cluster = PrivateCluster::start(**directory, {});
            QVERIFY2(cluster.ok(), describe(cluster.status()).c_str());
            QCOMPARE((*cluster)->postmasterPid(), postmaster);
            // An adopted one is watched like a child.
            QCOMPARE(::kill(postmaster, SIGKILL), 0);
            QVERIFY(test::waitUntil([&] {
                return (*cluster)->postmasterPid() != postmaster &&
                       (*cluster)->health().state == HealthState::Healthy;
            }));
        }
        QVERIFY(!QFile::exists(
            QString::fromStdString(folder.data()) +
            QStringLiteral("/postgres/data/postmaster.pid")));
    }

    void stopEndsRunningStatements()
    {
        test::Cluster cluster;
        QVERIFY(cluster.start().ok());
        const auto database = cluster.database(m_registry);
        std::thread sleeper([&] {
            const auto ended = database->execute({"test.sleep", "SELECT pg_sleep(600)"});
            QCOMPARE(ended.status().code(), absl::StatusCode::kUnavailable);
        });
        const Statement running = {
            "test.active", "SELECT 1 FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)'"};
        QVERIFY(test::waitUntil([&] { return database->execute(running).value_or(0) > 0; }));
        cluster.stop();
        sleeper.join();
    }

    void pidOfAnotherProgramIsNotTakenForOurs()
    {
        test::Cluster cluster;
        QVERIFY(cluster.start().ok());
        cluster.stop();
        const QString file = QString::fromStdString(cluster.folder()) +
                             QStringLiteral("/data/postgres/data/postmaster.pid");
        QFile out(file);
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write(QByteArray::number(qlonglong(getpid())) + "\n/x\n0\n5432\n/x\n\n\nready\n");
        out.close();
        const absl::Status status = cluster.start();
        QVERIFY2(status.ok(), describe(status).c_str());
        QVERIFY(cluster.postgres().postmasterPid() != getpid());
    }

    void dataDirectoryWithALongPathWorks()
    {
        const Folder folder;
        const std::string deep = folder.path.toStdString() + "/" + std::string(90, 'd');
        const absl::Status status = startIn(deep);
        QVERIFY2(status.ok(), describe(status).c_str());
    }

    void refusesWhatIsNotOurs_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("hint");
        QTest::newRow("older") << "PG_VERSION" << QByteArray("9\n")
                               << "was made by PostgreSQL 9: PostgreSQL 9 is not installed, only"
                               << "Install postgresql-9";
        QTest::newRow("newer") << "PG_VERSION" << QByteArray("99\n") << "was made by PostgreSQL 99"
                               << "Install postgresql-99";
        QTest::newRow("foreign") << "holiday.jpg" << QByteArray("x")
                                 << "is not empty, but not a PostgreSQL data folder"
                                 << "Move it away";
        QTest::newRow("garbage") << "PG_VERSION" << QByteArray("\xff\xfe")
                                 << "not a PostgreSQL data folder"
                                 << "Move it away";
    }

    void refusesWhatIsNotOurs()
    {
        QFETCH(QString, file);
        QFETCH(QByteArray, text);
        QFETCH(QString, message);
        QFETCH(QString, hint);
        const Folder folder;
        const QString name = QStringLiteral("data/postgres/data/") + file;
        folder.write(name, text);
        const absl::Status status = startIn(folder.data());
        QVERIFY(!status.ok());
        const QString got = QString::fromStdString(std::string(status.message()));
        QVERIFY2(got.contains(message), qPrintable(got));
        QVERIFY2(hintOf(status).rfind(hint.toStdString(), 0) == 0, hintOf(status).c_str());
        QFile kept(folder.path + QLatin1Char('/') + name);
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QCOMPARE(kept.readAll(), text);
    }

    void absentBinariesAndAccountsAreSaid()
    {
        const Folder folder;
        PrivateCluster::Options options;
        options.binaries = "/nonexistent/bin";
        const absl::Status status = startIn(folder.data(), options);
        QCOMPARE(status.code(), absl::StatusCode::kNotFound);
        QVERIFY(status.message().find("/nonexistent/bin") != std::string::npos);
        if (geteuid() == 0) {
            options = {};
            options.user = "no-such-user";
            QCOMPARE(startIn(folder.data(), options).code(), absl::StatusCode::kNotFound);
            options.user = "root";
            QCOMPARE(startIn(folder.data(), options).code(), absl::StatusCode::kInvalidArgument);
        }
    }

    void folderThatBlocksTheWayIsNamed()
    {
        if (geteuid() != 0) {
            QSKIP("PostgreSQL runs as another user only when the server is root");
        }
        const Folder folder;
        const QString closed = folder.path + QStringLiteral("/closed");
        QDir().mkpath(closed);
        QCOMPARE(chmod(closed.toUtf8().constData(), 0700), 0);
        const absl::Status status = startIn(closed.toStdString() + "/data");
        QCOMPARE(status.code(), absl::StatusCode::kPermissionDenied);
        const std::string expected = "cannot enter " + closed.toStdString() + " on the way";
        QVERIFY2(
            status.message().find(expected.c_str()) != std::string::npos,
            status.ToString().c_str());
        QVERIFY(hintOf(status).find("chmod o+x " + closed.toStdString()) != std::string::npos);
    }

    void readOnlyDirectoryIsSaid()
    {
        const Folder folder;
        const test::SmallDisk disk(folder.path + QStringLiteral("/disk"), "size=4m,mode=0755");
        const std::string place = folder.path.toStdString() + "/disk";
        if (geteuid() != 0) {
            QCOMPARE(chmod(place.c_str(), 0555), 0);
        } else if (!disk.isMounted() || !disk.makeReadOnly()) {
            QSKIP("this root may not mount a file system");
        }
        for (const std::string& dataDir : {place, place + "/data"}) {
            const absl::Status status = startIn(dataDir);
            QVERIFY(!status.ok());
            QVERIFY2(
                status.message().find(place.c_str()) != std::string::npos,
                status.ToString().c_str());
            QVERIFY2(hintOf(status).find("Make it writable") == 0, status.ToString().c_str());
        }
    }

    void fullDiskAtTheFirstStartIsSaidAndLeavesNothing()
    {
        const Folder folder;
        const test::SmallDisk disk(folder.path + QStringLiteral("/disk"), "size=20m,mode=0755");
        if (!disk.isMounted()) {
            QSKIP("a small disk needs root that may mount");
        }
        const std::string dataDir = folder.path.toStdString() + "/disk/data";
        const absl::Status status = startIn(dataDir);
        QCOMPARE(status.code(), absl::StatusCode::kResourceExhausted);
        QVERIFY(hintOf(status).find("Free space") == 0);
        QVERIFY(!QDir(QString::fromStdString(dataDir) + QStringLiteral("/postgres/data")).exists());
    }

    void diskThatFillsUpIsAStatusAndRecoversWithSpace()
    {
        const Folder folder;
        const test::SmallDisk disk(folder.path + QStringLiteral("/disk"), "size=160m,mode=0755");
        if (!disk.isMounted()) {
            QSKIP("a small disk needs root that may mount");
        }
        const auto directory = DataDirectory::open(folder.path.toStdString() + "/disk/data");
        QVERIFY2(directory.ok(), describe(directory.status()).c_str());
        const auto cluster = PrivateCluster::start(**directory, {});
        QVERIFY2(cluster.ok(), describe(cluster.status()).c_str());
        Database::Options options;
        options.name = "control";
        options.url = (*cluster)->url();
        const auto database = Database::create(options, m_registry);
        for (const char* sql :
             {"CREATE UNLOGGED TABLE public.big (x text)",
              "ALTER TABLE public.big ALTER COLUMN x SET STORAGE EXTERNAL"}) {
            QVERIFY((*database)->execute({sql, sql}).ok());
        }
        // Somebody else's file takes the space, and gives it back later.
        QFile other(folder.path + QStringLiteral("/disk/other"));
        QVERIFY(other.open(QIODevice::WriteOnly | QIODevice::Unbuffered));
        while (other.write(QByteArray(1 << 20, 'x')) == 1 << 20) {
        }
        const Statement fill = {
            "test.fill",
            "INSERT INTO public.big SELECT repeat(md5(i::text), 200) FROM generate_series(1, 5000) "
            "i"};
        const auto full = (*database)->execute(fill);
        QCOMPARE(full.status().code(), absl::StatusCode::kResourceExhausted);
        QVERIFY2(hintOf(full.status()).find("Free space") == 0, full.status().ToString().c_str());
        QVERIFY(other.remove());
        QVERIFY(test::waitUntil([&] { return (*database)->execute(fill).ok(); }));
    }

    void cutOffInitialisationIsDoneAgain()
    {
        const Folder folder;
        folder.write(QStringLiteral("data/postgres/data.new/PG_VERSION"), "15\n");
        const absl::Status status = startIn(folder.data());
        QVERIFY2(status.ok(), describe(status).c_str());
        QVERIFY(!QDir(folder.path + QStringLiteral("/data/postgres/data.new")).exists());
    }
};

int main(int argc, char** argv)
{
    if (argc == 3 && std::string(argv[1]) == kOwnArgument) {
        spdlog::set_level(spdlog::level::off); // standard output is for the pid
        const auto directory = DataDirectory::open(argv[2]);
        const auto cluster =
            directory.ok() ? PrivateCluster::start(**directory, {})
                           : absl::StatusOr<std::unique_ptr<PrivateCluster>>(directory.status());
        if (!cluster.ok()) {
            std::fprintf(stderr, "%s\n", describe(cluster.status()).c_str());
            return 1;
        }
        std::printf("%d\n", (*cluster)->postmasterPid());
        std::fflush(stdout);
        while (true) {
            pause();
        }
    }
    QCoreApplication application(argc, argv);
    TestPrivateCluster tests;
    return QTest::qExec(&tests, argc, argv);
}
#include "tst_PrivateCluster.moc"
