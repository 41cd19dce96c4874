// SPDX-License-Identifier: Apache-2.0
#include "server/platform/haproxy/Haproxy.h"

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

absl::Status Haproxy::tell(const std::string& command) const
{
    PH_ASSIGN_OR_RETURN(const std::string answer, askRuntime(m_socket, command, m_limit));
    const std::string_view said = trimmed(answer);
    return said.empty() ? absl::OkStatus()
                        : absl::FailedPreconditionError(
                              fmt::format("HAProxy refused to change its map: {}", said));
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
        return said.starts_with("Unknown map")
                   ? noMap(file)
                   : absl::FailedPreconditionError(
                         fmt::format("HAProxy refused to change its map: {}", said));
    }
    std::string lines;
    for (const MapEntry& entry : entries) {
        lines += fmt::format("{} {}\n", entry.key, entry.value);
    }
    PH_RETURN_IF_ERROR(tell(fmt::format("add map @{} {} <<\n{}", version, file.string(), lines)));
    return tell(fmt::format("commit map @{} {}", version, file.string()));
}

} // namespace pilothouse::haproxy
