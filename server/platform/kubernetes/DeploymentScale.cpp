// SPDX-License-Identifier: Apache-2.0
#include "server/platform/kubernetes/DeploymentScale.h"

#include "server/platform/kubernetes/JsonPatch.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pilothouse::kubernetes {

namespace {

using nlohmann::json;

std::string scalePath(const Namespace& cluster, const std::string& deployment)
{
    return cluster.appsPath(fmt::format("deployments/{}/scale", deployment));
}

} // namespace

absl::StatusOr<Scale> scaleOf(const Namespace& cluster, const std::string& deployment)
{
    PH_ASSIGN_OR_RETURN(const std::string body, cluster.get(scalePath(cluster, deployment)));
    return parseScale(body);
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

absl::Status changeScale(
    const Namespace& cluster, const std::string& deployment, const Scale& seen, int replicas)
{
    return cluster
        .patch(
            scalePath(cluster, deployment),
            KubernetesApi::Patch::Json,
            JsonPatch()
                .test("/metadata/resourceVersion", seen.resourceVersion)
                .test("/spec/replicas", seen.wanted)
                .replace("/spec/replicas", replicas)
                .text())
        .status();
}

} // namespace pilothouse::kubernetes
