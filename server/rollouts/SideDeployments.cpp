// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/SideDeployments.h"

#include "server/platform/kubernetes/JsonPatch.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace pilothouse::rollouts {

namespace {

using kubernetes::KubernetesApi;
using kubernetes::Namespace;
using kubernetes::Scale;
using nlohmann::json;

std::string scalePath(const Namespace& cluster, const std::string& deployment)
{
    return cluster.appsPath(fmt::format("deployments/{}/scale", deployment));
}

absl::StatusOr<Scale> scaleOf(const Namespace& cluster, const std::string& deployment)
{
    PH_ASSIGN_OR_RETURN(const std::string body, cluster.get(scalePath(cluster, deployment)));
    return kubernetes::parseScale(body);
}

absl::Status setScale(const Namespace& cluster, const std::string& deployment, int replicas)
{
    return cluster
        .patch(
            scalePath(cluster, deployment),
            KubernetesApi::Patch::Merge,
            json{{"spec", {{"replicas", replicas}}}}.dump())
        .status();
}

/// Only when nothing has happened to it since.
absl::Status changeScale(
    const Namespace& cluster, const std::string& deployment, const ServerCount& seen, int replicas)
{
    return cluster
        .patch(
            scalePath(cluster, deployment),
            KubernetesApi::Patch::Json,
            kubernetes::JsonPatch()
                .test("/metadata/resourceVersion", seen.version)
                .test("/spec/replicas", seen.wanted)
                .replace("/spec/replicas", replicas)
                .text())
        .status();
}

} // namespace

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
        PH_RETURN_IF_ERROR(
            changeScale(cluster, otherName, {theirs.wanted, theirs.resourceVersion, {}}, servers));
    }
    return changeScale(cluster, m_names.of(active), seen, servers);
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
