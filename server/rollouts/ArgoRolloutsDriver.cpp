// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/ArgoRolloutsDriver.h"

#include "server/platform/faults/Faults.h"
#include "server/rollouts/ServiceEndpoints.h"
#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace pilothouse::rollouts {

namespace {

using kubernetes::ArgoRollout;
using kubernetes::Pod;
using kubernetes::ReplicaSet;
using Kind = ArgoAct::Kind;

/// Of one request; a look is four.
constexpr absl::Duration kLimit = absl::Seconds(1);
/// Argo Rollouts acts within a second; a controller that does not is not waited for, but asked
/// again by whoever wants the switch.
constexpr absl::Duration kFollowLimit = absl::Seconds(5);
constexpr absl::Duration kPoll = absl::Milliseconds(25);
/// More is asked for again: somebody may forget a rollout that is paused.
constexpr absl::Duration kLongestWarm = absl::Hours(24);
/// A time that is nearer than it should be by so small a part of what is left is left alone.
constexpr int kWarmParts = 10;

absl::Status unusable(const ArgoRollout& rollout, const std::string& why, const char* hint)
{
    return withHint(
        absl::FailedPreconditionError(fmt::format("the Rollout {} {}", rollout.name, why)), hint);
}

bool hasHash(const Pod& pod, const std::string& hash)
{
    const auto label = pod.labels.find(kubernetes::kArgoHashLabel);
    return label != pod.labels.end() && label->second == hash;
}

/// "8 (shop:2.4.0)"
std::string revisionText(const ReplicaSet* set)
{
    if (set == nullptr) {
        return "none";
    }
    return fmt::format(
        "{}{}",
        set->revision.empty() ? set->hash : set->revision,
        set->images.empty() ? "" : fmt::format(" ({})", set->images));
}

Side sideOf(
    const std::string& hash,
    const ArgoRollout& rollout,
    const std::vector<Pod>& pods,
    const ReplicaSet* set)
{
    Side side;
    side.name = hash;
    side.backend = revisionText(set);
    side.servers = hash;
    for (const Pod& pod : pods) {
        if (!hasHash(pod, hash) || pod.isTerminating) {
            continue;
        }
        ++side.serversTotal;
        side.timesDown += pod.restarts;
        // What was aborted is not to be promoted, whether its pods still run or not.
        const bool isAborted = rollout.isAborted && hash == rollout.currentHash;
        side.serversUp += pod.isReady && !isAborted ? 1 : 0;
    }
    return side;
}

absl::Status checkUsable(const ArgoRollout& rollout)
{
    if (rollout.promotesByItself) {
        return unusable(
            rollout,
            "promotes by itself",
            "Set spec.strategy.blueGreen.autoPromotionEnabled to false, and no "
            "autoPromotionSeconds.");
    }
    if (rollout.hasWorkloadRef) {
        return unusable(
            rollout,
            "takes its template from a workloadRef: it could not be rolled back from here",
            "Give it a template of its own.");
    }
    return rollout.matchLabels.empty() ? unusable(
                                             rollout,
                                             "has no spec.selector.matchLabels",
                                             "Give it labels by which its pods are found.")
                                       : absl::OkStatus();
}

/// Those that are named, and each once.
std::vector<std::string> namedHashes(const SideNames& hashes, const std::string& active)
{
    std::vector<std::string> named;
    for (const std::string* hash : {&hashes.blue, &hashes.green, &active}) {
        if (!hash->empty() && std::ranges::find(named, *hash) == named.end()) {
            named.push_back(*hash);
        }
    }
    return named;
}

} // namespace

ArgoRolloutsDriver::ArgoRolloutsDriver(
    config::RolloutApplication application,
    const Clock& clock,
    std::unique_ptr<SideQueries> queries)
    : m_application(std::move(application)),
      m_clock(clock),
      m_queries(std::move(queries)),
      m_connection(
          m_application.kubeconfig, m_application.kubeContext, m_application.nameSpace, kLimit),
      m_autoscalers("Rollout", {m_application.rollout})
{}

absl::StatusOr<ArgoCluster> ArgoRolloutsDriver::cluster() const
{
    PH_ASSIGN_OR_RETURN(auto cluster, m_connection.get());
    return ArgoCluster(std::move(cluster), m_application.rollout);
}

absl::StatusOr<Observation> ArgoRolloutsDriver::observe() const
{
    PH_ASSIGN_OR_RETURN(const ArgoCluster cluster, this->cluster());
    auto observation = look(cluster);
    m_connection.note(observation.status());
    return observation;
}

absl::StatusOr<Observation> ArgoRolloutsDriver::look(const ArgoCluster& cluster) const
{
    PH_ASSIGN_OR_RETURN(const ArgoState state, cluster.state());
    PH_RETURN_IF_ERROR(checkUsable(state.rollout));
    {
        const std::lock_guard lock(m_mutex);
        m_written = state.written();
    }
    const SeenSides seen = seenSides(state.written(), state.activeHash, state.rollout.currentHash);
    PH_ASSIGN_OR_RETURN(
        const auto pods, cluster.pods(state, namedHashes(seen.hashes, state.activeHash)));
    PH_ASSIGN_OR_RETURN(const ReplicaSets sets, cluster.replicaSets(state));
    Observation observation;
    observation.time = m_clock.now();
    observation.active = seen.active;
    observation.activeAfterRestart = seen.active; // it stands in the cluster's own store
    observation.fence = state.right().fence;
    if (!seen.active) {
        observation.found = state.activeHash.empty()
                                ? fmt::format(
                                      "the selector of {} has no {}",
                                      state.rollout.activeService,
                                      kubernetes::kArgoHashLabel)
                                : "revision " + revisionText(findRevision(sets, state.activeHash));
    }
    for (const Colour colour : {Colour::Blue, Colour::Green}) {
        const std::string& hash = seen.hashes.of(colour);
        (colour == Colour::Blue ? observation.blue : observation.green) =
            sideOf(hash, state.rollout, pods, findRevision(sets, hash));
    }
    observation.countsInFlight = false;
    observation.countsResponses = false;
    if (m_queries != nullptr) {
        m_queries->fill(observation);
    }
    return observation;
}

absl::Status ArgoRolloutsDriver::perform(
    const ArgoCluster& cluster,
    const ArgoState& state,
    const ArgoAct& act,
    const SwitchRight& right) const
{
    switch (act.kind) {
    case Kind::Write:
        return cluster.write(state, act.sides, right);
    case Kind::Undo: {
        PH_ASSIGN_OR_RETURN(const ReplicaSets sets, cluster.replicaSets(state));
        const ReplicaSet* const old = findRevision(sets, act.hash);
        if (old == nullptr || old->podTemplate.empty()) {
            return withHint(
                absl::FailedPreconditionError(fmt::format(
                    "the ReplicaSet of {} is gone: there is nothing to go back to", act.hash)),
                "Give the Rollout the old version's template, and promote it with Argo Rollouts.");
        }
        return cluster.patch(undoPatch(state, old->podTemplate));
    }
    case Kind::Resume:
        return cluster.patch(resumePatch(state));
    case Kind::Promote:
        return cluster.patchStatus(promotePatch(state));
    case Kind::PromoteFully:
        return cluster.patchStatus(promoteFullyPatch(state));
    case Kind::Wait:
    case Kind::Done:
        break;
    }
    return absl::OkStatus();
}

absl::StatusOr<ArgoState> ArgoRolloutsDriver::settle(
    const ArgoCluster& cluster, const RoutingOrder& order, absl::Time deadline) const
{
    std::string waits = "it is changed by somebody else all the time";
    bool isUndone = false;
    do {
        PH_ASSIGN_OR_RETURN(const ArgoState state, cluster.state());
        PH_ASSIGN_OR_RETURN(const ArgoAct act, nextArgoAct(state, order));
        if (act.kind == Kind::Done) {
            return state;
        }
        if (act.kind == Kind::Wait || (act.kind == Kind::Undo && isUndone)) {
            waits = act.kind == Kind::Wait ? act.text : "it has the old template";
        } else {
            const absl::Status done = perform(cluster, state, act, order.right);
            // Somebody else was quicker: each time is a new look.
            if (!done.ok() && !absl::IsAborted(done)) {
                return done;
            }
            PH_FAULT("rollouts.after_patch");
            isUndone = isUndone || (act.kind == Kind::Undo && done.ok());
        }
        absl::SleepFor(kPoll);
    } while (m_clock.now() < deadline);
    return absl::UnavailableError(fmt::format(
        "Argo Rollouts has not switched the Rollout {} yet: {}", m_application.rollout, waits));
}

absl::Status ArgoRolloutsDriver::route(const RoutingOrder& order)
{
    if (order.routing.splitPercent != 0) {
        return absl::FailedPreconditionError("the traffic of a blue-green Rollout is not split");
    }
    PH_ASSIGN_OR_RETURN(const ArgoCluster cluster, this->cluster());
    const absl::Time deadline = m_clock.now() + kFollowLimit;
    PH_ASSIGN_OR_RETURN(const ArgoState state, settle(cluster, order, deadline));
    PH_ASSIGN_OR_RETURN(const auto pods, cluster.pods(state, {}));
    WantedEndpoints wanted;
    wanted.service = state.rollout.activeService;
    wanted.newName = colourName(order.routing.active);
    wanted.oldName = colourName(other(order.routing.active));
    for (const Pod& pod : pods) {
        if (!hasHash(pod, state.activeHash)) {
            wanted.old.insert({pod.name, pod.address});
        } else if (pod.isReady && !pod.isTerminating) {
            wanted.hasReady = true;
        }
    }
    return awaitEndpoints(cluster.nameSpace(), wanted, m_clock, deadline);
}

absl::Status ArgoRolloutsDriver::adopt(Colour active, const SwitchRight& right)
{
    PH_ASSIGN_OR_RETURN(const ArgoCluster cluster, this->cluster());
    PH_ASSIGN_OR_RETURN(const ArgoState state, cluster.state());
    PH_RETURN_IF_ERROR(checkNotOlder(right, state.right()));
    if (state.activeHash.empty()) {
        return absl::FailedPreconditionError(fmt::format(
            "the selector of {} has no {}: nothing has the traffic",
            state.rollout.activeService,
            kubernetes::kArgoHashLabel));
    }
    const auto before = state.written();
    SideNames hashes;
    hashes.of(active) = state.activeHash;
    if (before && before->hashes.of(before->active) != state.activeHash) {
        hashes.of(other(active)) = before->hashes.of(before->active);
    }
    return cluster.write(state, {active, hashes}, right);
}

absl::StatusOr<bool> ArgoRolloutsDriver::prepare(
    Colour candidate, int /*servers*/, const SwitchRight& right)
{
    PH_ASSIGN_OR_RETURN(const ArgoCluster cluster, this->cluster());
    PH_ASSIGN_OR_RETURN(const ArgoState state, cluster.state());
    PH_RETURN_IF_ERROR(checkNotOlder(right, state.right()));
    const std::string& current = state.rollout.currentHash;
    const SeenSides seen = seenSides(state.written(), state.activeHash, current);
    if (seen.active != other(candidate)) {
        return false;
    }
    const ArgoSides sides{other(candidate), seen.hashes};
    if (state.written() != sides || state.right() != right) {
        PH_RETURN_IF_ERROR(cluster.write(state, sides, right));
        return false; // the next look goes on
    }
    if (!state.rollout.isAborted || current == state.activeHash) {
        return false;
    }
    PH_ASSIGN_OR_RETURN(const ReplicaSets sets, cluster.replicaSets(state));
    const ReplicaSet* const aborted = findRevision(sets, current);
    // With pods that are about to be scaled down it would be promoted at once, without a pause:
    // Argo Rollouts takes that for a way back.
    if (aborted != nullptr && aborted->wanted > 0 && !state.rollout.keepsAborted) {
        PH_RETURN_IF_ERROR(stopSoon(cluster, *aborted));
        return false;
    }
    PH_RETURN_IF_ERROR(cluster.patchStatus(abortPatch(state, false)));
    return true;
}

absl::Status ArgoRolloutsDriver::stopSoon(const ArgoCluster& cluster, const ReplicaSet& set) const
{
    const absl::Time now = m_clock.now();
    // Without a time Argo Rollouts is about to write one, and to act once it has come.
    return set.scaleDownDeadline && *set.scaleDownDeadline > now
               ? cluster.setScaleDownDeadline(set, now)
               : absl::OkStatus();
}

absl::Status ArgoRolloutsDriver::keepWarm(Colour colour, absl::Time until)
{
    PH_ASSIGN_OR_RETURN(const ArgoCluster cluster, this->cluster());
    PH_ASSIGN_OR_RETURN(const ArgoState state, cluster.state());
    const auto sides = state.written();
    if (!sides || sides->hashes.of(colour) == state.activeHash) {
        return absl::OkStatus();
    }
    PH_ASSIGN_OR_RETURN(const ReplicaSets sets, cluster.replicaSets(state));
    const ReplicaSet* const old = findRevision(sets, sides->hashes.of(colour));
    // Argo Rollouts writes the time first; without one it has not come to that yet.
    if (old == nullptr || old->wanted == 0 || !old->scaleDownDeadline) {
        return absl::OkStatus();
    }
    const absl::Time now = m_clock.now();
    const absl::Time wanted = std::min(until, now + kLongestWarm);
    return wanted - *old->scaleDownDeadline > (wanted - now) / kWarmParts
               ? cluster.setScaleDownDeadline(*old, wanted)
               : absl::OkStatus();
}

absl::StatusOr<ServerCount> ArgoRolloutsDriver::serverCount() const
{
    PH_ASSIGN_OR_RETURN(const ArgoCluster cluster, this->cluster());
    PH_ASSIGN_OR_RETURN(const ArgoState state, cluster.state());
    return ServerCount{
        state.rollout.replicas,
        state.rollout.resourceVersion,
        m_autoscalers.obstacle(cluster.nameSpace(), m_clock.monotonic())};
}

absl::Status ArgoRolloutsDriver::scale(const ServerCount& seen, int servers)
{
    PH_ASSIGN_OR_RETURN(const ArgoCluster cluster, this->cluster());
    return cluster.patch(replicasPatch(seen.version, servers));
}

absl::Status ArgoRolloutsDriver::dismiss(Colour candidate, const SwitchRight& right)
{
    {
        const std::lock_guard lock(m_mutex);
        if (!m_written || m_written->active == candidate ||
            m_written->hashes.of(candidate).empty()) {
            return absl::OkStatus();
        }
    }
    PH_ASSIGN_OR_RETURN(const ArgoCluster cluster, this->cluster());
    PH_ASSIGN_OR_RETURN(const ArgoState state, cluster.state());
    PH_RETURN_IF_ERROR(checkNotOlder(right, state.right()));
    const auto sides = state.written();
    if (!sides || sides->active == candidate ||
        state.activeHash != sides->hashes.of(sides->active)) {
        return absl::OkStatus();
    }
    const std::string& hash = sides->hashes.of(candidate);
    if (state.rollout.currentHash == hash) {
        if (!state.rollout.isAborted) {
            return cluster.patchStatus(abortPatch(state, true));
        }
    } else {
        PH_ASSIGN_OR_RETURN(const ReplicaSets sets, cluster.replicaSets(state));
        const ReplicaSet* const old = findRevision(sets, hash);
        if (old != nullptr && old->wanted > 0) {
            return stopSoon(cluster, *old);
        }
    }
    // It is forgotten, so that whoever takes the same revision up again is not stopped.
    ArgoSides after = *sides;
    after.hashes.of(candidate).clear();
    return cluster.write(state, after, right);
}

} // namespace pilothouse::rollouts
