// SPDX-License-Identifier: Apache-2.0
#include "server/platform/haproxy/Haproxy.h"

#include "server/platform/faults/Faults.h"
#include "server/platform/haproxy/RuntimeSocket.h"
#include "shared/base/StatusHelpers.h"

#include <absl/strings/str_join.h>
#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::haproxy {

namespace {

constexpr std::string_view kVersion = "New version created: ";
/// Of backends and servers among what `show stat` can show.
constexpr int kBackendsAndServers = 6;

absl::Status noMap(const std::filesystem::path& file)
{
    return withHint(
        absl::NotFoundError(fmt::format("HAProxy knows no map {}", file.string())),
        "Write map_file exactly as it stands in HAProxy's configuration.");
}

absl::Status refused(const char* what, std::string_view said)
{
    return absl::FailedPreconditionError(fmt::format("HAProxy refused to {}: {}", what, said));
}

constexpr const char* kChangeMap = "change its map";

} // namespace

absl::StatusOr<std::vector<StatRow>> Haproxy::statistics(
    const std::vector<std::string>& backends) const
{
    const std::string command =
        absl::StrJoin(backends, ";", [](std::string* out, const std::string& backend) {
            *out += fmt::format("show stat {} {} -1", backend, kBackendsAndServers);
        });
    PH_ASSIGN_OR_RETURN(const std::string answer, askRuntime(m_socket, command, m_limit));
    if (answer.find("No such proxy") != std::string::npos) {
        return withHint(
            absl::NotFoundError(fmt::format(
                "HAProxy does not have all of the backends {}", absl::StrJoin(backends, ", "))),
            "Name the backends as they stand in HAProxy's configuration.");
    }
    return parseStat(answer);
}

absl::StatusOr<std::vector<MapEntry>> Haproxy::map(const std::filesystem::path& file) const
{
    PH_ASSIGN_OR_RETURN(
        const std::string answer,
        askRuntime(m_socket, fmt::format("show map {}", file.string()), m_limit));
    if (answer.starts_with("Unknown map")) {
        return noMap(file);
    }
    return parseShownMap(answer);
}

absl::Status Haproxy::tell(const std::string& command, const char* what) const
{
    PH_ASSIGN_OR_RETURN(const std::string answer, askRuntime(m_socket, command, m_limit));
    const std::string_view said = trimmed(answer);
    return said.empty() ? absl::OkStatus() : refused(what, said);
}

absl::Status Haproxy::replaceMap(
    const std::filesystem::path& file, const std::vector<MapEntry>& entries) const
{
    const auto isFit = [](const MapEntry& entry) {
        return !entry.key.empty() && entry.key.find('\n') == std::string::npos &&
               entry.value.find('\n') == std::string::npos;
    };
    if (!std::ranges::all_of(entries, isFit)) {
        return absl::InvalidArgumentError(
            fmt::format("the map {} has an entry that cannot be sent", file.string()));
    }
    PH_ASSIGN_OR_RETURN(
        const std::string answer,
        askRuntime(m_socket, fmt::format("prepare map {}", file.string()), m_limit));
    std::int64_t version = 0;
    const std::string_view said = trimmed(answer);
    if (!said.starts_with(kVersion) || !parseNumber(said.substr(kVersion.size()), version)) {
        return said.starts_with("Unknown map") ? noMap(file) : refused(kChangeMap, said);
    }
    std::string lines;
    for (const MapEntry& entry : entries) {
        lines += fmt::format("{} {}\n", entry.key, entry.value);
    }
    PH_RETURN_IF_ERROR(
        tell(fmt::format("add map @{} {} <<\n{}", version, file.string(), lines), kChangeMap));
    return tell(fmt::format("commit map @{} {}", version, file.string()), kChangeMap);
}

absl::Status Haproxy::setMapEntry(const std::filesystem::path& file, const MapEntry& entry) const
{
    return tell(fmt::format("set map {} {} {}", file.string(), entry.key, entry.value), kChangeMap);
}

absl::Status Haproxy::addServer(
    const std::string& backend,
    const std::string& server,
    const std::string& address,
    const std::string& options) const
{
    const std::string name = backend + "/" + server;
    PH_ASSIGN_OR_RETURN(
        const std::string answer,
        askRuntime(m_socket, fmt::format("add server {} {} {}", name, address, options), m_limit));
    const std::string_view said = trimmed(answer);
    if (said.find("registered") == std::string_view::npos &&
        said.find("lready exists") == std::string_view::npos) {
        return refused("add a server", said);
    }
    PH_FAULT("haproxy.after_add_server");
    // Taken as down until its checks say otherwise: HAProxy itself would begin with "up".
    return tell(
        fmt::format("enable health {0};enable server {0};set server {0} health down", name),
        "begin the checks of a server");
}

absl::Status Haproxy::drainServer(const std::string& backend, const std::string& server) const
{
    return tell(fmt::format("set server {}/{} state drain", backend, server), "drain a server");
}

absl::Status Haproxy::setDown(const std::string& backend, const std::string& server) const
{
    return tell(
        fmt::format("set server {}/{} health down", backend, server), "take a server for down");
}

absl::Status Haproxy::resumeServer(const std::string& backend, const std::string& server) const
{
    return tell(fmt::format("set server {}/{} state ready", backend, server), "resume a server");
}

absl::Status Haproxy::removeServer(const std::string& backend, const std::string& server) const
{
    PH_ASSIGN_OR_RETURN(
        const std::string answer,
        askRuntime(
            m_socket,
            fmt::format("set server {0}/{1} state maint;del server {0}/{1}", backend, server),
            m_limit));
    const std::string_view said = trimmed(answer);
    return said.find("deleted") != std::string_view::npos ||
                   said.find("No such server") != std::string_view::npos
               ? absl::OkStatus()
               : refused("remove a server", said);
}

} // namespace pilothouse::haproxy
