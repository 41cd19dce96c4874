// SPDX-License-Identifier: Apache-2.0
#include "server/config/RolloutChecks.h"

#include "server/config/NameRules.h"
#include "server/config/RolloutChecker.h"
#include "server/config/Values.h"
#include "shared/metrics/promql/Parser.h"
#include "shared/rollouts/Expressions.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

namespace pilothouse::config {

namespace {

/// Where the traffic of an application is switched: two must not share it.
struct Place
{
    std::string text;
    std::vector<const char*> keys;
    const char* what = "";
};

Place placeOf(const RolloutApplication& one)
{
    if (one.driver == "haproxy" && one.hasOwnHaproxy()) {
        return {one.listen, {"listen"}, "listen"};
    }
    if (one.driver == "haproxy") {
        return {
            one.mapFile.string() + " " + one.mapKey,
            {"map_key", "map_file"},
            "key of the same map"};
    }
    const bool isArgo = one.driver == "argo-rollouts";
    return {
        fmt::format(
            "{} {} {}/{}/{}",
            one.kubeconfig.string(),
            one.kubeContext,
            one.nameSpace,
            one.driver,
            isArgo ? one.rollout : one.service),
        {isArgo ? "rollout" : "service"},
        isArgo ? "Rollout" : "Service"};
}

} // namespace

void RolloutChecker::check()
{
    requireWord(m_one.name, "name");
    requireWord(m_one.blueBackend, "blue");
    requireWord(m_one.greenBackend, "green");
    require(
        m_one.blueBackend != m_one.greenBackend,
        {"green", "blue"},
        "blue and green must be different");
    require(
        std::ranges::is_sorted(m_one.trafficSteps, std::less_equal<>()),
        "traffic_steps",
        "expected traffic_steps that grow");
    require(
        m_one.compareLeast <= m_one.compareMost,
        {"compare_least", "compare_most"},
        fmt::format(
            "compare_least ({}) must not be longer than compare_most ({})",
            formatDuration(m_one.compareLeast),
            formatDuration(m_one.compareMost)));
    require(
        m_one.compare || m_one.slowResponsesQuery.empty(),
        "slow_responses_query",
        "slow_responses_query does nothing with compare = false");
    checkQuery(m_one.responsesQuery, "responses_query");
    checkQuery(m_one.slowResponsesQuery, "slow_responses_query");
    if (m_one.driver == "kubernetes") {
        checkKubernetes();
        checkCluster("Kubernetes", "a Kubernetes Service is not split");
    } else if (m_one.driver == "argo-rollouts") {
        checkArgo();
        checkCluster("argo-rollouts", "a blue-green Rollout is not split");
    } else {
        checkHaproxy();
    }
}

void RolloutChecker::require(
    bool holds, std::initializer_list<const char*> keys, std::string message)
{
    std::vector<std::string> places;
    places.reserve(keys.size() + 1);
    for (const char* key : keys) {
        places.push_back(m_table + "." + key);
    }
    places.push_back(m_table);
    m_checker.require(holds, places, std::move(message));
}

void RolloutChecker::require(bool holds, const char* key, std::string message)
{
    require(holds, {key}, std::move(message));
}

void RolloutChecker::requireWord(const std::string& text, const char* key)
{
    require(
        isPlainWord(text),
        key,
        fmt::format("expected a {} of letters, digits and - _ . : only", std::string(key)));
}

void RolloutChecker::requireUnset(const std::string& text, const char* key)
{
    require(
        text.empty(), key, fmt::format("{} does nothing with driver = \"{}\"", key, m_one.driver));
}

void RolloutChecker::checkQuery(const std::string& query, const char* key)
{
    if (query.empty()) {
        return;
    }
    require(
        query.find(rollouts::kSideWord) != std::string::npos,
        key,
        fmt::format(
            "expected a {} with {} in it: it is asked once for each side",
            key,
            rollouts::kSideWord));
    const auto parsed = metrics::promql::parse(rollouts::withSide(query, m_one.blueBackend));
    require(parsed.ok(), key, std::string(parsed.status().message()));
}

void checkRollouts(Checker& checker, const std::vector<RolloutApplication>& applications)
{
    std::set<std::string> names;
    std::set<std::string> places;
    for (std::size_t index = 0; index < applications.size(); ++index) {
        const RolloutApplication& one = applications[index];
        const std::string table = fmt::format("{}[{}]", kRolloutTable, index);
        RolloutChecker(checker, one, table).check();
        checker.require(
            names.insert(one.name).second,
            {table + ".name"},
            fmt::format("another [[{}]] has the name \"{}\" already", kRolloutTable, one.name));
        const Place place = placeOf(one);
        std::vector<std::string> keys;
        for (const char* key : place.keys) {
            keys.push_back(table + "." + key);
        }
        keys.push_back(table);
        checker.require(
            places.insert(place.text).second,
            keys,
            fmt::format("another application has the same {}", place.what));
    }
}

} // namespace pilothouse::config
