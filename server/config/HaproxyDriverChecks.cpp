// SPDX-License-Identifier: Apache-2.0
#include "server/config/RolloutChecker.h"
#include "server/config/Values.h"

#include <fmt/format.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cctype>
#include <filesystem>
#include <netinet/in.h>
#include <set>
#include <string_view>

namespace pilothouse::config {

namespace {

/// As it can stand in HAProxy's configuration.
bool isHttpPath(const std::string& text)
{
    constexpr std::size_t kLongest = 1000;
    return text.front() == '/' && text.size() <= kLongest &&
           std::all_of(text.begin(), text.end(), [](unsigned char character) {
               return std::isgraph(character) != 0 &&
                      std::string_view("\"'\\#$").find(static_cast<char>(character)) ==
                          std::string_view::npos;
           });
}

bool isIpAddress(const std::string& text)
{
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return inet_pton(AF_INET, text.c_str(), address.data()) == 1 ||
           inet_pton(AF_INET6, text.c_str(), address.data()) == 1;
}

} // namespace

void RolloutChecker::checkHaproxy()
{
    if (m_one.hasOwnHaproxy()) {
        checkOwnHaproxy();
    } else {
        checkGivenHaproxy();
    }
    requireUnset(m_one.service, "service");
    requireUnset(m_one.rollout, "rollout");
    requireUnset(m_one.serverErrorsQuery, "server_errors_query");
    requireUnset(m_one.clientErrorsQuery, "client_errors_query");
    require(
        m_one.responsesQuery.empty() == m_one.slowResponsesQuery.empty(),
        {"responses_query", "slow_responses_query"},
        "with HAProxy responses_query and slow_responses_query go together: it counts all "
        "else itself");
    require(
        m_one.blueCommand.empty() == m_one.greenCommand.empty(),
        {"blue_command", "green_command"},
        "blue_command and green_command must be two, or none");
    checkCommand(m_one.blueCommand, "blue_command");
    checkCommand(m_one.greenCommand, "green_command");
    require(
        m_one.runAs.empty() || !m_one.blueCommand.empty(),
        "run_as",
        "run_as does nothing without blue_command and green_command");
}

void RolloutChecker::checkOwnHaproxy()
{
    checkPlace(m_one.listen, "listen");
    if (!m_one.previewListen.empty()) {
        checkPlace(m_one.previewListen, "preview_listen");
    }
    require(
        m_one.previewListen != m_one.listen,
        "preview_listen",
        "listen and preview_listen must be two places");
    require(
        m_one.healthPath.empty() || isHttpPath(m_one.healthPath),
        "health_path",
        "expected a health_path that begins with / and has no blanks, quotes and # in it");
    for (const auto& [isUnset, key] :
         {std::pair(m_one.haproxySocket.empty(), "haproxy_socket"),
          std::pair(m_one.mapFile.empty(), "map_file"),
          std::pair(m_one.mapKey == RolloutApplication().mapKey, "map_key"),
          std::pair(m_one.previewKey.empty(), "preview_key"),
          std::pair(m_one.splitKey.empty(), "split_key")}) {
        require(
            isUnset,
            key,
            fmt::format("{} is for an HAProxy of yours: it does nothing with listen", key));
    }
    const bool hasCommands = !m_one.blueCommand.empty() || !m_one.greenCommand.empty();
    require(
        hasCommands ? m_one.blueServers.empty() && m_one.greenServers.empty()
                    : !m_one.blueServers.empty() && !m_one.greenServers.empty(),
        {"blue_servers", "green_servers", "listen"},
        "listen needs blue_command and green_command, or blue_servers and green_servers");
    checkAddresses(m_one.blueServers, "blue_servers");
    checkAddresses(m_one.greenServers, "green_servers");
    if (hasCommands) {
        require(m_one.firstPort > 0, "first_port", "expected a first_port for the processes");
    } else {
        requireDefault(m_one.firstPort == 0, "first_port", "commands");
        requireDefault(m_one.instances == RolloutApplication().instances, "instances", "commands");
    }
}

void RolloutChecker::requireDefault(bool isDefault, const char* key, const char* without)
{
    require(isDefault, key, fmt::format("{} does nothing without {}", key, without));
}

void RolloutChecker::checkPlace(const std::string& text, const char* key)
{
    const auto place = parseHostPort(text);
    require(
        place.ok() && place->port != 0,
        key,
        fmt::format("expected a {} as \"host:port\" with a port from 1 to {}", key, kLastPort));
}

void RolloutChecker::checkAddresses(const std::vector<std::string>& servers, const char* key)
{
    std::set<std::string> known;
    for (const std::string& server : servers) {
        const auto place = parseHostPort(server);
        require(
            place.ok() && isIpAddress(place->host),
            key,
            fmt::format("expected {} with addresses, not names: \"{}\"", key, server));
        require(
            known.insert(server).second,
            key,
            fmt::format("expected {} that differ: \"{}\" is there twice", key, server));
    }
}

void RolloutChecker::checkGivenHaproxy()
{
    requireWord(m_one.mapKey, "map_key");
    if (!m_one.previewKey.empty()) {
        requireWord(m_one.previewKey, "preview_key");
    }
    require(
        !m_one.haproxySocket.empty(),
        "haproxy_socket",
        "expected a haproxy_socket, or listen for an HAProxy of the server's own");
    require(!m_one.mapFile.empty(), "map_file", "expected a map_file");
    require(
        m_one.previewKey != m_one.mapKey,
        "preview_key",
        "preview_key and map_key must be two keys");
    if (!m_one.splitKey.empty()) {
        requireWord(m_one.splitKey, "split_key");
    }
    require(
        m_one.splitKey.empty() ||
            (m_one.splitKey != m_one.mapKey && m_one.splitKey != m_one.previewKey),
        "split_key",
        "split_key, map_key and preview_key must be different keys");
    const bool isSplit = !m_one.splitKey.empty() && !m_one.previewKey.empty();
    require(
        m_one.holdBackPercent == 0 || isSplit,
        "hold_back",
        "hold_back needs a split_key and a preview_key");
    require(
        m_one.trafficSteps.empty() || isSplit,
        "traffic_steps",
        "traffic_steps need a split_key and a preview_key");
    checkOwnUnset("an HAProxy of yours");
}

void RolloutChecker::checkOwnUnset(const char* with)
{
    const RolloutApplication unset;
    for (const auto& [isUnset, key] :
         {std::pair(m_one.previewListen.empty(), "preview_listen"),
          std::pair(m_one.healthPath.empty(), "health_path"),
          std::pair(m_one.blueServers.empty(), "blue_servers"),
          std::pair(m_one.greenServers.empty(), "green_servers"),
          std::pair(m_one.firstPort == unset.firstPort, "first_port"),
          std::pair(m_one.instances == unset.instances, "instances")}) {
        require(isUnset, key, fmt::format("{} does nothing with {}", key, with));
    }
}

void RolloutChecker::checkCommand(const std::vector<std::string>& command, const char* key)
{
    require(
        command.empty() || std::filesystem::path(command.front()).is_absolute(),
        key,
        fmt::format("expected a {} that begins with the whole path of a program", key));
}

} // namespace pilothouse::config
