// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/rollouts/ArgoSides.h"
#include "server/rollouts/Driver.h"

#include <absl/status/statusor.h>

#include <optional>
#include <string>

namespace pilothouse::rollouts {

/// On a Rollout: by whose right it was switched last, as "REALM:NUMBER".
inline constexpr const char* kArgoFenceAnnotation = "pilothouse/fence";

/// A Rollout and what its active Service selects ("" = no revision).
struct ArgoState
{
    kubernetes::ArgoRollout rollout;
    std::string activeHash;

    std::optional<ArgoSides> written() const { return argoSidesIn(rollout); }
    SwitchRight right() const;
};

/// What brings the traffic one step nearer to where it shall go.
struct ArgoAct
{
    enum class Kind {
        /// It is there, and nothing is under way.
        Done,
        /// Argo Rollouts has to do something first; `text` says what.
        Wait,
        /// Both annotations are written: `sides`, and the right of the order.
        Write,
        /// The Rollout's template becomes that of the revision `hash`.
        Undo,
        /// spec.paused, somebody's, is taken away.
        Resume,
        /// The revision `hash` is promoted, with what Argo Rollouts itself asks for after it…
        Promote,
        /// …or without, and without its pauses and analyses.
        PromoteFully,
    };
    Kind kind = Kind::Done;
    std::string hash;
    std::string text;
    ArgoSides sides;
};

/// The next act of an order. A promotion goes Argo Rollouts' way, and only for the revision that
/// was approved; everything else takes the revision that was there back without asking for anything
/// but that revision's own pods. ABORTED, and kRevisionChanged, as Driver::route;
/// FAILED_PRECONDITION when it is not known which revision the side was.
absl::StatusOr<ArgoAct> nextArgoAct(const ArgoState& state, const RoutingOrder& order);

// JSON Patches, each with `test` for what was seen: whoever else was quicker makes it fail.

/// Of the Rollout: both annotations.
std::string writePatch(const ArgoState& seen, const ArgoSides& sides, const SwitchRight& right);
/// Of the Rollout: its template, and that nobody has paused it.
std::string undoPatch(const ArgoState& seen, const std::string& podTemplate);
std::string resumePatch(const ArgoState& seen);
/// How many pods each revision has.
std::string replicasPatch(const std::string& seenVersion, int replicas);
/// Of the Rollout's subresource status.
std::string promotePatch(const ArgoState& seen);
std::string promoteFullyPatch(const ArgoState& seen);
std::string abortPatch(const ArgoState& seen, bool isAborted);
/// Of a ReplicaSet: when it may be scaled down.
std::string deadlinePatch(const kubernetes::ReplicaSet& seen, absl::Time deadline);

} // namespace pilothouse::rollouts
