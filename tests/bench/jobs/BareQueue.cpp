// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/jobs/BareQueue.h"

#include "server/jobs/Arrays.h"
#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>

#include <thread>

namespace pilothouse::bench {

namespace {

constexpr postgres::Statement kFill{
    "bench.fill", "INSERT INTO bench_queue (payload) SELECT 'x' FROM generate_series(1, $1::int)"};
constexpr postgres::Statement kClaim{
    "bench.claim",
    "UPDATE bench_queue SET state = 'running', attempt = attempt + 1, "
    "leased_until = clock_timestamp() + interval '6 s' WHERE id IN (SELECT id FROM bench_queue "
    "WHERE state = 'ready' ORDER BY priority DESC, id LIMIT $1 FOR UPDATE SKIP LOCKED) "
    "RETURNING id"};
constexpr postgres::Statement kComplete{
    "bench.complete",
    "UPDATE bench_queue SET state = 'done', finished_at = clock_timestamp() "
    "WHERE id = ANY ($1::bigint[]) AND state = 'running'"};
constexpr postgres::Statement kEnqueue{
    "bench.enqueue",
    "WITH added AS (INSERT INTO bench_queue (payload) VALUES ('x') RETURNING id) "
    "SELECT pg_notify('bench_queue', id::text) FROM added"};

} // namespace

absl::Status BareQueue::create()
{
    return m_database.transact([](postgres::Transaction& transaction) {
        return transaction.executeScript(
            "bench.create",
            "DROP TABLE IF EXISTS bench_queue; CREATE TABLE bench_queue (id bigint GENERATED "
            "ALWAYS AS IDENTITY PRIMARY KEY, state text NOT NULL DEFAULT 'ready', priority "
            "smallint NOT NULL DEFAULT 0, attempt int NOT NULL DEFAULT 0, leased_until "
            "timestamptz, finished_at timestamptz, payload text NOT NULL) WITH (fillfactor = 80); "
            "CREATE INDEX ON bench_queue (priority DESC, id) WHERE state = 'ready'");
    });
}

absl::Status BareQueue::fill(int jobs)
{
    return m_database.execute(kFill, {jobs}).status();
}

absl::StatusOr<std::vector<std::int64_t>> BareQueue::claim(int batch)
{
    return m_database.query(
        kClaim, {batch}, [](const postgres::Row& row) { return row.integer("id"); });
}

absl::Status BareQueue::complete(const std::vector<std::int64_t>& ids)
{
    jobs::NumberArray array;
    for (const std::int64_t id : ids) {
        array.add(id);
    }
    return m_database.execute(kComplete, {array.param()}).status();
}

absl::StatusOr<absl::Duration> BareQueue::drain(int batch)
{
    const absl::Time started = absl::Now();
    while (true) {
        PH_ASSIGN_OR_RETURN(const auto ids, claim(batch));
        if (ids.empty()) {
            return absl::Now() - started;
        }
        PH_RETURN_IF_ERROR(complete(ids));
    }
}

absl::StatusOr<std::vector<absl::Duration>> BareQueue::latencies(int count)
{
    PH_ASSIGN_OR_RETURN(const auto listener, m_database.listen({"bench_queue"}));
    std::vector<absl::Duration> result;
    for (int number = 0; number < count; ++number) {
        const absl::Time started = absl::Now();
        std::thread enqueue([&] { m_database.execute(kEnqueue).IgnoreError(); });
        std::vector<std::int64_t> ids;
        while (ids.empty()) {
            PH_RETURN_IF_ERROR(listener->wait(absl::Seconds(1)).status());
            PH_ASSIGN_OR_RETURN(ids, claim(1));
        }
        result.push_back(absl::Now() - started);
        enqueue.join();
        PH_RETURN_IF_ERROR(complete(ids));
    }
    return result;
}

} // namespace pilothouse::bench
