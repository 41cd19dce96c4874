// SPDX-License-Identifier: Apache-2.0
#include "server/config/RolloutChecks.h"

#include "server/config/NameRules.h"
#include "server/config/Values.h"
#include "shared/metrics/promql/Parser.h"
#include "shared/rollouts/ChangeWindow.h"
#include "shared/rollouts/Expressions.h"

#include <fmt/format.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cctype>
#include <filesystem>
#include <functional>
#include <netinet/in.h>
#include <set>

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

/// One application's table.
class RolloutChecker
{
public:
    RolloutChecker(Checker& checker, const RolloutApplication& application, std::string table)
        : m_checker(checker), m_one(application), m_table(std::move(table))
    {}

    void check()
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

private:
    /// The first of the keys that the file has is what is told.
    void require(bool holds, std::initializer_list<const char*> keys, std::string message)
    {
        std::vector<std::string> places;
        places.reserve(keys.size() + 1);
        for (const char* key : keys) {
            places.push_back(m_table + "." + key);
        }
        places.push_back(m_table);
        m_checker.require(holds, places, std::move(message));
    }
    void require(bool holds, const char* key, std::string message)
    {
        require(holds, {key}, std::move(message));
    }
    void requireWord(const std::string& text, const char* key)
    {
        require(
            isPlainWord(text),
            key,
            fmt::format("expected a {} of letters, digits and - _ . : only", std::string(key)));
    }
    /// Keys of another driver: they would do nothing.
    void requireUnset(const std::string& text, const char* key)
    {
        require(
            text.empty(),
            key,
            fmt::format("{} does nothing with driver = \"{}\"", key, m_one.driver));
    }

    void checkHaproxy()
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

    void checkOwnHaproxy()
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
            requireDefault(
                m_one.instances == RolloutApplication().instances, "instances", "commands");
        }
    }

    void requireDefault(bool isDefault, const char* key, const char* without)
    {
        require(isDefault, key, fmt::format("{} does nothing without {}", key, without));
    }

    void checkPlace(const std::string& text, const char* key)
    {
        const auto place = parseHostPort(text);
        require(
            place.ok() && place->port != 0,
            key,
            fmt::format("expected a {} as \"host:port\" with a port from 1 to {}", key, kLastPort));
    }

    /// Servers that are added while HAProxy runs are not looked up by name.
    void checkAddresses(const std::vector<std::string>& servers, const char* key)
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

    void checkGivenHaproxy()
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

    /// Keys of the server's own HAProxy: they would do nothing.
    void checkOwnUnset(const char* with)
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

    void checkCommand(const std::vector<std::string>& command, const char* key)
    {
        require(
            command.empty() || std::filesystem::path(command.front()).is_absolute(),
            key,
            fmt::format("expected a {} that begins with the whole path of a program", key));
    }

    void checkKubernetes()
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

    void checkArgo()
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

    /// What holds for every driver that goes through a cluster's API.
    void checkCluster(const char* driver, const char* isNotSplit)
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

    void requireName(const std::string& text, const char* key)
    {
        require(
            isKubernetesName(text),
            key,
            fmt::format("expected a {} of lower-case letters, digits and - only", key));
    }

    void checkQuery(const std::string& query, const char* key)
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

    Checker& m_checker;
    const RolloutApplication& m_one;
    const std::string m_table;
};

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

void requireKnown(
    Checker& checker,
    const Rollouts& rollouts,
    const std::vector<std::string>& applications,
    const std::string& table)
{
    for (const std::string& name : applications) {
        checker.require(
            std::ranges::find(rollouts.applications, name, &RolloutApplication::name) !=
                rollouts.applications.end(),
            {table + ".applications"},
            fmt::format("there is no [[{}]] with the name \"{}\"", kRolloutTable, name));
    }
}

} // namespace

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

void checkPorts(Checker& checker, const Config& config)
{
    struct Range
    {
        std::string application;
        int first = 0;
        int last = 0;
    };
    std::vector<Range> ranges;
    for (std::size_t index = 0; index < config.rollouts.applications.size(); ++index) {
        const RolloutApplication& one = config.rollouts.applications[index];
        if (one.firstPort == 0) {
            continue;
        }
        int most = one.instances;
        for (const ScalingPolicy& policy : config.scaling.policies) {
            if (policy.application == one.name && policy.mode == "act") {
                most = std::max(most, policy.maximum);
            }
        }
        const Range range{one.name, one.firstPort, one.lastPort(most)};
        const auto require = [&](bool holds, std::string message) {
            const std::string table = fmt::format("{}[{}]", kRolloutTable, index);
            checker.require(holds, {table + ".first_port", table}, std::move(message));
        };
        require(
            range.last <= kLastPort,
            fmt::format(
                "up to {} processes of each side need the ports {} to {}",
                most,
                range.first,
                range.last));
        for (const Range& other : ranges) {
            require(
                range.first > other.last || range.last < other.first,
                fmt::format(
                    "processes of \"{}\" may get the ports {} to {}, those of this one {} to {}",
                    other.application,
                    other.first,
                    other.last,
                    range.first,
                    range.last));
        }
        ranges.push_back(range);
    }
}

void checkAnalyses(Checker& checker, const Rollouts& rollouts)
{
    std::set<std::string> names;
    for (std::size_t index = 0; index < rollouts.analyses.size(); ++index) {
        const AnalysisMetric& one = rollouts.analyses[index];
        const std::string table = fmt::format("{}[{}]", kAnalysisTable, index);
        const auto require = [&](bool holds, const char* key, std::string message) {
            checker.require(holds, {table + "." + key, table}, std::move(message));
        };
        require(!one.name.empty(), "name", "expected a name");
        require(
            names.insert(one.name).second,
            "name",
            fmt::format("another [[{}]] has the name \"{}\" already", kAnalysisTable, one.name));
        require(!one.query.empty(), "query", "expected a query");
        require(
            !one.successCondition.empty() || !one.failureCondition.empty(),
            "success_condition",
            "expected a success_condition, a failure_condition or both");
        require(
            one.count > 0 || one.stage == "after",
            "count",
            "a promotion waits for its conditions: expected a count of at least 1");
        const auto requirePromql = [&](const std::string& text, const char* key) {
            const auto parsed = metrics::promql::parse(rollouts::withSides(text, "green", "blue"));
            require(parsed.ok(), key, std::string(parsed.status().message()));
        };
        if (!one.query.empty()) {
            requirePromql(one.query, "query");
        }
        for (const auto& [condition, key] :
             {std::pair(&one.successCondition, "success_condition"),
              std::pair(&one.failureCondition, "failure_condition")}) {
            if (condition->empty() || one.query.empty()) {
                continue;
            }
            require(
                rollouts::hasResult(*condition),
                key,
                fmt::format("expected a {} with the word result in it", key));
            require(
                condition->find("bool") == std::string::npos,
                key,
                "a comparison with bool holds always: leave it out");
            requirePromql(rollouts::withResult(*condition, one.query), key);
        }
        requireKnown(checker, rollouts, one.applications, table);
    }
}

void checkWindows(Checker& checker, const Rollouts& rollouts)
{
    for (std::size_t index = 0; index < rollouts.windows.size(); ++index) {
        const ChangeWindow& one = rollouts.windows[index];
        const std::string table = fmt::format("{}[{}]", kWindowTable, index);
        const auto window = rollouts::makeChangeWindow(
            rollouts::ChangeWindow::Kind::Allow,
            one.schedule,
            one.duration,
            one.timeZone,
            one.description);
        checker.require(
            window.ok(), {table + ".schedule", table}, std::string(window.status().message()));
        requireKnown(checker, rollouts, one.applications, table);
    }
}

} // namespace pilothouse::config
