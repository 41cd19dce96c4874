// SPDX-License-Identifier: Apache-2.0
#include "server/services/RegistryStore.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

namespace pilothouse::services {

namespace {

#define PH_INSTANCE_COLUMNS                                                                        \
    "service, id, address, version, colour, metadata, tenants, weight, metrics_path, ttl_ms, "     \
    "check_kind, check_target, check_tls, check_interval_ms, check_timeout_ms, unhealthy_after, "  \
    "healthy_after, registration, revision, registered_by"

constexpr postgres::Statement kPut{
    "services.put",
    "INSERT INTO pilothouse.service_instances AS i (" PH_INSTANCE_COLUMNS ") "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, "
    "$19, $20) "
    "ON CONFLICT (service, id) DO UPDATE SET address = EXCLUDED.address, "
    "version = EXCLUDED.version, colour = EXCLUDED.colour, metadata = EXCLUDED.metadata, "
    "tenants = EXCLUDED.tenants, weight = EXCLUDED.weight, metrics_path = EXCLUDED.metrics_path, "
    "ttl_ms = EXCLUDED.ttl_ms, check_kind = EXCLUDED.check_kind, "
    "check_target = EXCLUDED.check_target, check_tls = EXCLUDED.check_tls, "
    "check_interval_ms = EXCLUDED.check_interval_ms, "
    "check_timeout_ms = EXCLUDED.check_timeout_ms, unhealthy_after = EXCLUDED.unhealthy_after, "
    "healthy_after = EXCLUDED.healthy_after, registration = EXCLUDED.registration, "
    "revision = EXCLUDED.revision, registered_by = EXCLUDED.registered_by, "
    "registered_at = clock_timestamp() "
    "RETURNING " PH_INSTANCE_COLUMNS ", draining, registered_at"};
constexpr postgres::Statement kForgetBeats{
    "services.forget_beats",
    "DELETE FROM pilothouse.service_heartbeats WHERE service = $1 AND id = $2"};
constexpr postgres::Statement kSetDraining{
    "services.set_draining",
    "UPDATE pilothouse.service_instances SET draining = $3, revision = $4 "
    "WHERE service = $1 AND id = $2"};
constexpr postgres::Statement kRemove{
    "services.remove", "DELETE FROM pilothouse.service_instances WHERE service = $1 AND id = $2"};
constexpr postgres::Statement kLock{
    "services.lock",
    "SELECT " PH_INSTANCE_COLUMNS ", draining, registered_at FROM pilothouse.service_instances "
    "WHERE service = $1 AND id = $2 FOR UPDATE"};
constexpr postgres::Statement kAll{
    "services.all",
    "SELECT " PH_INSTANCE_COLUMNS ", draining, registered_at FROM pilothouse.service_instances"};
constexpr postgres::Statement kCount{
    "services.count", "SELECT count(*) AS count FROM pilothouse.service_instances"};

#undef PH_INSTANCE_COLUMNS

constexpr postgres::Statement kKeepBeat{
    "services.keep_beat",
    "UPDATE pilothouse.service_heartbeats SET revision = $3 WHERE service = $1 AND id = $2"};
constexpr postgres::Statement kPutBeats{
    "services.put_beats",
    "INSERT INTO pilothouse.service_heartbeats AS b (service, id, revision, server_id, beat_at, "
    "problem, connections, queue, cpu, memory_bytes) "
    "SELECT n.service, n.id, n.revision::bigint, $1, "
    "clock_timestamp() - n.age::bigint * interval '1 ms', n.problem, "
    "NULLIF(n.connections, '')::float8, NULLIF(n.queue, '')::float8, NULLIF(n.cpu, '')::float8, "
    "NULLIF(n.memory, '')::float8 "
    "FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], "
    "$8::text[], $9::text[], $10::text[]) "
    "AS n (service, id, revision, age, problem, connections, queue, cpu, memory) "
    "JOIN pilothouse.service_instances i ON i.service = n.service AND i.id = n.id "
    "AND i.revision = n.revision::bigint ORDER BY n.service, n.id "
    "ON CONFLICT (service, id) DO UPDATE SET revision = EXCLUDED.revision, "
    "server_id = EXCLUDED.server_id, beat_at = EXCLUDED.beat_at, problem = EXCLUDED.problem, "
    "connections = EXCLUDED.connections, queue = EXCLUDED.queue, cpu = EXCLUDED.cpu, "
    "memory_bytes = EXCLUDED.memory_bytes "
    "WHERE b.revision < EXCLUDED.revision OR b.beat_at < EXCLUDED.beat_at"};
constexpr postgres::Statement kBeats{
    "services.beats",
    "SELECT service, id, revision, problem, connections, queue, cpu, memory_bytes, "
    "(extract(epoch FROM clock_timestamp() - beat_at) * 1000)::bigint AS age_ms "
    "FROM pilothouse.service_heartbeats WHERE server_id <> $1 "
    "AND beat_at > clock_timestamp() - $2::interval"};

std::vector<std::string> flat(const std::map<std::string, std::string>& values)
{
    std::vector<std::string> result;
    for (const auto& [name, value] : values) {
        result.push_back(name);
        result.push_back(value);
    }
    return result;
}

StoredInstance instanceIn(const postgres::Row& row)
{
    StoredInstance stored;
    InstanceSpec& spec = stored.spec;
    spec.key = {row.text("service"), row.text("id")};
    spec.address = row.text("address");
    spec.version = row.text("version");
    spec.colour = row.text("colour");
    const auto metadata = row.textList("metadata");
    for (std::size_t index = 0; index + 1 < metadata.size(); index += 2) {
        spec.metadata.emplace(metadata[index], metadata[index + 1]);
    }
    spec.tenants = row.textList("tenants");
    spec.weight = static_cast<int>(row.integer("weight"));
    spec.metricsPath = row.text("metrics_path");
    spec.ttl = absl::Milliseconds(row.integer("ttl_ms"));
    spec.check.kind = checkKindOf(row.text("check_kind")).value_or(CheckKind::None);
    spec.check.target = row.text("check_target");
    spec.check.isTls = row.boolean("check_tls");
    spec.check.interval = absl::Milliseconds(row.integer("check_interval_ms"));
    spec.check.timeout = absl::Milliseconds(row.integer("check_timeout_ms"));
    spec.check.unhealthyAfter = static_cast<int>(row.integer("unhealthy_after"));
    spec.check.healthyAfter = static_cast<int>(row.integer("healthy_after"));
    stored.isDraining = row.boolean("draining");
    stored.registration = row.bytes("registration");
    stored.revision = row.integer("revision");
    stored.registeredBy = row.text("registered_by");
    stored.registerTime = row.time("registered_at");
    return stored;
}

std::optional<double> numberIn(const postgres::Row& row, const char* column)
{
    return row.isNull(column) ? std::nullopt : std::optional(row.number(column));
}

StoredBeat beatIn(const postgres::Row& row)
{
    return {
        {row.text("service"), row.text("id")},
        row.integer("revision"),
        absl::Milliseconds(row.integer("age_ms")),
        row.text("problem"),
        {numberIn(row, "connections"),
         numberIn(row, "queue"),
         numberIn(row, "cpu"),
         numberIn(row, "memory_bytes")}};
}

std::string textOf(const std::optional<double>& number)
{
    return number ? fmt::format("{}", *number) : std::string();
}

} // namespace

absl::StatusOr<StoredInstance> RegistryStore::put(
    Transaction& transaction, const StoredInstance& instance) const
{
    const InstanceSpec& spec = instance.spec;
    PH_RETURN_IF_ERROR(transaction.execute(kForgetBeats, {spec.key.service, spec.key.id}).status());
    PH_ASSIGN_OR_RETURN(
        auto stored,
        transaction.queryOne(
            kPut,
            {spec.key.service,
             spec.key.id,
             spec.address,
             spec.version,
             spec.colour,
             flat(spec.metadata),
             spec.tenants,
             spec.weight,
             spec.metricsPath,
             absl::ToInt64Milliseconds(spec.ttl),
             checkKindName(spec.check.kind),
             spec.check.target,
             spec.check.isTls,
             absl::ToInt64Milliseconds(spec.check.interval),
             absl::ToInt64Milliseconds(spec.check.timeout),
             spec.check.unhealthyAfter,
             spec.check.healthyAfter,
             postgres::Param::bytes(instance.registration),
             instance.revision,
             instance.registeredBy},
            instanceIn));
    if (!stored) {
        return absl::InternalError("the database did not answer what it stored");
    }
    return *std::move(stored);
}

absl::Status RegistryStore::setDraining(
    Transaction& transaction, const InstanceKey& key, bool isDraining, std::int64_t revision) const
{
    PH_RETURN_IF_ERROR(
        transaction.execute(kSetDraining, {key.service, key.id, isDraining, revision}).status());
    // The registration is the same: its last heartbeat still counts.
    return transaction.execute(kKeepBeat, {key.service, key.id, revision}).status();
}

absl::Status RegistryStore::remove(Transaction& transaction, const InstanceKey& key) const
{
    return transaction.execute(kRemove, {key.service, key.id}).status();
}

absl::StatusOr<std::optional<StoredInstance>> RegistryStore::lock(
    Transaction& transaction, const InstanceKey& key) const
{
    return transaction.queryOne(kLock, {key.service, key.id}, instanceIn);
}

absl::StatusOr<std::vector<StoredInstance>> RegistryStore::all(Transaction& transaction) const
{
    return transaction.query(kAll, {}, instanceIn);
}

absl::StatusOr<std::int64_t> RegistryStore::count(Transaction& transaction) const
{
    PH_ASSIGN_OR_RETURN(
        const auto count, transaction.queryOne(kCount, {}, [](const postgres::Row& row) {
            return row.integer("count");
        }));
    return count.value_or(0);
}

absl::Status RegistryStore::putBeats(
    Transaction& transaction,
    const std::string& serverId,
    const std::vector<StoredBeat>& beats) const
{
    constexpr std::size_t kColumns = 9;
    std::vector<std::vector<std::string>> columns(kColumns);
    for (const StoredBeat& beat : beats) {
        const std::string row[kColumns] = {
            beat.key.service,
            beat.key.id,
            std::to_string(beat.revision),
            std::to_string(absl::ToInt64Milliseconds(beat.age)),
            beat.problem,
            textOf(beat.load.connections),
            textOf(beat.load.queue),
            textOf(beat.load.cpu),
            textOf(beat.load.memoryBytes)};
        for (std::size_t index = 0; index < kColumns; ++index) {
            columns[index].push_back(row[index]);
        }
    }
    postgres::Params params{serverId};
    params.insert(params.end(), columns.begin(), columns.end());
    return transaction.execute(kPutBeats, params).status();
}

absl::StatusOr<std::vector<StoredBeat>> RegistryStore::beats(
    Transaction& transaction, const std::string& serverId, absl::Duration span) const
{
    return transaction.query(kBeats, {serverId, span}, beatIn);
}

} // namespace pilothouse::services
