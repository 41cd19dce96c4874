// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/kubernetes/ArgoObjects.h"
#include "server/rollouts/SideNames.h"
#include "shared/rollouts/Rollout.h"

#include <optional>
#include <string>

namespace pilothouse::rollouts {

/// Which revision of a Rollout is which side. Argo Rollouts knows revisions only, one after the
/// other; so it is written down, in this annotation of the Rollout, whenever the traffic is
/// switched from here or a candidate is prepared.
inline constexpr const char* kSidesAnnotation = "pilothouse/sides";

struct ArgoSides
{
    /// The side that had the traffic when it was written down.
    Colour active = Colour::Blue;
    /// The hashes of both sides' pod templates; "" = not known.
    SideNames hashes;

    friend bool operator==(const ArgoSides&, const ArgoSides&) = default;
};

/// As the annotation has it: {"active":"blue","blue":"6d4cf56db","green":"7c5d9f8b6"}.
std::string toText(const ArgoSides& sides);
/// Nothing for what is none, hashes that could be no label's value included.
std::optional<ArgoSides> argoSidesIn(const kubernetes::ArgoRollout& rollout);

/// What the sides are now.
struct SeenSides
{
    /// Nothing: the traffic is on a revision that is neither.
    std::optional<Colour> active;
    SideNames hashes;
};

/// `activeHash` is what the active Service selects. A Rollout without the annotation is blue. The
/// side without the traffic is the Rollout's newest revision, or, when that has it, the one that
/// was written down: the one before.
SeenSides seenSides(
    const std::optional<ArgoSides>& written,
    const std::string& activeHash,
    const std::string& currentHash);

} // namespace pilothouse::rollouts
