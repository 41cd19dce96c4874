// SPDX-License-Identifier: Apache-2.0
#include "server/config/NameRules.h"
#include "server/config/RolloutChecker.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

namespace pilothouse::config {

namespace {

bool isLabelKey(const std::string& text)
{
    constexpr std::size_t kLongest = 317; // a domain, a slash and a name
    return !text.empty() && text.size() <= kLongest &&
           std::all_of(text.begin(), text.end(), [](unsigned char character) {
               return std::isalnum(character) != 0 ||
                      std::string_view("-_./").find(static_cast<char>(character)) !=
                          std::string_view::npos;
           });
}

} // namespace

void RolloutChecker::checkKubernetes()
{
    requireName(m_one.service, "service");
    for (const auto& [text, key] :
         {std::pair(&m_one.previewService, "preview_service"),
          std::pair(&m_one.nameSpace, "namespace"),
          std::pair(&m_one.blueDeployment, "blue_deployment"),
          std::pair(&m_one.greenDeployment, "green_deployment")}) {
        if (!text->empty()) {
            requireName(*text, key);
        }
    }
    require(
        m_one.previewService != m_one.service,
        "preview_service",
        "service and preview_service must be two Services");
    require(
        m_one.blueDeployment.empty() == m_one.greenDeployment.empty() &&
            (m_one.blueDeployment.empty() || m_one.blueDeployment != m_one.greenDeployment),
        "green_deployment",
        "blue_deployment and green_deployment must be two, or none");
    require(
        isLabelKey(m_one.selectorKey),
        "selector_key",
        "expected a selector_key that is a label's: letters, digits and - _ . /");
    requireUnset(m_one.rollout, "rollout");
}

void RolloutChecker::checkArgo()
{
    requireName(m_one.rollout, "rollout");
    if (!m_one.nameSpace.empty()) {
        requireName(m_one.nameSpace, "namespace");
    }
    const RolloutApplication unset;
    for (const auto& [field, key] :
         {std::pair(&RolloutApplication::blueBackend, "blue"),
          std::pair(&RolloutApplication::greenBackend, "green"),
          std::pair(&RolloutApplication::selectorKey, "selector_key"),
          std::pair(&RolloutApplication::service, "service"),
          std::pair(&RolloutApplication::previewService, "preview_service"),
          std::pair(&RolloutApplication::blueDeployment, "blue_deployment"),
          std::pair(&RolloutApplication::greenDeployment, "green_deployment")}) {
        requireUnset(m_one.*field == unset.*field ? "" : "set", key);
    }
}

void RolloutChecker::checkCluster(const char* driver, const char* isNotSplit)
{
    require(m_one.trafficSteps.empty(), "traffic_steps", isNotSplit);
    require(m_one.holdBackPercent == 0, "hold_back", isNotSplit);
    require(
        !m_one.automaticRollback,
        "automatic_rollback",
        "automatic_rollback is for HAProxy, whose counters it reads");
    require(
        !m_one.compare || (!m_one.responsesQuery.empty() && !m_one.serverErrorsQuery.empty()),
        "compare",
        fmt::format("compare needs responses_query and server_errors_query with {}", driver));
    require(
        !m_one.compareClientErrors || !m_one.clientErrorsQuery.empty(),
        "compare_client_errors",
        fmt::format("compare_client_errors needs client_errors_query with {}", driver));
    require(
        m_one.slowResponsesQuery.empty() || !m_one.responsesQuery.empty(),
        "slow_responses_query",
        "slow_responses_query needs responses_query");
    checkQuery(m_one.serverErrorsQuery, "server_errors_query");
    checkQuery(m_one.clientErrorsQuery, "client_errors_query");
    requireUnset(m_one.listen, "listen");
    checkOwnUnset(driver);
    requireUnset(m_one.haproxySocket.string(), "haproxy_socket");
    requireUnset(m_one.mapFile.string(), "map_file");
    requireUnset(m_one.previewKey, "preview_key");
    requireUnset(m_one.splitKey, "split_key");
    requireUnset(m_one.blueCommand.empty() ? "" : "set", "blue_command");
    requireUnset(m_one.greenCommand.empty() ? "" : "set", "green_command");
    requireUnset(m_one.runAs, "run_as");
}

void RolloutChecker::requireName(const std::string& text, const char* key)
{
    require(
        isKubernetesName(text),
        key,
        fmt::format("expected a {} of lower-case letters, digits and - only", key));
}

} // namespace pilothouse::config
