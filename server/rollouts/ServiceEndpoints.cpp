// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/ServiceEndpoints.h"

#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace pilothouse::rollouts {

namespace {

using kubernetes::Endpoint;
using kubernetes::EndpointSlice;

/// Between two lists, for a cluster that ends each watch at once.
constexpr absl::Duration kListPause = absl::Milliseconds(20);

/// How many endpoints are still of the old pods, and how many of others are ready.
struct EndpointCount
{
    int old = 0;
    int ready = 0;
};

EndpointCount countEndpoints(
    const std::map<std::string, EndpointSlice>& slices, const std::set<std::string>& oldPods)
{
    EndpointCount count;
    for (const auto& [name, slice] : slices) {
        for (const Endpoint& endpoint : slice.endpoints) {
            if (oldPods.contains(endpoint.pod.empty() ? endpoint.address : endpoint.pod)) {
                ++count.old;
            } else if (endpoint.isReady) {
                ++count.ready;
            }
        }
    }
    return count;
}

} // namespace

absl::Status awaitEndpoints(
    const kubernetes::Namespace& cluster,
    const WantedEndpoints& wanted,
    const Clock& clock,
    absl::Time deadline)
{
    const std::string path = fmt::format(
        "{}?labelSelector={}",
        cluster.pathOf("discovery.k8s.io/v1", "endpointslices"),
        kubernetes::queryEncoded("kubernetes.io/service-name=" + wanted.service));
    EndpointCount count;
    do {
        PH_ASSIGN_OR_RETURN(const std::string body, cluster.get(path));
        PH_ASSIGN_OR_RETURN(const auto list, kubernetes::parseEndpointSlices(body));
        std::map<std::string, EndpointSlice> slices;
        for (const EndpointSlice& slice : list.slices) {
            slices[slice.name] = slice;
        }
        const auto hasFollowed = [&] {
            count = countEndpoints(slices, wanted.old);
            return count.old == 0 && (count.ready > 0 || !wanted.hasReady);
        };
        if (hasFollowed()) {
            return absl::OkStatus();
        }
        bool isDone = false;
        const absl::Status watched = cluster.api().watch(
            fmt::format("{}&watch=true&resourceVersion={}", path, list.resourceVersion),
            std::max(deadline - clock.now(), absl::ZeroDuration()),
            [&](std::string_view line) {
                const auto event = kubernetes::parseEndpointSliceEvent(line);
                if (!event.ok() || event->type == "ERROR") {
                    return false; // the list is read again
                }
                if (event->type == "DELETED") {
                    slices.erase(event->slice.name);
                } else {
                    slices[event->slice.name] = event->slice;
                }
                isDone = hasFollowed();
                return !isDone;
            });
        if (isDone) {
            return absl::OkStatus();
        }
        // A watch may end at any time; a cluster that refuses it is not asked in a circle.
        if (!watched.ok() && !absl::IsAborted(watched) && !absl::IsUnavailable(watched)) {
            break;
        }
        absl::SleepFor(kListPause);
    } while (clock.now() < deadline);
    return absl::UnavailableError(fmt::format(
        "the Service {} selects {}, but the cluster has not followed yet: {} endpoints of {} are "
        "left, {} of {} are ready",
        wanted.service,
        wanted.newName,
        count.old,
        wanted.oldName,
        count.ready,
        wanted.newName));
}

} // namespace pilothouse::rollouts
