// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "server/platform/kubernetes/AutoscalerWatch.h"
#include "server/platform/kubernetes/Namespace.h"
#include "server/rollouts/ArgoCluster.h"
#include "server/rollouts/Driver.h"
#include "server/rollouts/SideQueries.h"
#include "shared/base/Clock.h"

#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace pilothouse::rollouts {

/// A Rollout of Argo Rollouts with the strategy blueGreen. Argo Rollouts makes the candidate out of
/// a new template, shows it in the preview and switches the active Service; this driver tells it
/// when, by the subresource status and only for the revision that was approved. It goes back by
/// writing the old revision's template, which needs nothing of the candidate: `abort` does nothing
/// while that is not complete.
class ArgoRolloutsDriver final : public Driver
{
public:
    /// `queries` may be null: then nothing is known of the sides' requests.
    ArgoRolloutsDriver(
        config::RolloutApplication application,
        const Clock& clock,
        std::unique_ptr<SideQueries> queries);

    std::string name() const override { return "argo-rollouts"; }
    bool canSplit() const override { return false; }
    absl::Duration lookInterval() const override { return absl::Seconds(1); }
    absl::StatusOr<Observation> observe() const override;
    absl::Status route(const RoutingOrder& order) override;
    bool isShared() const override { return true; }
    absl::Status adopt(Colour active, const SwitchRight& right) override;
    bool startsOnRoute() const override { return true; }
    /// Argo Rollouts gives each revision that runs as many pods as the Rollout asks for.
    bool canScale() const override { return true; }
    absl::StatusOr<ServerCount> serverCount() const override;
    absl::Status scale(const ServerCount& seen, int servers) override;
    /// An aborted candidate is taken up again, once its old pods are gone.
    absl::StatusOr<bool> prepare(Colour candidate, int servers, const SwitchRight& right) override;
    absl::Status keepWarm(Colour colour, absl::Time until) override;
    /// Aborts the candidate, or has its pods stopped when it was rolled back.
    absl::Status dismiss(Colour candidate, const SwitchRight& right) override;

private:
    absl::StatusOr<ArgoCluster> cluster() const;
    absl::StatusOr<Observation> look(const ArgoCluster& cluster) const;
    absl::Status perform(
        const ArgoCluster& cluster,
        const ArgoState& state,
        const ArgoAct& act,
        const SwitchRight& right) const;
    /// The state once the order is carried out.
    absl::StatusOr<ArgoState> settle(
        const ArgoCluster& cluster, const RoutingOrder& order, absl::Time deadline) const;
    /// Has Argo Rollouts scale it down now instead of later.
    absl::Status stopSoon(const ArgoCluster& cluster, const kubernetes::ReplicaSet& set) const;

    const config::RolloutApplication m_application;
    const Clock& m_clock;
    const std::unique_ptr<SideQueries> m_queries;
    const kubernetes::NamespaceConnection m_connection;
    const kubernetes::AutoscalerWatch m_autoscalers;
    mutable std::mutex m_mutex;
    /// As they were written down when it was looked at last.
    mutable std::optional<ArgoSides> m_written;
};

} // namespace pilothouse::rollouts
