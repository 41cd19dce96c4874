// SPDX-License-Identifier: Apache-2.0
#include "server/scaling/ScaledDeployment.h"

#include "server/platform/kubernetes/KubernetesApi.h"
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

struct ScaledDeployment::Cluster
{
    explicit Cluster(kubernetes::ClusterAccess access)
        : nameSpace(access.nameSpace), api(std::move(access))
    {}

    std::string deploymentPath(const std::string& name) const
    {
        return fmt::format("/apis/apps/v1/namespaces/{}/deployments/{}", nameSpace, name);
    }
    std::string autoscalersPath() const
    {
        return fmt::format(
            "/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers", nameSpace);
    }

    const std::string nameSpace;
    const KubernetesApi api;
};

ScaledDeployment::ScaledDeployment(const config::ScalingPolicy& policy, const Clock& clock)
    : m_policy(policy), m_clock(clock)
{}

ScaledDeployment::~ScaledDeployment() = default;

absl::StatusOr<std::shared_ptr<const ScaledDeployment::Cluster>> ScaledDeployment::cluster()
{
    if (m_cluster == nullptr) {
        PH_ASSIGN_OR_RETURN(
            kubernetes::ClusterAccess access,
            kubernetes::findClusterAccess(
                m_policy.kubeconfig, m_policy.kubeContext, m_policy.nameSpace));
        m_cluster = std::make_shared<const Cluster>(std::move(access));
    }
    return m_cluster;
}

absl::StatusOr<ScaledDeployment::Seen> ScaledDeployment::look()
{
    PH_ASSIGN_OR_RETURN(const auto cluster, this->cluster());
    auto seen = lookAt(*cluster);
    if (absl::IsUnauthenticated(seen.status())) {
        m_cluster = nullptr;
    }
    return seen;
}

absl::StatusOr<ScaledDeployment::Seen> ScaledDeployment::lookAt(const Cluster& cluster)
{
    PH_ASSIGN_OR_RETURN(
        const std::string body,
        cluster.api.get(cluster.deploymentPath(m_policy.deployment), kRequestLimit));
    PH_ASSIGN_OR_RETURN(const kubernetes::Deployment found, kubernetes::parseDeployment(body));
    const absl::Duration now = m_clock.monotonic();
    if (m_policy.mode == "act" && now > m_autoscalerAsked + kAutoscalersAge) {
        m_autoscalerAsked = now;
        // Without the right to look, or without such a kind, nothing is known: docs/scaling.md
        // says so.
        const auto list = cluster.api.get(cluster.autoscalersPath(), kRequestLimit);
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
    return Seen{{found.wanted, found.ready}, found.resourceVersion, m_autoscaler};
}

absl::Status ScaledDeployment::scale(const Seen& seen, int instances)
{
    PH_ASSIGN_OR_RETURN(const auto cluster, this->cluster());
    const json operations = json::array(
        {{{"op", "test"}, {"path", "/metadata/resourceVersion"}, {"value", seen.version}},
         {{"op", "test"}, {"path", "/spec/replicas"}, {"value", seen.count.wanted}},
         {{"op", "replace"}, {"path", "/spec/replicas"}, {"value", instances}}});
    return cluster->api
        .patch(
            cluster->deploymentPath(m_policy.deployment) + "/scale",
            KubernetesApi::Patch::Json,
            operations.dump(),
            kRequestLimit)
        .status();
}

} // namespace pilothouse::scaling
