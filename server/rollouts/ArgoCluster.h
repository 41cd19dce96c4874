// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/kubernetes/ArgoObjects.h"
#include "server/platform/kubernetes/Namespace.h"
#include "server/rollouts/ArgoSteps.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <memory>
#include <string>
#include <vector>

namespace pilothouse::rollouts {

using ReplicaSets = std::vector<kubernetes::ReplicaSet>;

/// Null when there is none of this revision.
const kubernetes::ReplicaSet* findRevision(const ReplicaSets& sets, const std::string& hash);

/// A Rollout in its namespace: what is read of it and written to it. Each call is one request, or
/// two; errors are those of KubernetesApi, of which ABORTED says that it is not as it was seen.
class ArgoCluster
{
public:
    ArgoCluster(std::shared_ptr<const kubernetes::Namespace> cluster, const std::string& rollout);

    const kubernetes::Namespace& nameSpace() const { return *m_cluster; }

    /// FAILED_PRECONDITION when it has another strategy than blueGreen.
    absl::StatusOr<ArgoState> state() const;
    /// Of this Rollout only.
    absl::StatusOr<ReplicaSets> replicaSets(const ArgoState& state) const;
    /// The Rollout's pods of the named revisions; of all without a name.
    absl::StatusOr<std::vector<kubernetes::Pod>> pods(
        const ArgoState& state, const std::vector<std::string>& hashes) const;

    absl::Status write(
        const ArgoState& seen, const ArgoSides& sides, const SwitchRight& right) const;
    absl::Status patch(const std::string& patch) const;
    absl::Status patchStatus(const std::string& patch) const;
    absl::Status setScaleDownDeadline(const kubernetes::ReplicaSet& set, absl::Time deadline) const;

private:
    const std::shared_ptr<const kubernetes::Namespace> m_cluster;
    const std::string m_rollout;
    const std::string m_path;
};

} // namespace pilothouse::rollouts
