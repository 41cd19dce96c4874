// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/SideDeployments.h"

#include "server/platform/kubernetes/DeploymentScale.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::rollouts {

using kubernetes::changeScale;
using kubernetes::Namespace;
using kubernetes::Scale;
using kubernetes::scaleOf;
using kubernetes::setScale;

SideDeployments::SideDeployments(SideNames names)
    : m_names(std::move(names)), m_autoscalers("Deployment", {m_names.blue, m_names.green})
{}

absl::StatusOr<ServerCount> SideDeployments::count(
    const Namespace& cluster, Colour active, absl::Duration now) const
{
    PH_ASSIGN_OR_RETURN(const Scale scale, scaleOf(cluster, m_names.of(active)));
    return ServerCount{scale.wanted, scale.resourceVersion, m_autoscalers.obstacle(cluster, now)};
}

absl::Status SideDeployments::scale(
    const Namespace& cluster, Colour active, const ServerCount& seen, int servers) const
{
    PH_ASSIGN_OR_RETURN(const Scale mine, scaleOf(cluster, m_names.of(active)));
    if (mine.wanted != seen.wanted || mine.resourceVersion != seen.version) {
        return absl::AbortedError(
            fmt::format("something has happened to the Deployment {}", m_names.of(active)));
    }
    const std::string& otherName = m_names.of(other(active));
    PH_ASSIGN_OR_RETURN(const Scale theirs, scaleOf(cluster, otherName));
    if (theirs.wanted > 0 && theirs.wanted != servers) {
        PH_RETURN_IF_ERROR(changeScale(cluster, otherName, theirs, servers));
    }
    return changeScale(cluster, m_names.of(active), mine, servers);
}

absl::StatusOr<bool> SideDeployments::start(
    const Namespace& cluster, Colour candidate, int servers) const
{
    PH_ASSIGN_OR_RETURN(const Scale mine, scaleOf(cluster, m_names.of(candidate)));
    PH_ASSIGN_OR_RETURN(const Scale theirs, scaleOf(cluster, m_names.of(other(candidate))));
    const int wanted = std::max(servers, theirs.wanted);
    if (mine.wanted >= wanted) {
        return false;
    }
    PH_RETURN_IF_ERROR(setScale(cluster, m_names.of(candidate), wanted));
    return true;
}

absl::Status SideDeployments::stop(const Namespace& cluster, Colour colour) const
{
    PH_ASSIGN_OR_RETURN(const Scale scale, scaleOf(cluster, m_names.of(colour)));
    return scale.wanted == 0 ? absl::OkStatus() : setScale(cluster, m_names.of(colour), 0);
}

} // namespace pilothouse::rollouts
