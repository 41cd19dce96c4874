// SPDX-License-Identifier: Apache-2.0
#include "server/platform/kubernetes/ArgoObjects.h"

#include "server/platform/kubernetes/JsonMembers.h"
#include "shared/base/StatusHelpers.h"

#include <algorithm>

namespace pilothouse::kubernetes {

namespace {

using members::count;
using members::document;
using members::flag;
using members::items;
using members::json;
using members::member;
using members::text;
using members::texts;

constexpr const char* kRevisionAnnotation = "rollout.argoproj.io/revision";
constexpr const char* kPromotionPause = "BlueGreenPause";
constexpr std::size_t kLongestImages = 200;

bool isTrueUnlessSaid(const json& object, const char* key)
{
    const json& value = member(object, key);
    return !value.is_boolean() || value.get<bool>();
}

bool hasPromotionPause(const json& status)
{
    return std::ranges::any_of(items(status, "pauseConditions"), [](const json& condition) {
        return text(condition, "reason") == kPromotionPause;
    });
}

std::string imagesOf(const json& podTemplate)
{
    std::string images;
    for (const json& container : items(member(podTemplate, "spec"), "containers")) {
        const std::string image = text(container, "image");
        images += (images.empty() ? "" : ", ") + image.substr(image.rfind('/') + 1);
    }
    return images.substr(0, kLongestImages);
}

ReplicaSet replicaSetOf(const json& object)
{
    ReplicaSet set;
    const json& metadata = member(object, "metadata");
    const json& spec = member(object, "spec");
    set.name = text(metadata, "name");
    for (const json& owner : items(metadata, "ownerReferences")) {
        if (text(owner, "kind") == "Rollout") {
            set.rollout = text(owner, "name");
        }
    }
    set.hash = text(member(metadata, "labels"), kArgoHashLabel);
    const json& annotations = member(metadata, "annotations");
    set.hasAnnotations = annotations.is_object();
    set.revision = text(annotations, kRevisionAnnotation);
    absl::Time deadline;
    if (absl::ParseTime(
            absl::RFC3339_full, text(annotations, kArgoDeadlineAnnotation), &deadline, nullptr)) {
        set.scaleDownDeadline = deadline;
    }
    set.wanted = members::replicas(spec);
    json podTemplate = member(spec, "template");
    set.images = imagesOf(podTemplate);
    if (podTemplate.is_object()) {
        const json& labels = member(member(podTemplate, "metadata"), "labels");
        if (labels.is_object()) {
            podTemplate["metadata"]["labels"].erase(kArgoHashLabel);
        }
        // Bytes that are no UTF-8 were refused by the parser.
        set.podTemplate = podTemplate.dump();
    }
    return set;
}

} // namespace

absl::StatusOr<ArgoRollout> parseArgoRollout(std::string_view json_)
{
    PH_ASSIGN_OR_RETURN(const json object, document(json_, "Rollout"));
    const json& metadata = member(object, "metadata");
    const json& spec = member(object, "spec");
    const json& strategy = member(member(spec, "strategy"), "blueGreen");
    const json& status = member(object, "status");
    ArgoRollout rollout;
    rollout.name = text(metadata, "name");
    rollout.resourceVersion = text(metadata, "resourceVersion");
    rollout.annotations = texts(metadata, "annotations");
    rollout.isBlueGreen = strategy.is_object();
    rollout.promotesByItself = isTrueUnlessSaid(strategy, "autoPromotionEnabled") ||
                               count(strategy, "autoPromotionSeconds") > 0;
    rollout.hasWorkloadRef = member(spec, "workloadRef").is_object();
    rollout.isPaused = flag(spec, "paused");
    rollout.replicas = members::replicas(spec);
    rollout.activeService = text(strategy, "activeService");
    rollout.previewService = text(strategy, "previewService");
    rollout.matchLabels = texts(member(spec, "selector"), "matchLabels");
    rollout.currentHash = text(status, "currentPodHash");
    rollout.stableHash = text(status, "stableRS");
    rollout.waitsForPromotion = hasPromotionPause(status);
    rollout.isResumed = flag(status, "controllerPause") && !rollout.waitsForPromotion;
    rollout.promotesFully = flag(status, "promoteFull");
    rollout.isAborted = flag(status, "abort");
    const json& abortDelay = member(strategy, "abortScaleDownDelaySeconds");
    rollout.keepsAborted = abortDelay.is_number_integer() && abortDelay.get<std::int64_t>() == 0;
    rollout.phase = text(status, "phase");
    rollout.message = text(status, "message");
    return rollout;
}

absl::StatusOr<std::vector<ReplicaSet>> parseReplicaSets(std::string_view json_)
{
    PH_ASSIGN_OR_RETURN(const json list, document(json_, "ReplicaSetList"));
    std::vector<ReplicaSet> sets;
    for (const json& item : items(list, "items")) {
        sets.push_back(replicaSetOf(item));
    }
    std::ranges::sort(sets, {}, &ReplicaSet::name);
    return sets;
}

} // namespace pilothouse::kubernetes
