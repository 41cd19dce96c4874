// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/redis/RedisInfo.h"

#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace pilothouse::metrics {

namespace {

struct Field
{
    const char* field;
    const char* name;
    const char* help;
    bool isCounter;
};

constexpr std::array<Field, 34> kFields = {{
    {"uptime_in_seconds", "redis_uptime_in_seconds", "Seconds since the start.", false},
    {"connected_clients", "redis_connected_clients", "Connected clients.", false},
    {"blocked_clients", "redis_blocked_clients", "Clients that wait for something.", false},
    {"maxclients", "redis_config_maxclients", "Clients that are allowed.", false},
    {"used_memory", "redis_memory_used_bytes", "Memory in use.", false},
    {"used_memory_rss", "redis_memory_used_rss_bytes", "Resident memory.", false},
    {"used_memory_peak", "redis_memory_used_peak_bytes", "Most memory ever in use.", false},
    {"used_memory_dataset", "redis_memory_used_dataset_bytes", "Memory of the data.", false},
    {"used_memory_lua", "redis_memory_used_lua_bytes", "Memory of scripts.", false},
    {"maxmemory", "redis_memory_max_bytes", "Memory that is allowed; 0 = no limit.", false},
    {"mem_fragmentation_ratio", "redis_mem_fragmentation_ratio", "Resident to used.", false},
    {"loading", "redis_loading_dump_file", "Whether a dump is being loaded.", false},
    {"rdb_changes_since_last_save",
     "redis_rdb_changes_since_last_save",
     "Changes not saved.",
     false},
    {"rdb_bgsave_in_progress", "redis_rdb_bgsave_in_progress", "Whether a dump is written.", false},
    {"rdb_last_save_time",
     "redis_rdb_last_save_timestamp_seconds",
     "Time of the last dump.",
     false},
    {"aof_enabled", "redis_aof_enabled", "Whether changes are logged.", false},
    {"total_connections_received",
     "redis_connections_received_total",
     "Connections accepted.",
     true},
    {"rejected_connections", "redis_rejected_connections_total", "Connections refused.", true},
    {"total_commands_processed", "redis_commands_processed_total", "Commands processed.", true},
    {"total_net_input_bytes", "redis_net_input_bytes_total", "Bytes received.", true},
    {"total_net_output_bytes", "redis_net_output_bytes_total", "Bytes sent.", true},
    {"expired_keys", "redis_expired_keys_total", "Keys that expired.", true},
    {"evicted_keys", "redis_evicted_keys_total", "Keys evicted at the limit of memory.", true},
    {"keyspace_hits", "redis_keyspace_hits_total", "Look-ups that found a key.", true},
    {"keyspace_misses", "redis_keyspace_misses_total", "Look-ups that found none.", true},
    {"pubsub_channels", "redis_pubsub_channels", "Channels with subscribers.", false},
    {"pubsub_patterns", "redis_pubsub_patterns", "Patterns with subscribers.", false},
    {"latest_fork_usec", "redis_latest_fork_usec", "Microseconds of the last fork.", false},
    {"connected_slaves", "redis_connected_slaves", "Replicas.", false},
    {"master_repl_offset", "redis_master_repl_offset", "Replication offset.", false},
    {"used_cpu_sys", "redis_cpu_sys_seconds_total", "System CPU time.", true},
    {"used_cpu_user", "redis_cpu_user_seconds_total", "User CPU time.", true},
    {"total_error_replies", "redis_total_error_replies", "Errors answered.", true},
    {"mem_clients_normal", "redis_mem_clients_normal", "Memory of clients' buffers.", false},
}};

std::optional<double> numberIn(std::string_view text)
{
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

/// The number after "key=" in "keys=5,expires=1,avg_ttl=0".
std::optional<double> partOf(std::string_view text, std::string_view key)
{
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        const std::string_view part = text.substr(0, comma);
        if (part.substr(0, key.size()) == key && part.substr(key.size(), 1) == "=") {
            return numberIn(part.substr(key.size() + 1));
        }
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    }
    return std::nullopt;
}

bool isDatabase(std::string_view field)
{
    return field.size() > 2 && field.substr(0, 2) == "db" &&
           field.find_first_not_of("0123456789", 2) == std::string_view::npos;
}

void writeDatabases(
    const std::map<std::string, std::string>& info,
    const char* name,
    const char* help,
    std::string_view key,
    ExpositionWriter& out)
{
    out.gauge(name, help);
    for (const auto& [field, text] : info) {
        if (const auto value = isDatabase(field) ? partOf(text, key) : std::nullopt) {
            out.sample(name, {{"db", field}}, *value);
        }
    }
}

} // namespace

void writeRedisInfo(const std::map<std::string, std::string>& info, ExpositionWriter& out)
{
    for (const Field& field : kFields) {
        const auto found = info.find(field.field);
        const auto value = found == info.end() ? std::nullopt : numberIn(found->second);
        if (!value) {
            continue;
        }
        if (field.isCounter) {
            out.counter(field.name, field.help, *value);
        } else {
            out.gauge(field.name, field.help, *value);
        }
    }
    writeDatabases(info, "redis_db_keys", "Keys.", "keys", out);
    writeDatabases(info, "redis_db_keys_expiring", "Keys that expire.", "expires", out);
    const auto text = [&](const char* field) {
        const auto found = info.find(field);
        return found == info.end() ? std::string_view() : std::string_view(found->second);
    };
    out.gauge("redis_instance_info", "What the server is.");
    out.sample(
        "redis_instance_info",
        {{"redis_version", text("redis_version")},
         {"redis_mode", text("redis_mode")},
         {"role", text("role")},
         {"os", text("os")},
         {"maxmemory_policy", text("maxmemory_policy")}},
        1);
    out.gauge("redis_up", "Whether the last look at the server succeeded.", 1);
}

} // namespace pilothouse::metrics
