// SPDX-License-Identifier: Apache-2.0
#include "server/scaling/ScaledDeployment.h"

#include "server/platform/kubernetes/DeploymentScale.h"
#include "shared/base/StatusHelpers.h"

namespace pilothouse::scaling {

namespace {

/// Of one request.
constexpr absl::Duration kRequestLimit = absl::Seconds(2);

} // namespace

ScaledDeployment::ScaledDeployment(const config::ScalingPolicy& policy, const Clock& clock)
    : m_policy(policy),
      m_clock(clock),
      m_connection(policy.kubeconfig, policy.kubeContext, policy.nameSpace, kRequestLimit),
      m_autoscalers("Deployment", {policy.deployment})
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
    return Seen{
        {found.wanted, found.ready},
        found.resourceVersion,
        m_autoscalers.obstacle(cluster, m_clock.monotonic())};
}

absl::Status ScaledDeployment::scale(const Seen& seen, int instances)
{
    PH_ASSIGN_OR_RETURN(const auto cluster, m_connection.get());
    return kubernetes::changeScale(
        *cluster, m_policy.deployment, {seen.version, seen.count.wanted}, instances);
}

} // namespace pilothouse::scaling
