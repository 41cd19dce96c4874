// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/ArgoCluster.h"

#include "shared/base/StatusHelpers.h"

#include <absl/strings/str_join.h>
#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::rollouts {

namespace {

using kubernetes::KubernetesApi;
using kubernetes::ReplicaSet;

constexpr const char* kGroup = "argoproj.io/v1alpha1";

std::string selectorOf(const ArgoState& state)
{
    return absl::StrJoin(state.rollout.matchLabels, ",", absl::PairFormatter("="));
}

} // namespace

const ReplicaSet* findRevision(const ReplicaSets& sets, const std::string& hash)
{
    const auto found = std::ranges::find(sets, hash, &ReplicaSet::hash);
    return hash.empty() || found == sets.end() ? nullptr : &*found;
}

ArgoCluster::ArgoCluster(
    std::shared_ptr<const kubernetes::Namespace> cluster, const std::string& rollout)
    : m_cluster(std::move(cluster)),
      m_rollout(rollout),
      m_path(m_cluster->pathOf(kGroup, "rollouts/" + rollout))
{}

absl::StatusOr<ArgoState> ArgoCluster::state() const
{
    PH_ASSIGN_OR_RETURN(const std::string body, m_cluster->get(m_path));
    ArgoState state;
    PH_ASSIGN_OR_RETURN(state.rollout, kubernetes::parseArgoRollout(body));
    if (!state.rollout.isBlueGreen) {
        return withHint(
            absl::FailedPreconditionError(
                fmt::format("the Rollout {} does not have the strategy blueGreen", m_rollout)),
            "Give it spec.strategy.blueGreen; a canary is not driven from here.");
    }
    PH_ASSIGN_OR_RETURN(
        const kubernetes::Service service, m_cluster->service(state.rollout.activeService));
    const auto found = service.selector.find(kubernetes::kArgoHashLabel);
    state.activeHash = found == service.selector.end() ? std::string() : found->second;
    return state;
}

absl::StatusOr<ReplicaSets> ArgoCluster::replicaSets(const ArgoState& state) const
{
    PH_ASSIGN_OR_RETURN(
        const std::string body,
        m_cluster->get(fmt::format(
            "{}?labelSelector={}",
            m_cluster->appsPath("replicasets"),
            kubernetes::queryEncoded(selectorOf(state)))));
    PH_ASSIGN_OR_RETURN(ReplicaSets sets, kubernetes::parseReplicaSets(body));
    std::erase_if(sets, [&](const ReplicaSet& set) { return set.rollout != m_rollout; });
    return sets;
}

absl::StatusOr<std::vector<kubernetes::Pod>> ArgoCluster::pods(
    const ArgoState& state, const std::vector<std::string>& hashes) const
{
    return m_cluster->pods(fmt::format(
        "{},{}{}",
        selectorOf(state),
        kubernetes::kArgoHashLabel,
        hashes.empty() ? "" : fmt::format(" in ({})", absl::StrJoin(hashes, ","))));
}

absl::Status ArgoCluster::write(
    const ArgoState& seen, const ArgoSides& sides, const SwitchRight& right) const
{
    return patch(writePatch(seen, sides, right));
}

absl::Status ArgoCluster::patch(const std::string& patch) const
{
    return m_cluster->patch(m_path, KubernetesApi::Patch::Json, patch).status();
}

absl::Status ArgoCluster::patchStatus(const std::string& patch) const
{
    return m_cluster->patch(m_path + "/status", KubernetesApi::Patch::Json, patch).status();
}

absl::Status ArgoCluster::setScaleDownDeadline(const ReplicaSet& set, absl::Time deadline) const
{
    return m_cluster
        ->patch(
            m_cluster->appsPath("replicasets/" + set.name),
            KubernetesApi::Patch::Json,
            deadlinePatch(set, deadline))
        .status();
}

} // namespace pilothouse::rollouts
