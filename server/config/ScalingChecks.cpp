// SPDX-License-Identifier: Apache-2.0
#include "server/config/ScalingChecks.h"

#include "server/config/NameRules.h"
#include "shared/metrics/promql/Parser.h"
#include "shared/scaling/Policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace pilothouse::config {

namespace {

/// Each has a thread of its own.
constexpr std::size_t kMostPolicies = 100;
constexpr std::size_t kMostMetrics = 16;

/// Whether both may be the same object: a namespace that is not given is the context's, which
/// nobody knows here.
bool mayBeSame(const std::string& one, const std::string& other)
{
    return one == other || one.empty() || other.empty();
}

class ScalingChecker
{
public:
    ScalingChecker(Checker& checker, const Config& config, std::size_t index)
        : m_checker(checker),
          m_config(config),
          m_index(index),
          m_one(config.scaling.policies[index]),
          m_table(fmt::format("{}[{}]", kScalingPolicyTable, index))
    {}

    void check()
    {
        require(
            isPlainWord(m_one.name), "name", "expected a name of letters, digits and - _ . : only");
        require(
            m_one.minimum <= m_one.maximum,
            "minimum",
            fmt::format(
                "minimum ({}) must not be greater than maximum ({})",
                m_one.minimum,
                m_one.maximum));
        checkRates(m_one.upRates, "up_policies");
        checkRates(m_one.downRates, "down_policies");
        checkCounting();
        if (!m_one.deployment.empty()) {
            checkDeployment();
        }
        if (!m_one.application.empty()) {
            checkApplication();
        }
        const auto metrics =
            std::ranges::count(m_config.scaling.metrics, m_one.name, &ScalingMetric::policy);
        require(
            metrics > 0,
            "name",
            fmt::format("expected a [[{}]] with policy = \"{}\"", kScalingMetricTable, m_one.name));
        require(
            static_cast<std::size_t>(metrics) <= kMostMetrics,
            "name",
            fmt::format("expected at most {} metrics", kMostMetrics));
    }

private:
    void require(bool holds, const char* key, std::string message)
    {
        m_checker.require(holds, {m_table + "." + key, m_table}, std::move(message));
    }

    void checkRates(const std::vector<std::string>& rates, const char* key)
    {
        for (const std::string& text : rates) {
            const auto rate = scaling::parseRatePolicy(text);
            require(
                rate.ok(),
                key,
                fmt::format("expected {}, got \"{}\"", std::string(rate.status().message()), text));
        }
    }

    void checkCounting()
    {
        const bool hasDeployment = !m_one.deployment.empty();
        const bool hasTarget = hasDeployment || !m_one.application.empty();
        require(
            m_one.mode != "act" || hasTarget,
            "mode",
            "mode = \"act\" needs a deployment or an application: it is what is scaled");
        require(
            hasTarget || !m_one.readyQuery.empty(),
            "ready_query",
            "expected a ready_query, a deployment or an application: they say how many instances "
            "are ready");
        require(
            !hasTarget || m_one.readyQuery.empty(),
            "ready_query",
            "ready_query does nothing with what is counted by itself");
        require(
            !hasDeployment || m_one.application.empty(),
            "application",
            "expected a deployment or an application, not both");
        for (const auto& [value, key] :
             {std::pair(m_one.kubeconfig.string(), "kubeconfig"),
              std::pair(m_one.kubeContext, "kube_context"),
              std::pair(m_one.nameSpace, "namespace")}) {
            require(
                hasDeployment || value.empty(),
                key,
                fmt::format("{} does nothing without a deployment", key));
        }
        if (!m_one.readyQuery.empty()) {
            const auto parsed = metrics::promql::parse(m_one.readyQuery);
            require(parsed.ok(), "ready_query", std::string(parsed.status().message()));
        }
    }

    void checkDeployment()
    {
        for (const auto& [value, key] :
             {std::pair(m_one.deployment, "deployment"), std::pair(m_one.nameSpace, "namespace")}) {
            require(
                isKubernetesName(value) || (value.empty() && key == std::string("namespace")),
                key,
                fmt::format("expected a {} of lower-case letters, digits and - only", key));
        }
        if (m_one.mode != "act") {
            return;
        }
        for (std::size_t before = 0; before < m_index; ++before) {
            const ScalingPolicy& other = m_config.scaling.policies[before];
            require(
                other.mode != "act" || other.deployment != m_one.deployment ||
                    other.kubeconfig != m_one.kubeconfig ||
                    !mayBeSame(other.kubeContext, m_one.kubeContext) ||
                    !mayBeSame(other.nameSpace, m_one.nameSpace),
                "deployment",
                fmt::format("policy \"{}\" scales the same Deployment already", other.name));
        }
        for (const RolloutApplication& application : m_config.rollouts.applications) {
            const bool isNamed = m_one.deployment == application.blueDeployment ||
                                 m_one.deployment == application.greenDeployment;
            require(
                !isNamed || application.kubeconfig != m_one.kubeconfig ||
                    !mayBeSame(application.kubeContext, m_one.kubeContext) ||
                    !mayBeSame(application.nameSpace, m_one.nameSpace),
                "deployment",
                fmt::format(
                    "rollouts of \"{}\" start and stop this Deployment: application = \"{}\" "
                    "instead scales whichever side has the traffic",
                    application.name,
                    application.name));
        }
    }

    void checkApplication()
    {
        const auto& applications = m_config.rollouts.applications;
        const auto found =
            std::ranges::find(applications, m_one.application, &RolloutApplication::name);
        require(
            found != applications.end(),
            "application",
            fmt::format(
                "there is no [[rollouts.applications]] with the name \"{}\"", m_one.application));
        require(
            found == applications.end() || !found->blueCommand.empty() ||
                !found->blueDeployment.empty() || !found->rollout.empty(),
            "application",
            fmt::format(
                "\"{}\" has no blue_command and green_command, no Deployments of its sides and no "
                "Rollout: this server does not start its servers",
                m_one.application));
        for (std::size_t before = 0; before < m_index; ++before) {
            const ScalingPolicy& other = m_config.scaling.policies[before];
            require(
                m_one.mode != "act" || other.mode != "act" ||
                    other.application != m_one.application,
                "application",
                fmt::format("policy \"{}\" scales the same application already", other.name));
        }
    }

    Checker& m_checker;
    const Config& m_config;
    const std::size_t m_index;
    const ScalingPolicy& m_one;
    const std::string m_table;
};

void checkMetric(Checker& checker, const Scaling& scaling, std::size_t index)
{
    const ScalingMetric& one = scaling.metrics[index];
    const std::string table = fmt::format("{}[{}]", kScalingMetricTable, index);
    const auto require = [&](bool holds, const char* key, std::string message) {
        checker.require(holds, {table + "." + key, table}, std::move(message));
    };
    require(
        std::ranges::find(scaling.policies, one.policy, &ScalingPolicy::name) !=
            scaling.policies.end(),
        "policy",
        fmt::format("there is no [[{}]] with the name \"{}\"", kScalingPolicyTable, one.policy));
    require(!one.name.empty(), "name", "expected a name");
    require(!one.expression.empty(), "expression", "expected an expression");
    if (!one.expression.empty()) {
        const auto parsed = metrics::promql::parse(one.expression);
        require(parsed.ok(), "expression", std::string(parsed.status().message()));
    }
    require(one.target > 0, "target", "expected a target greater than 0");
    for (std::size_t before = 0; before < index; ++before) {
        require(
            scaling.metrics[before].policy != one.policy ||
                scaling.metrics[before].name != one.name,
            "name",
            fmt::format("policy \"{}\" has another metric \"{}\" already", one.policy, one.name));
    }
}

} // namespace

void checkScaling(Checker& checker, const Config& config)
{
    std::set<std::string> names;
    for (std::size_t index = 0; index < config.scaling.policies.size(); ++index) {
        ScalingChecker(checker, config, index).check();
        checker.require(
            names.insert(config.scaling.policies[index].name).second,
            {fmt::format("{}[{}].name", kScalingPolicyTable, index)},
            fmt::format(
                "another [[{}]] has the name \"{}\" already",
                kScalingPolicyTable,
                config.scaling.policies[index].name));
    }
    checker.require(
        config.scaling.policies.size() <= kMostPolicies,
        {fmt::format("{}[{}]", kScalingPolicyTable, kMostPolicies)},
        fmt::format("expected at most {} [[{}]]", kMostPolicies, kScalingPolicyTable));
    for (std::size_t index = 0; index < config.scaling.metrics.size(); ++index) {
        checkMetric(checker, config.scaling, index);
    }
}

} // namespace pilothouse::config
