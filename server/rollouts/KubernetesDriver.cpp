// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/KubernetesDriver.h"

#include "server/platform/faults/Faults.h"
#include "server/platform/kubernetes/KubernetesApi.h"
#include "shared/base/StatusHelpers.h"

#include <absl/strings/str_join.h>
#include <absl/strings/str_replace.h>
#include <absl/time/clock.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <set>

namespace pilothouse::rollouts {

namespace {

using kubernetes::Endpoint;
using kubernetes::EndpointSlice;
using kubernetes::KubernetesApi;
using kubernetes::Pod;
using kubernetes::Service;
using nlohmann::json;

/// Of one request; a look is two.
constexpr absl::Duration kLimit = absl::Seconds(1);
/// Endpoints follow a selector within milliseconds (p99 185 ms, measured); a cluster in trouble is
/// not waited for, but asked again by whoever wants the switch.
constexpr absl::Duration kFollowLimit = absl::Seconds(5);
/// Somebody else changed the Service between look and patch; each time is a new look.
constexpr int kTries = 5;
/// Between two lists, for a cluster that ends each watch at once.
constexpr absl::Duration kListPause = absl::Milliseconds(20);
constexpr const char* kRevisionLabel = "pod-template-hash";

std::string pointerTo(const std::string& key)
{
    return absl::StrReplaceAll(key, {{"~", "~0"}, {"/", "~1"}});
}

SwitchRight rightIn(const Service& service)
{
    const auto found = service.annotations.find(KubernetesDriver::kFenceAnnotation);
    return found == service.annotations.end() ? SwitchRight{} : switchRightIn(found->second);
}

json operation(const char* what, const std::string& path, json value)
{
    return {{"op", what}, {"path", path}, {"value", std::move(value)}};
}

/// Changes the selector and the fence of the Service that was seen, and of no other.
std::string patchFor(
    const Service& seen, const std::string& key, const std::string& value, const std::string& fence)
{
    const std::string selectorPath = "/spec/selector/" + pointerTo(key);
    const std::string fencePath =
        "/metadata/annotations/" + pointerTo(KubernetesDriver::kFenceAnnotation);
    json operations = json::array();
    if (const auto found = seen.selector.find(key); found != seen.selector.end()) {
        operations.push_back(operation("test", selectorPath, found->second));
    }
    if (seen.annotations.empty()) {
        // The whole member is added; what somebody else has added meanwhile must not go.
        operations.push_back(operation("test", "/metadata/resourceVersion", seen.resourceVersion));
        operations.push_back(operation(
            "add", "/metadata/annotations", {{KubernetesDriver::kFenceAnnotation, fence}}));
    } else {
        const auto found = seen.annotations.find(KubernetesDriver::kFenceAnnotation);
        if (found != seen.annotations.end()) {
            operations.push_back(operation("test", fencePath, found->second));
        }
        operations.push_back(operation("add", fencePath, fence));
    }
    operations.push_back(operation("add", selectorPath, value));
    return operations.dump();
}

/// How many endpoints are still of these pods, and how many of others are ready.
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

/// The API, and where in it.
struct KubernetesDriver::Cluster
{
    explicit Cluster(kubernetes::ClusterAccess access)
        : nameSpace(access.nameSpace), api(std::move(access))
    {}

    std::string core(const char* kind) const
    {
        return fmt::format("/api/v1/namespaces/{}/{}", nameSpace, kind);
    }
    std::string servicePath(const std::string& service) const
    {
        return core("services") + "/" + service;
    }
    std::string scalePath(const std::string& deployment) const
    {
        return fmt::format(
            "/apis/apps/v1/namespaces/{}/deployments/{}/scale", nameSpace, deployment);
    }
    std::string slicesPath(const std::string& service) const
    {
        return fmt::format(
            "/apis/discovery.k8s.io/v1/namespaces/{}/endpointslices?labelSelector={}",
            nameSpace,
            kubernetes::queryEncoded("kubernetes.io/service-name=" + service));
    }
    absl::StatusOr<Service> service(const std::string& name) const
    {
        PH_ASSIGN_OR_RETURN(const std::string body, api.get(servicePath(name), kLimit));
        return kubernetes::parseService(body);
    }
    absl::StatusOr<kubernetes::Scale> scale(const std::string& deployment) const
    {
        PH_ASSIGN_OR_RETURN(const std::string body, api.get(scalePath(deployment), kLimit));
        return kubernetes::parseScale(body);
    }
    absl::Status scaleTo(const std::string& deployment, int replicas) const
    {
        return api
            .patch(
                scalePath(deployment),
                KubernetesApi::Patch::Merge,
                json{{"spec", {{"replicas", replicas}}}}.dump(),
                kLimit)
            .status();
    }

    const std::string nameSpace;
    const KubernetesApi api;
};

KubernetesDriver::KubernetesDriver(
    config::RolloutApplication application,
    const Clock& clock,
    std::unique_ptr<SideQueries> queries)
    : m_application(std::move(application)),
      m_values{m_application.blueBackend, m_application.greenBackend},
      m_deployments{m_application.blueDeployment, m_application.greenDeployment},
      m_clock(clock),
      m_queries(std::move(queries))
{}

KubernetesDriver::~KubernetesDriver() = default;

absl::StatusOr<std::shared_ptr<const KubernetesDriver::Cluster>> KubernetesDriver::cluster() const
{
    const std::lock_guard lock(m_mutex);
    if (m_cluster == nullptr) {
        PH_ASSIGN_OR_RETURN(
            kubernetes::ClusterAccess access,
            kubernetes::findClusterAccess(
                m_application.kubeconfig, m_application.kubeContext, m_application.nameSpace));
        m_cluster = std::make_shared<const Cluster>(std::move(access));
    }
    return m_cluster;
}

std::optional<Colour> KubernetesDriver::colourIn(const Service& service) const
{
    const auto found = service.selector.find(m_application.selectorKey);
    return found == service.selector.end() ? std::nullopt : m_values.colourOf(found->second);
}

bool KubernetesDriver::isOf(const Pod& pod, Colour colour) const
{
    const auto label = pod.labels.find(m_application.selectorKey);
    return label != pod.labels.end() && label->second == m_values.of(colour);
}

absl::StatusOr<KubernetesDriver::Pods> KubernetesDriver::pods(
    const Cluster& cluster, const Service& service) const
{
    // What the Service selects, of both sides.
    std::vector<std::string> terms;
    for (const auto& [key, value] : service.selector) {
        if (key != m_application.selectorKey) {
            terms.push_back(fmt::format("{}={}", key, value));
        }
    }
    terms.push_back(fmt::format(
        "{} in ({},{})",
        m_application.selectorKey,
        m_application.blueBackend,
        m_application.greenBackend));
    PH_ASSIGN_OR_RETURN(
        const std::string body,
        cluster.api.get(
            fmt::format(
                "{}?labelSelector={}",
                cluster.core("pods"),
                kubernetes::queryEncoded(absl::StrJoin(terms, ","))),
            kLimit));
    return kubernetes::parsePods(body);
}

Side KubernetesDriver::sideOf(Colour colour, const Pods& pods) const
{
    Side side;
    side.backend = fmt::format("{}={}", m_application.selectorKey, m_values.of(colour));
    std::set<std::string> revisions;
    for (const Pod& pod : pods) {
        if (!isOf(pod, colour) || pod.isTerminating) {
            continue;
        }
        ++side.serversTotal;
        side.serversUp += pod.isReady ? 1 : 0;
        side.timesDown += pod.restarts;
        const auto revision = pod.labels.find(kRevisionLabel);
        revisions.insert(revision == pod.labels.end() ? pod.name : revision->second);
    }
    // Pods come and go with the load; what they run is what an approval is for.
    side.servers = absl::StrJoin(revisions, ", ");
    return side;
}

absl::StatusOr<Observation> KubernetesDriver::observe() const
{
    PH_ASSIGN_OR_RETURN(const auto cluster, this->cluster());
    auto observation = look(*cluster);
    if (absl::IsUnauthenticated(observation.status())) {
        const std::lock_guard lock(m_mutex);
        m_cluster = nullptr;
    }
    return observation;
}

absl::StatusOr<Observation> KubernetesDriver::look(const Cluster& cluster) const
{
    PH_ASSIGN_OR_RETURN(const Service service, cluster.service(m_application.service));
    PH_ASSIGN_OR_RETURN(const Pods pods, this->pods(cluster, service));
    Observation observation;
    observation.time = m_clock.now();
    observation.active = colourIn(service);
    observation.activeAfterRestart = observation.active; // it stands in the cluster's own store
    observation.fence = rightIn(service).fence;
    if (!observation.active) {
        const auto found = service.selector.find(m_application.selectorKey);
        observation.found = found == service.selector.end()
                                ? fmt::format("the selector has no {}", m_application.selectorKey)
                                : fmt::format("{}={}", found->first, found->second);
    }
    observation.blue = sideOf(Colour::Blue, pods);
    observation.green = sideOf(Colour::Green, pods);
    observation.countsInFlight = false;
    observation.countsResponses = false;
    if (m_queries != nullptr) {
        m_queries->fill(observation);
    }
    return observation;
}

absl::StatusOr<KubernetesDriver::Selected> KubernetesDriver::select(
    const Cluster& cluster,
    const std::string& service,
    Colour colour,
    const SwitchRight& right) const
{
    for (int tried = 0; tried < kTries; ++tried) {
        PH_ASSIGN_OR_RETURN(const Service seen, cluster.service(service));
        if (seen.selector.empty()) {
            return absl::FailedPreconditionError(
                fmt::format("the Service {} has no selector: nothing can be switched", service));
        }
        const SwitchRight last = rightIn(seen);
        PH_RETURN_IF_ERROR(checkNotOlder(right, last));
        if (colourIn(seen) == colour && last == right) {
            return Selected{seen, false};
        }
        const auto patched = cluster.api.patch(
            cluster.servicePath(service),
            KubernetesApi::Patch::Json,
            patchFor(seen, m_application.selectorKey, m_values.of(colour), toText(right)),
            kLimit);
        if (patched.ok()) {
            // What the cluster answers is the Service as it is now: fields that it does not know
            // are dropped without a word.
            PH_ASSIGN_OR_RETURN(const Service now, kubernetes::parseService(*patched));
            if (colourIn(now) != colour) {
                return absl::UnavailableError(fmt::format(
                    "the cluster took the change of the Service {} and did not make it", service));
            }
            return Selected{now, true};
        }
        if (!absl::IsAborted(patched.status())) {
            return patched.status();
        }
    }
    return absl::UnavailableError(
        fmt::format("the Service {} is changed by somebody else all the time", service));
}

absl::Status KubernetesDriver::awaitEndpoints(
    const Cluster& cluster, const Service& service, Colour colour, absl::Time deadline) const
{
    PH_ASSIGN_OR_RETURN(const Pods pods, this->pods(cluster, service));
    std::set<std::string> old;
    bool hasReady = false;
    for (const Pod& pod : pods) {
        if (isOf(pod, other(colour))) {
            old.insert({pod.name, pod.address});
        }
        hasReady = hasReady || (isOf(pod, colour) && pod.isReady && !pod.isTerminating);
    }
    const std::string path = cluster.slicesPath(m_application.service);
    EndpointCount count;
    do {
        PH_ASSIGN_OR_RETURN(const std::string body, cluster.api.get(path, kLimit));
        PH_ASSIGN_OR_RETURN(const auto list, kubernetes::parseEndpointSlices(body));
        std::map<std::string, EndpointSlice> slices;
        for (const EndpointSlice& slice : list.slices) {
            slices[slice.name] = slice;
        }
        const auto hasFollowed = [&] {
            count = countEndpoints(slices, old);
            return count.old == 0 && (count.ready > 0 || !hasReady);
        };
        if (hasFollowed()) {
            return absl::OkStatus();
        }
        bool isDone = false;
        const absl::Status watched = cluster.api.watch(
            fmt::format("{}&watch=true&resourceVersion={}", path, list.resourceVersion),
            std::max(deadline - m_clock.now(), absl::ZeroDuration()),
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
    } while (m_clock.now() < deadline);
    return absl::UnavailableError(fmt::format(
        "the Service {} selects {}, but the cluster has not followed yet: {} endpoints of {} are "
        "left, {} of {} are ready",
        m_application.service,
        std::string(colourName(colour)),
        count.old,
        std::string(colourName(other(colour))),
        count.ready,
        std::string(colourName(colour))));
}

absl::Status KubernetesDriver::route(const Routing& routing, const SwitchRight& right)
{
    if (routing.splitPercent != 0) {
        return absl::FailedPreconditionError("the traffic of a Kubernetes Service is not split");
    }
    PH_ASSIGN_OR_RETURN(const auto cluster, this->cluster());
    const absl::Time deadline = m_clock.now() + kFollowLimit;
    PH_ASSIGN_OR_RETURN(
        const Selected selected, select(*cluster, m_application.service, routing.active, right));
    PH_FAULT("rollouts.after_patch");
    PH_RETURN_IF_ERROR(awaitEndpoints(*cluster, selected.service, routing.active, deadline));
    if (!m_application.previewService.empty()) {
        const auto preview =
            select(*cluster, m_application.previewService, other(routing.active), right);
        // Nobody's traffic: the next rollout does it again.
        if (!preview.ok()) {
            spdlog::warn("rollouts of {}: {}", m_application.name, describe(preview.status()));
        }
    }
    return absl::OkStatus();
}

absl::StatusOr<bool> KubernetesDriver::prepare(
    Colour candidate, int servers, const SwitchRight& right)
{
    PH_ASSIGN_OR_RETURN(const auto cluster, this->cluster());
    bool isChanged = false;
    if (!m_application.previewService.empty()) {
        PH_ASSIGN_OR_RETURN(
            const Selected selected,
            select(*cluster, m_application.previewService, candidate, right));
        isChanged = selected.isChanged;
    }
    if (m_deployments.of(candidate).empty()) {
        return isChanged;
    }
    PH_ASSIGN_OR_RETURN(const auto mine, cluster->scale(m_deployments.of(candidate)));
    PH_ASSIGN_OR_RETURN(const auto theirs, cluster->scale(m_deployments.of(other(candidate))));
    const int wanted = std::max(servers, theirs.wanted);
    if (mine.wanted >= wanted) {
        return isChanged;
    }
    PH_RETURN_IF_ERROR(cluster->scaleTo(m_deployments.of(candidate), wanted));
    return true;
}

absl::Status KubernetesDriver::release(Colour colour)
{
    if (m_deployments.of(colour).empty()) {
        return absl::OkStatus();
    }
    PH_ASSIGN_OR_RETURN(const auto cluster, this->cluster());
    PH_ASSIGN_OR_RETURN(const Service service, cluster->service(m_application.service));
    if (colourIn(service) != other(colour)) {
        return absl::FailedPreconditionError(fmt::format(
            "{} is not stopped: the traffic is not on {}",
            std::string(colourName(colour)),
            std::string(colourName(other(colour)))));
    }
    PH_ASSIGN_OR_RETURN(const auto scale, cluster->scale(m_deployments.of(colour)));
    return scale.wanted == 0 ? absl::OkStatus() : cluster->scaleTo(m_deployments.of(colour), 0);
}

} // namespace pilothouse::rollouts
