// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/ArgoSteps.h"

#include "server/platform/kubernetes/JsonPatch.h"
#include "shared/base/StatusHelpers.h"

#include <absl/time/time.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pilothouse::rollouts {

namespace {

using Kind = ArgoAct::Kind;
using kubernetes::JsonPatch;
using nlohmann::json;

std::string nameOf(Colour colour)
{
    return std::string(colourName(colour));
}

/// For the Rollout at the revision, and switched by the leader, that were seen.
JsonPatch patchOf(const ArgoState& seen)
{
    JsonPatch patch;
    const auto& annotations = seen.rollout.annotations;
    if (const auto found = annotations.find(kArgoFenceAnnotation); found != annotations.end()) {
        patch.test(kubernetes::annotationPath(kArgoFenceAnnotation), found->second);
    }
    return patch.test("/status/currentPodHash", seen.rollout.currentHash);
}

/// The sides once the colour has the traffic, or is about to get it.
ArgoSides sidesWith(const ArgoState& state, Colour colour, const std::string& hash, Colour active)
{
    ArgoSides sides = state.written().value_or(ArgoSides{});
    sides.active = active;
    sides.hashes.of(colour) = hash;
    std::string& otherHash = sides.hashes.of(other(colour));
    if (!state.written() && state.activeHash != hash) {
        otherHash = state.activeHash;
    }
    return sides;
}

ArgoAct waiting(std::string text)
{
    return {Kind::Wait, "", std::move(text), {}};
}

std::string saidBy(const kubernetes::ArgoRollout& rollout)
{
    return rollout.message.empty() ? rollout.phase
                                   : fmt::format("{}: {}", rollout.phase, rollout.message);
}

absl::StatusOr<ArgoAct> promotion(const ArgoState& state, Colour colour, const std::string& target)
{
    const kubernetes::ArgoRollout& rollout = state.rollout;
    if (rollout.currentHash != target) {
        return revisionChanged(colour, target, rollout.currentHash);
    }
    if (rollout.isAborted) {
        return revisionChanged(colour, target, "nothing (it was aborted in Argo Rollouts)");
    }
    if (rollout.isPaused) {
        return waiting("somebody has paused it (spec.paused)");
    }
    if (rollout.waitsForPromotion) {
        return ArgoAct{Kind::Promote, target, "", {}};
    }
    return waiting(
        rollout.isResumed || rollout.promotesFully ? "it is promoted, and not switched yet"
                                                   : saidBy(rollout));
}

ArgoAct restoration(const ArgoState& state, const std::string& target)
{
    const kubernetes::ArgoRollout& rollout = state.rollout;
    const bool isThere = state.activeHash == target;
    if (rollout.currentHash != target) {
        // A candidate that nobody has promoted is let be.
        const bool isUnderWay = rollout.isResumed || rollout.promotesFully;
        return isThere && !isUnderWay ? ArgoAct{} : ArgoAct{Kind::Undo, target, "", {}};
    }
    if (isThere) {
        return {};
    }
    if (rollout.isPaused) {
        return {Kind::Resume, "", "", {}};
    }
    return rollout.promotesFully ? waiting(saidBy(rollout))
                                 : ArgoAct{Kind::PromoteFully, target, "", {}};
}

absl::StatusOr<std::string> targetOf(const ArgoState& state, const RoutingOrder& order)
{
    if (!order.approvedServers.empty()) {
        return order.approvedServers;
    }
    const Colour colour = order.routing.active;
    std::string hash =
        seenSides(state.written(), state.activeHash, state.activeHash).hashes.of(colour);
    if (hash.empty()) {
        return withHint(
            absl::FailedPreconditionError(fmt::format(
                "which revision of the Rollout {} was {} is not known: its annotation {} does not "
                "say so",
                state.rollout.name,
                nameOf(colour),
                kSidesAnnotation)),
            "Undo it with Argo Rollouts.");
    }
    return hash;
}

} // namespace

SwitchRight ArgoState::right() const
{
    const auto found = rollout.annotations.find(kArgoFenceAnnotation);
    return found == rollout.annotations.end() ? SwitchRight{} : switchRightIn(found->second);
}

absl::StatusOr<ArgoAct> nextArgoAct(const ArgoState& state, const RoutingOrder& order)
{
    PH_RETURN_IF_ERROR(checkNotOlder(order.right, state.right()));
    PH_ASSIGN_OR_RETURN(const std::string target, targetOf(state, order));
    const Colour colour = order.routing.active;
    const bool isThere = state.activeHash == target;
    ArgoAct act;
    if (!order.isPromotion) {
        act = restoration(state, target);
    } else if (!isThere) {
        PH_ASSIGN_OR_RETURN(act, promotion(state, colour, target));
    }
    // First it is written down what is meant; at the end, that it is so.
    const ArgoSides before = sidesWith(state, colour, target, isThere ? colour : other(colour));
    if (state.written() != before || state.right() != order.right) {
        return ArgoAct{Kind::Write, "", "", before};
    }
    return act;
}

std::string writePatch(const ArgoState& seen, const ArgoSides& sides, const SwitchRight& right)
{
    return JsonPatch()
        .annotate(
            seen.rollout.annotations,
            seen.rollout.resourceVersion,
            {{kArgoFenceAnnotation, toText(right)}, {kSidesAnnotation, toText(sides)}})
        .text();
}

std::string undoPatch(const ArgoState& seen, const std::string& podTemplate)
{
    JsonPatch patch = patchOf(seen);
    patch.replace("/spec/template", json::parse(podTemplate));
    if (seen.rollout.isPaused) {
        patch.add("/spec/paused", false);
    }
    return patch.text();
}

std::string resumePatch(const ArgoState& seen)
{
    return patchOf(seen).add("/spec/paused", false).text();
}

std::string replicasPatch(const std::string& seenVersion, int replicas)
{
    // It need not have the member; the version says that it is as it was, too.
    return JsonPatch()
        .test("/metadata/resourceVersion", seenVersion)
        .add("/spec/replicas", replicas)
        .text();
}

std::string promotePatch(const ArgoState& seen)
{
    return patchOf(seen).remove("/status/pauseConditions").text();
}

std::string promoteFullyPatch(const ArgoState& seen)
{
    return patchOf(seen).add("/status/promoteFull", true).text();
}

std::string abortPatch(const ArgoState& seen, bool isAborted)
{
    return patchOf(seen).add("/status/abort", isAborted).text();
}

std::string deadlinePatch(const kubernetes::ReplicaSet& seen, absl::Time deadline)
{
    const char* const key = kubernetes::kArgoDeadlineAnnotation;
    const std::string text = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", deadline, absl::UTCTimeZone());
    return seen.hasAnnotations ? JsonPatch().add(kubernetes::annotationPath(key), text).text()
                               : JsonPatch().add("/metadata/annotations", json{{key, text}}).text();
}

} // namespace pilothouse::rollouts
