// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What this project reads of Argo Rollouts' objects, and of the ReplicaSets that it makes. Rules as
// in Objects.h.
namespace pilothouse::kubernetes {

/// On pods and ReplicaSets, and in the selectors of the Rollout's Services: which revision.
inline constexpr const char* kArgoHashLabel = "rollouts-pod-template-hash";
/// On a ReplicaSet: when Argo Rollouts may scale it down, RFC 3339.
inline constexpr const char* kArgoDeadlineAnnotation = "scale-down-deadline";

/// A Rollout of the API group argoproj.io/v1alpha1.
struct ArgoRollout
{
    std::string name;
    std::string resourceVersion;
    std::map<std::string, std::string> annotations;
    bool isBlueGreen = false;
    /// autoPromotionEnabled, which it is unless it is said to be false, or autoPromotionSeconds.
    bool promotesByItself = false;
    /// Its template stands in another object.
    bool hasWorkloadRef = false;
    /// By somebody who wrote spec.paused.
    bool isPaused = false;
    /// How many pods each revision has that runs.
    int replicas = 1;
    std::string activeService;
    std::string previewService;
    std::map<std::string, std::string> matchLabels;
    /// Of the template that it has now: that is the revision that is, or becomes, active.
    std::string currentHash;
    /// Of the revision that was promoted to its end last.
    std::string stableHash;
    /// Has the pause that a promotion ends.
    bool waitsForPromotion = false;
    /// Was told to go on, and has not yet: paused by the controller, and the pause was taken away.
    bool isResumed = false;
    bool promotesFully = false;
    bool isAborted = false;
    /// The pods of an aborted revision stay (abortScaleDownDelaySeconds 0).
    bool keepsAborted = false;
    /// "Progressing", "Paused", … and why.
    std::string phase;
    std::string message;
};

struct ReplicaSet
{
    std::string name;
    /// Name of the Rollout that owns it; "" = another kind does, or nobody.
    std::string rollout;
    std::string hash;
    /// Counts the Rollout's templates; "" when it is not told.
    std::string revision;
    /// Of its containers, without the registry: "shop:2.4.0".
    std::string images;
    int wanted = 0;
    /// When it may be scaled down; nothing: not before somebody says so.
    std::optional<absl::Time> scaleDownDeadline;
    bool hasAnnotations = false;
    /// The pods' template as JSON, without the label that names the revision.
    std::string podTemplate;
};

absl::StatusOr<ArgoRollout> parseArgoRollout(std::string_view json);
absl::StatusOr<std::vector<ReplicaSet>> parseReplicaSets(std::string_view json);

} // namespace pilothouse::kubernetes
