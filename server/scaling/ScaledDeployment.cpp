// SPDX-License-Identifier: Apache-2.0
#include "server/scaling/ScaledDeployment.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pilothouse::scaling {

namespace {

using kubernetes::KubernetesApi;
using nlohmann::json;

/// Of one request.
constexpr absl::Duration kRequestLimit = absl::Seconds(2);
/// Autoscalers are made by people.
constexpr absl::Duration kAutoscalersAge = absl::Minutes(1);

} // namespace

ScaledDeployment::ScaledDeployment(const config::ScalingPolicy& policy, const Clock& clock)
    : m_policy(policy),
      m_clock(clock),
      m_connection(policy.kubeconfig, policy.kubeContext, policy.nameSpace, kRequestLimit)
{}

absl::StatusOr<ScaleTarget::Seen> ScaledDeployment::look()
{
    PH_ASSIGN_OR_RETURN(const auto cluster, m_connection.get());
    auto seen = lookAt(*cluster);
    m_connection.note(seen.status());
    return seen;
}

absl::StatusOr<ScaleTarget::Seen> ScaledDeployment::lookAt(const kubernetes::Namespace& cluster)
{
    PH_ASSIGN_OR_RETURN(
        const std::string body,
        cluster.get(cluster.appsPath("deployments/" + m_policy.deployment)));
    PH_ASSIGN_OR_RETURN(const kubernetes::Deployment found, kubernetes::parseDeployment(body));
    const absl::Duration now = m_clock.monotonic();
    if (m_policy.mode == "act" && now > m_autoscalerAsked + kAutoscalersAge) {
        m_autoscalerAsked = now;
        // Without the right to look, or without such a kind, nothing is known: docs/scaling.md
        // says so.
        const auto list = cluster.get(cluster.pathOf("autoscaling/v2", "horizontalpodautoscalers"));
        const auto autoscalers =
            list.ok() ? kubernetes::parseAutoscalers(*list)
                      : absl::StatusOr<std::vector<kubernetes::Autoscaler>>(list.status());
        if (autoscalers.ok()) {
            m_autoscaler.clear();
            for (const kubernetes::Autoscaler& one : *autoscalers) {
                if (one.targetKind == "Deployment" && one.targetName == m_policy.deployment) {
                    m_autoscaler = one.name;
                }
            }
        }
    }
    const std::string obstacle = m_autoscaler.empty()
                                     ? std::string()
                                     : fmt::format(
                                           "the HorizontalPodAutoscaler {} scales the same "
                                           "Deployment: delete it, or set mode "
                                           "= \"recommend\"",
                                           m_autoscaler);
    return Seen{{found.wanted, found.ready}, found.resourceVersion, obstacle};
}

absl::Status ScaledDeployment::scale(const Seen& seen, int instances)
{
    PH_ASSIGN_OR_RETURN(const auto cluster, m_connection.get());
    const json operations = json::array(
        {{{"op", "test"}, {"path", "/metadata/resourceVersion"}, {"value", seen.version}},
         {{"op", "test"}, {"path", "/spec/replicas"}, {"value", seen.count.wanted}},
         {{"op", "replace"}, {"path", "/spec/replicas"}, {"value", instances}}});
    return cluster
        ->patch(
            cluster->appsPath(fmt::format("deployments/{}/scale", m_policy.deployment)),
            KubernetesApi::Patch::Json,
            operations.dump())
        .status();
}

} // namespace pilothouse::scaling
