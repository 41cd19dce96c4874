// SPDX-License-Identifier: Apache-2.0
#include "server/platform/kubernetes/Objects.h"

#include "server/platform/kubernetes/JsonMembers.h"
#include "shared/base/StatusHelpers.h"

#include <algorithm>

namespace pilothouse::kubernetes {

namespace {

using members::count;
using members::document;
using members::items;
using members::json;
using members::member;
using members::text;
using members::texts;

constexpr std::size_t kLongestMessage = 400;

Pod podOf(const json& object)
{
    Pod pod;
    const json& metadata = member(object, "metadata");
    const json& status = member(object, "status");
    pod.name = text(metadata, "name");
    pod.labels = texts(metadata, "labels");
    pod.isTerminating = !member(metadata, "deletionTimestamp").is_null();
    pod.address = text(status, "podIP");
    for (const json& condition : items(status, "conditions")) {
        if (text(condition, "type") == "Ready") {
            pod.isReady = text(condition, "status") == "True";
        }
    }
    for (const json& container : items(status, "containerStatuses")) {
        pod.restarts =
            std::min(pod.restarts + count(container, "restartCount"), members::kMostCounted);
    }
    return pod;
}

EndpointSlice sliceOf(const json& object)
{
    EndpointSlice slice;
    slice.name = text(member(object, "metadata"), "name");
    for (const json& endpoint : items(object, "endpoints")) {
        Endpoint one;
        // Consumers treat a condition that is not told as true.
        const json& ready = member(member(endpoint, "conditions"), "ready");
        one.isReady = !ready.is_boolean() || ready.get<bool>();
        const json& target = member(endpoint, "targetRef");
        one.pod = text(target, "kind") == "Pod" ? text(target, "name") : std::string();
        for (const json& address : items(endpoint, "addresses")) {
            if (address.is_string()) {
                one.address = address.get<std::string>();
                slice.endpoints.push_back(one);
            }
        }
    }
    return slice;
}

} // namespace

absl::StatusOr<Service> parseService(std::string_view json_)
{
    PH_ASSIGN_OR_RETURN(const json object, document(json_, "Service"));
    const json& metadata = member(object, "metadata");
    return Service{
        text(metadata, "resourceVersion"),
        texts(member(object, "spec"), "selector"),
        texts(metadata, "annotations")};
}

absl::StatusOr<std::vector<Pod>> parsePods(std::string_view json_)
{
    PH_ASSIGN_OR_RETURN(const json list, document(json_, "PodList"));
    std::vector<Pod> pods;
    for (const json& item : items(list, "items")) {
        pods.push_back(podOf(item));
    }
    std::ranges::sort(pods, {}, &Pod::name);
    return pods;
}

absl::StatusOr<EndpointSlices> parseEndpointSlices(std::string_view json_)
{
    PH_ASSIGN_OR_RETURN(const json list, document(json_, "EndpointSliceList"));
    EndpointSlices result;
    result.resourceVersion = text(member(list, "metadata"), "resourceVersion");
    for (const json& item : items(list, "items")) {
        result.slices.push_back(sliceOf(item));
    }
    return result;
}

absl::StatusOr<EndpointSliceEvent> parseEndpointSliceEvent(std::string_view json_)
{
    PH_ASSIGN_OR_RETURN(const json event, document(json_, nullptr));
    return EndpointSliceEvent{text(event, "type"), sliceOf(member(event, "object"))};
}

absl::StatusOr<Scale> parseScale(std::string_view json_)
{
    PH_ASSIGN_OR_RETURN(const json object, document(json_, "Scale"));
    return Scale{
        text(member(object, "metadata"), "resourceVersion"),
        count(member(object, "spec"), "replicas"),
        count(member(object, "status"), "replicas")};
}

absl::StatusOr<Deployment> parseDeployment(std::string_view json_)
{
    PH_ASSIGN_OR_RETURN(const json object, document(json_, "Deployment"));
    const json& spec = member(object, "spec");
    return Deployment{
        text(member(object, "metadata"), "resourceVersion"),
        members::replicas(spec),
        count(member(object, "status"), "readyReplicas")};
}

absl::StatusOr<std::vector<Autoscaler>> parseAutoscalers(std::string_view json_)
{
    PH_ASSIGN_OR_RETURN(const json list, document(json_, "HorizontalPodAutoscalerList"));
    std::vector<Autoscaler> autoscalers;
    for (const json& item : items(list, "items")) {
        const json& target = member(member(item, "spec"), "scaleTargetRef");
        autoscalers.push_back(
            {text(member(item, "metadata"), "name"), text(target, "kind"), text(target, "name")});
    }
    return autoscalers;
}

std::string failureMessage(std::string_view body)
{
    const json parsed = json::parse(body, nullptr, /*allow_exceptions=*/false);
    std::string message = text(parsed, "message");
    if (message.empty()) {
        message = std::string(body.substr(0, kLongestMessage));
    }
    // What comes from outside is shown in a terminal.
    std::ranges::replace_if(
        message, [](unsigned char character) { return character < ' ' || character == 127; }, ' ');
    return message.size() > kLongestMessage ? message.substr(0, kLongestMessage) + "…" : message;
}

} // namespace pilothouse::kubernetes
