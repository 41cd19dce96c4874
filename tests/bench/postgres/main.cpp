// SPDX-License-Identifier: Apache-2.0
// What the pool, the names, the measuring and the statuses of Database cost: a lookup by primary
// key and a transaction of two statements, beside the same through bare libpqxx on one connection
// of the same PostgreSQL. Rounds alternate, so that other load on the machine meets both; CPU time
// of this process. It and PostgreSQL share one processor: waking another costs three times such a
// call, and on which the scheduler puts the server differs from connection to connection.
#include "server/platform/postgres/Database.h"
#include "server/platform/postgres/PrivateCluster.h"
#include "server/platform/process/DataDirectory.h"
#include "shared/base/StatusHelpers.h"
#include "tests/bench/support/Report.h"
#include "tests/bench/support/Statistics.h"
#include "tests/bench/support/Usage.h"

#include <fmt/format.h>
#include <pqxx/pqxx>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <functional>
#include <sched.h>
#include <sys/stat.h>
#include <vector>

using namespace pilothouse;
using namespace pilothouse::postgres;

namespace {

constexpr int kCallsPerRound = 2000;
constexpr int kRows = 100000;
constexpr Statement kFind = {"bench.find", "SELECT name FROM bench WHERE id = $1"};
constexpr Statement kTouch = {"bench.touch", "UPDATE bench SET hits = hits + 1 WHERE id = $1"};
constexpr bench::Aim kNeededShare = bench::atLeast(0.8);

/// CPU microseconds of one call.
double measure(const std::function<void(int)>& call)
{
    const double before = bench::ownCpuSeconds();
    for (int round = 0; round < kCallsPerRound; ++round) {
        call(1 + (round * 7919) % kRows);
    }
    return (bench::ownCpuSeconds() - before) * 1e6 / kCallsPerRound;
}

void require(const absl::Status& status)
{
    if (!status.ok()) {
        std::fprintf(stderr, "%s\n", describe(status).c_str());
        std::exit(1);
    }
}

/// This process, and what it will start.
bool useOneProcessor()
{
    const int here = sched_getcpu();
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(here < 0 ? 0 : here, &one);
    return sched_setaffinity(0, sizeof(one), &one) == 0;
}

struct Side
{
    std::function<void(int)> find;
    std::function<void(int)> change;
};

Side oursOn(Database& database)
{
    return {
        [&database](int id) {
            const auto name =
                database.queryOne(kFind, {id}, [](const Row& row) { return row.text("name"); });
            require(name.status());
        },
        [&database](int id) {
            require(database.transact([id](Transaction& transaction) -> absl::Status {
                PH_RETURN_IF_ERROR(transaction.execute(kFind, {id}).status());
                return transaction.execute(kTouch, {id}).status();
            }));
        }};
}

Side bareOn(pqxx::connection& connection)
{
    connection.prepare(kFind.name, kFind.sql);
    connection.prepare(kTouch.name, kTouch.sql);
    return {
        [&connection](int id) {
            pqxx::nontransaction session(connection);
            const auto rows = session.exec_prepared(kFind.name, id);
            const std::string name = rows[0]["name"].as<std::string>();
            if (name.empty()) {
                std::exit(1);
            }
        },
        [&connection](int id) {
            pqxx::work work(connection);
            work.exec_prepared(kFind.name, id);
            work.exec_prepared(kTouch.name, id);
            work.commit();
        }};
}

void compare(
    bench::Report& report,
    const char* what,
    int rounds,
    const std::function<void(int)>& ours,
    const std::function<void(int)>& bare)
{
    measure(ours);
    measure(bare);
    std::vector<double> oursTimes;
    std::vector<double> bareTimes;
    for (int round = 0; round < rounds; ++round) {
        oursTimes.push_back(measure(ours));
        bareTimes.push_back(measure(bare));
    }
    report.ratio(
        what,
        "us/call",
        {"bare libpqxx", bench::median(bareTimes)},
        {"Database", bench::median(oursTimes)},
        kNeededShare);
}

} // namespace

int main(int argc, char** argv)
{
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 9;
    if (!useOneProcessor()) {
        std::perror("bench_postgres: sched_setaffinity");
        return 1;
    }
    std::string folder = (std::filesystem::temp_directory_path() / "ph-bench-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr || chmod(folder.c_str(), 0755) != 0) {
        return 1;
    }
    bench::Report report("postgres");
    {
        const auto directory = platform::DataDirectory::open(folder + "/data");
        require(directory.status());
        const auto cluster = PrivateCluster::start(**directory, {});
        require(cluster.status());
        prometheus::Registry registry;
        Database::Options options;
        options.name = "bench";
        options.url = (*cluster)->url();
        options.slowQuery = absl::Hours(1);
        const auto database = Database::create(options, registry);
        require(database.status());
        const std::string table = fmt::format(
            "CREATE UNLOGGED TABLE bench AS SELECT i AS id, md5(i::text) AS name, 0 AS hits"
            " FROM generate_series(1, {}) i",
            kRows);
        require((*database)->execute({"bench.table", table.c_str()}).status());
        require(
            (*database)->execute({"bench.key", "ALTER TABLE bench ADD PRIMARY KEY (id)"}).status());
        pqxx::connection connection((*cluster)->url());
        const Side ours = oursOn(**database);
        const Side bare = bareOn(connection);
        compare(report, "lookup by key", rounds, ours.find, bare.find);
        compare(report, "transaction of two", rounds, ours.change, bare.change);
    }
    std::filesystem::remove_all(folder);
    return report.exitCode();
}
