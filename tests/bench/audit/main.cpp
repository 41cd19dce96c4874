// SPDX-License-Identifier: Apache-2.0
// Two ratios, each against PostgreSQL alone in the same run: how fast waiting entries are chained
// (floor: the same rows by COPY into a table of the same shape, 500 a commit), and how long an
// export through pilothoused and pilothousectl takes (floor: psql's COPY of the same columns), with
// the server's memory before and after.
#include "server/audit/ChainWriter.h"
#include "server/platform/postgres/ConnectionString.h"
#include "server/platform/postgres/Postmaster.h"
#include "tests/bench/support/Report.h"
#include "tests/bench/support/Usage.h"
#include "tests/support/Programs.h"
#include "tests/support/TestServer.h"

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <pqxx/pqxx>
#include <pqxx/stream_to>
#include <prometheus/registry.h>

#include <QCoreApplication>
#include <QFile>
#include <QProcess>

#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace pilothouse;

namespace {

constexpr int kChained = 50000;
constexpr int kBatch = audit::ChainWriter::kBatch;
constexpr bench::Aim kLargestExportRatio = bench::atMost(1.5);
constexpr bench::Aim kMostGrowth = bench::atMost(64);
constexpr double kNeededPerSecond = 1000;
constexpr const char* kColumns =
    "sequence, recorded_at, actor, array_to_string(roles, ' '), action, target, before, after, "
    "plan_digest, reason, source, request_id, trace_id, outcome, message, day, encode(hash, 'hex')";

double seconds()
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

[[noreturn]] void fail(const std::string& why)
{
    std::fprintf(stderr, "%s\n", why.c_str());
    std::exit(1);
}

std::string urlOf(const test::TestServer& server, const char* user)
{
    const auto file =
        postgres::readPostmasterFile(server.dataDir().toStdString() + "/postgres/data");
    postgres::ConnectionString string;
    string.set("host", file ? file->socketFolder.string() : std::string());
    string.set("user", user);
    string.set("dbname", "pilothouse");
    return string.text();
}

void fillPending(pqxx::connection& connection, int count)
{
    pqxx::nontransaction(connection)
        .exec(fmt::format(
            "INSERT INTO pilothouse.audit_pending (actor, roles, action, target, before, after, "
            "plan_digest, reason, source, request_id, trace_id, outcome, message) "
            "SELECT 'operator' || n % 40, '{{operator}}', 'tenants.update', 'tenants/t' || n % "
            "5000, "
            "'{{\"plan\":\"free\",\"limit\":' || n || '}}', '{{\"plan\":\"pro\",\"limit\":' || n "
            "|| '}}', "
            "md5(n::text), 'upgrade requested by ticket ' || n, '10.0.0.7', substr(md5(n::text), "
            "1, 16), "
            "md5('t' || n), 'ok', '' FROM generate_series(1, {}) n",
            count));
}

double copyFloor(pqxx::connection& connection)
{
    pqxx::nontransaction(connection)
        .exec("DROP TABLE IF EXISTS audit_floor; CREATE TABLE audit_floor (LIKE "
              "pilothouse.audit_entries INCLUDING ALL)");
    const double started = seconds();
    for (int first = 0; first < kChained; first += kBatch) {
        pqxx::work work(connection);
        pqxx::stream_to stream(work, "audit_floor");
        for (int number = first; number < first + kBatch; ++number) {
            const std::string text = std::to_string(number);
            stream << std::make_tuple(
                std::string("2026-01-01"),
                number,
                std::string("2026-01-01 12:00:00+00"),
                "operator" + std::to_string(number % 40),
                std::string("{operator}"),
                std::string("tenants.update"),
                "tenants/t" + std::to_string(number % 5000),
                "{\"plan\":\"free\",\"limit\":" + text + "}",
                "{\"plan\":\"pro\",\"limit\":" + text + "}",
                std::string(32, 'a'),
                "upgrade requested by ticket " + text,
                std::string("10.0.0.7"),
                std::string(16, 'b'),
                std::string(32, 'c'),
                std::string("ok"),
                std::string(),
                "\\x" + std::string(64, 'd'));
        }
        stream.complete();
        work.commit();
    }
    const double took = seconds() - started;
    pqxx::nontransaction(connection).exec("DROP TABLE audit_floor");
    return took;
}

/// The server's own writer chains them; watched from outside.
double chainTime(pqxx::connection& connection)
{
    fillPending(connection, kChained);
    const double started = seconds();
    while (pqxx::nontransaction(connection)
               .exec("SELECT EXISTS (SELECT 1 FROM pilothouse.audit_pending)")[0][0]
               .as<bool>()) {
        if (seconds() - started > 600) {
            fail("the server chains nothing");
        }
    }
    return seconds() - started;
}

/// Entries of one long past day, put there as they are: an export does not look at hashes.
void fillEntries(pqxx::connection& connection, int count)
{
    pqxx::work work(connection);
    work.exec("SET LOCAL session_replication_role = replica");
    const auto last =
        work.exec("SELECT coalesce(max(last_sequence), 0) FROM pilothouse.audit_days")[0][0]
            .as<long long>();
    work.exec("SELECT pilothouse.audit_make_day('2100-01-01')");
    work.exec(fmt::format(
        "INSERT INTO pilothouse.audit_entries SELECT '2100-01-01', {0} + n, now(), 'operator' || n "
        "% "
        "40, '{{operator}}', 'tenants.update', 'tenants/t' || n % 5000, "
        "'{{\"plan\":\"free\",\"limit\":' || n || '}}', '{{\"plan\":\"pro\",\"limit\":' || n || "
        "'}}', "
        "md5(n::text), 'upgrade requested by ticket ' || n, '10.0.0.7', substr(md5(n::text), 1, "
        "16), "
        "md5('t' || n), 'ok', '', sha256('x') FROM generate_series(1, {1}) n",
        last,
        count));
    work.exec(fmt::format(
        "INSERT INTO pilothouse.audit_days (day, first_sequence, last_sequence, last_hash, "
        "first_recorded_at, last_recorded_at) VALUES ('2100-01-01', {}, {}, sha256('x'), now(), "
        "now())",
        last + 1,
        last + count));
    work.commit();
    pqxx::nontransaction(connection).exec("VACUUM ANALYZE pilothouse.audit_entries");
}

double run(const QString& program, const QStringList& arguments)
{
    QProcess process;
    process.setStandardOutputFile(QProcess::nullDevice());
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    const double started = seconds();
    process.start(program, arguments);
    if (!process.waitForFinished(-1) || process.exitCode() != 0) {
        fail(program.toStdString() + " failed");
    }
    return seconds() - started;
}

double residentMegabytes(qint64 pid)
{
    QFile file(QStringLiteral("/proc/%1/status").arg(pid));
    if (file.open(QIODevice::ReadOnly)) {
        for (const QByteArray& line : file.readAll().split('\n')) {
            if (line.startsWith("VmRSS:")) {
                return line.mid(6).trimmed().split(' ').front().toDouble() / 1024;
            }
        }
    }
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    QCoreApplication application(argc, argv);
    bench::findOwnPrograms();
    const int exported = argc > 1 ? std::atoi(argv[1]) : 1000000;
    test::TestServer server;
    if (!server.start()) {
        fail(server.log().toStdString());
    }
    pqxx::connection owner(urlOf(server, "pilothouse"));
    chainTime(owner); // once to warm up
    const double floor = copyFloor(owner);
    const double chain = chainTime(owner);
    bench::Report report("audit");
    report.figure("entries chained", "/s", kChained / chain, bench::atLeast(kNeededPerSecond));
    report.fact("entries chained", "/s", {"server", kChained / chain}, {"COPY", kChained / floor});

    fillEntries(owner, exported);
    const QString copy =
        QStringLiteral("COPY (SELECT %1 FROM pilothouse.audit_entries ORDER BY day, "
                       "sequence) TO STDOUT (FORMAT csv)")
            .arg(QString::fromLatin1(kColumns));
    const QStringList psql = {
        QStringLiteral("-X"),
        QStringLiteral("-d"),
        QString::fromStdString(urlOf(server, "pilothouse")),
        QStringLiteral("-c"),
        copy};
    const auto exportAs = [&](const char* format) {
        return run(
            test::programPath(QStringLiteral("pilothousectl")),
            {QStringLiteral("--server"),
             server.socketAddress(),
             QStringLiteral("audit"),
             QStringLiteral("export"),
             QStringLiteral("--format"),
             QString::fromLatin1(format)});
    };
    run(QStringLiteral("psql"), psql); // once to warm up
    const double before = residentMegabytes(server.pid());
    const double bare = run(QStringLiteral("psql"), psql);
    const double csv = exportAs("csv");
    const double after = residentMegabytes(server.pid());
    const double json = exportAs("jsonl");
    report.fact("entries exported", "", exported);
    report.ratio(
        "export as CSV", "s", {"command line", csv}, {"psql's COPY", bare}, kLargestExportRatio);
    report.fact("export as JSON lines", "s", {"command line", json}, {"psql's COPY", bare});
    // Flat: what a page of an export takes, whatever its length.
    report.figure("memory of the server grown by", "MB", after - before, kMostGrowth);
    server.stop(30000);
    return report.exitCode();
}
