// SPDX-License-Identifier: Apache-2.0
// Any bytes as an answer of a cluster, or as a kubeconfig: no crash, and no count below zero.
#include "server/platform/kubernetes/ArgoObjects.h"
#include "server/platform/kubernetes/ClusterAccess.h"
#include "server/platform/kubernetes/Objects.h"

#include <cstdint>
#include <cstdlib>

using namespace pilothouse::kubernetes;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    parseService(text).IgnoreError();
    parseEndpointSlices(text).IgnoreError();
    parseEndpointSliceEvent(text).IgnoreError();
    if (const auto pods = parsePods(text); pods.ok()) {
        for (const Pod& pod : *pods) {
            if (pod.restarts < 0) {
                std::abort();
            }
        }
    }
    if (const auto scale = parseScale(text);
        scale.ok() && (scale->wanted < 0 || scale->present < 0)) {
        std::abort();
    }
    if (const auto deployment = parseDeployment(text);
        deployment.ok() && (deployment->wanted < 0 || deployment->ready < 0)) {
        std::abort();
    }
    parseAutoscalers(text).IgnoreError();
    parseArgoRollout(text).IgnoreError();
    if (const auto sets = parseReplicaSets(text); sets.ok()) {
        for (const ReplicaSet& set : *sets) {
            if (set.wanted < 0) {
                std::abort();
            }
        }
    }
    for (const char character : failureMessage(text)) {
        if (character >= 0 && character < ' ') {
            std::abort();
        }
    }
    const auto access = parseKubeconfig(std::string(text), "", "/nonexistent");
    if (access.ok() && !access->server.starts_with("https://") &&
        !access->server.starts_with("http://")) {
        std::abort();
    }
    return 0;
}
