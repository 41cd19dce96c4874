// SPDX-License-Identifier: Apache-2.0
#include "server/config/KnownApplications.h"
#include "server/config/RolloutChecks.h"
#include "shared/metrics/promql/Parser.h"
#include "shared/rollouts/Expressions.h"

#include <fmt/format.h>

#include <set>

namespace pilothouse::config {

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

} // namespace pilothouse::config
