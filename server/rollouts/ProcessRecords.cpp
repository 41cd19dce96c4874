// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/ProcessRecords.h"

#include "server/platform/process/DurableFile.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pilothouse::rollouts {

namespace {

using Json = nlohmann::json;

Json jsonOf(const std::vector<SideServer>& servers)
{
    Json list = Json::array();
    for (const SideServer& server : servers) {
        list.push_back({{"name", server.name}, {"address", server.address}});
    }
    return list;
}

std::vector<SideServer> serversOf(const Json& list)
{
    std::vector<SideServer> servers;
    for (const Json& one : list) {
        servers.push_back(
            {one.at("name").get<std::string>(), one.at("address").get<std::string>()});
    }
    return servers;
}

} // namespace

absl::StatusOr<ProcessRecords> readProcessRecords(const std::filesystem::path& file)
{
    const auto text = platform::readSmallFile(file);
    if (absl::IsNotFound(text.status())) {
        return ProcessRecords{};
    }
    PH_RETURN_IF_ERROR(text.status());
    ProcessRecords records;
    try {
        const Json json = Json::parse(*text);
        records.blue = serversOf(json.at("blue"));
        records.green = serversOf(json.at("green"));
        for (const Json& one : json.at("processes")) {
            records.processes.push_back(
                {colourOf(one.at("side").get<std::string>()).value_or(Colour::Blue),
                 one.at("server").get<std::string>(),
                 one.at("pid").get<pid_t>(),
                 one.at("birth").get<std::string>(),
                 one.at("version").get<std::string>()});
        }
    } catch (const Json::exception& error) {
        return withHint(
            absl::DataLossError(fmt::format("{} cannot be read: {}", file.string(), error.what())),
            "End the processes that it tells of, then move it away.");
    }
    return records;
}

absl::Status writeProcessRecords(const std::filesystem::path& file, const ProcessRecords& records)
{
    Json processes = Json::array();
    for (const ProcessRecord& one : records.processes) {
        processes.push_back(
            {{"side", std::string(colourName(one.colour))},
             {"server", one.server},
             {"pid", one.pid},
             {"birth", one.birth},
             {"version", one.version}});
    }
    const Json json{
        {"blue", jsonOf(records.blue)},
        {"green", jsonOf(records.green)},
        {"processes", std::move(processes)}};
    return platform::replaceFile(
        file, json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

} // namespace pilothouse::rollouts
