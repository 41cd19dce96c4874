// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/kubernetes/AutoscalerWatch.h"
#include "server/rollouts/Driver.h"
#include "server/rollouts/SideNames.h"

#include <absl/status/status.h>
#include <absl/status/statusor.h>

namespace pilothouse::rollouts {

/// The Deployments of an application's sides, where they are known: how many pods each has. Every
/// call is a few requests; errors are those of KubernetesApi. Thread-safe.
class SideDeployments
{
public:
    /// Both names are empty: nothing is known of them, and nothing is done.
    explicit SideDeployments(SideNames names);

    bool isKnown() const { return !m_names.blue.empty(); }

    /// Of the side with the traffic. `now` is monotonic.
    absl::StatusOr<ServerCount> count(
        const kubernetes::Namespace& cluster, Colour active, absl::Duration now) const;
    /// Of each side that runs. The active one is last: a server that is killed in between finds it
    /// as it was, and does both.
    absl::Status scale(
        const kubernetes::Namespace& cluster,
        Colour active,
        const ServerCount& seen,
        int servers) const;
    /// A candidate gets at least so many and as many as the other side has; true when that took a
    /// change.
    absl::StatusOr<bool> start(
        const kubernetes::Namespace& cluster, Colour candidate, int servers) const;
    absl::Status stop(const kubernetes::Namespace& cluster, Colour colour) const;

private:
    const SideNames m_names;
    const kubernetes::AutoscalerWatch m_autoscalers;
};

} // namespace pilothouse::rollouts
