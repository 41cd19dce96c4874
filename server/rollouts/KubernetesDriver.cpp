// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/KubernetesDriver.h"

#include "server/platform/faults/Faults.h"
#include "server/platform/kubernetes/JsonPatch.h"
#include "server/rollouts/ServiceEndpoints.h"
#include "shared/base/StatusHelpers.h"

#include <absl/strings/str_join.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

namespace pilothouse::rollouts {

namespace {

using kubernetes::KubernetesApi;
using kubernetes::Namespace;
using kubernetes::Pod;
using kubernetes::Service;

/// Of one request; a look is two.
constexpr absl::Duration kLimit = absl::Seconds(1);
/// Endpoints follow a selector within milliseconds (p99 185 ms, measured); a cluster in trouble is
/// not waited for, but asked again by whoever wants the switch.
constexpr absl::Duration kFollowLimit = absl::Seconds(5);
/// Somebody else changed the Service between look and patch; each time is a new look.
constexpr int kTries = 5;
constexpr const char* kRevisionLabel = "pod-template-hash";

SwitchRight rightIn(const Service& service)
{
    const auto found = service.annotations.find(KubernetesDriver::kFenceAnnotation);
    return found == service.annotations.end() ? SwitchRight{} : switchRightIn(found->second);
}

/// Changes the selector and the fence of the Service that was seen, and of no other.
std::string patchFor(
    const Service& seen, const std::string& key, const std::string& value, const std::string& fence)
{
    const std::string path = "/spec/selector/" + kubernetes::pointerStep(key);
    kubernetes::JsonPatch patch;
    if (const auto found = seen.selector.find(key); found != seen.selector.end()) {
        patch.test(path, found->second);
    }
    return patch
        .annotate(
            seen.annotations, seen.resourceVersion, {{KubernetesDriver::kFenceAnnotation, fence}})
        .add(path, value)
        .text();
}

} // namespace

KubernetesDriver::KubernetesDriver(
    config::RolloutApplication application,
    const Clock& clock,
    std::unique_ptr<SideQueries> queries)
    : m_application(std::move(application)),
      m_values{m_application.blueBackend, m_application.greenBackend},
      m_deployments({m_application.blueDeployment, m_application.greenDeployment}),
      m_connection(
          m_application.kubeconfig, m_application.kubeContext, m_application.nameSpace, kLimit),
      m_clock(clock),
      m_queries(std::move(queries))
{}

KubernetesDriver::~KubernetesDriver() = default;

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
    const Namespace& cluster, const Service& service) const
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
    return cluster.pods(absl::StrJoin(terms, ","));
}

Side KubernetesDriver::sideOf(Colour colour, const Pods& pods) const
{
    Side side;
    side.name = m_values.of(colour);
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
    PH_ASSIGN_OR_RETURN(const auto cluster, m_connection.get());
    auto observation = look(*cluster);
    m_connection.note(observation.status());
    return observation;
}

absl::StatusOr<Observation> KubernetesDriver::look(const Namespace& cluster) const
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
    const Namespace& cluster,
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
        const auto patched = cluster.patch(
            cluster.corePath("services/" + service),
            KubernetesApi::Patch::Json,
            patchFor(seen, m_application.selectorKey, m_values.of(colour), toText(right)));
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

absl::Status KubernetesDriver::checkApproved(
    const Namespace& cluster, const RoutingOrder& order) const
{
    const Colour colour = order.routing.active;
    if (order.approvedServers.empty()) {
        return absl::OkStatus();
    }
    PH_ASSIGN_OR_RETURN(const Service service, cluster.service(m_application.service));
    if (colourIn(service) == colour) {
        return absl::OkStatus();
    }
    PH_ASSIGN_OR_RETURN(const Pods pods, this->pods(cluster, service));
    const std::string found = sideOf(colour, pods).servers;
    return found == order.approvedServers ? absl::OkStatus()
                                          : revisionChanged(colour, order.approvedServers, found);
}

absl::Status KubernetesDriver::route(const RoutingOrder& order)
{
    if (order.routing.splitPercent != 0) {
        return absl::FailedPreconditionError("the traffic of a Kubernetes Service is not split");
    }
    const Colour colour = order.routing.active;
    PH_ASSIGN_OR_RETURN(const auto cluster, m_connection.get());
    const absl::Time deadline = m_clock.now() + kFollowLimit;
    PH_RETURN_IF_ERROR(checkApproved(*cluster, order));
    PH_ASSIGN_OR_RETURN(
        const Selected selected, select(*cluster, m_application.service, colour, order.right));
    PH_FAULT("rollouts.after_patch");
    PH_ASSIGN_OR_RETURN(const Pods pods, this->pods(*cluster, selected.service));
    PH_RETURN_IF_ERROR(awaitEndpoints(*cluster, endpointsOf(colour, pods), m_clock, deadline));
    if (!m_application.previewService.empty()) {
        const auto preview =
            select(*cluster, m_application.previewService, other(colour), order.right);
        // Nobody's traffic: the next rollout does it again.
        if (!preview.ok()) {
            spdlog::warn("rollouts of {}: {}", m_application.name, describe(preview.status()));
        }
    }
    return absl::OkStatus();
}

WantedEndpoints KubernetesDriver::endpointsOf(Colour colour, const Pods& pods) const
{
    WantedEndpoints wanted;
    wanted.service = m_application.service;
    wanted.newName = colourName(colour);
    wanted.oldName = colourName(other(colour));
    for (const Pod& pod : pods) {
        if (isOf(pod, other(colour))) {
            wanted.old.insert({pod.name, pod.address});
        }
        wanted.hasReady =
            wanted.hasReady || (isOf(pod, colour) && pod.isReady && !pod.isTerminating);
    }
    return wanted;
}

absl::StatusOr<bool> KubernetesDriver::prepare(
    Colour candidate, int servers, const SwitchRight& right)
{
    PH_ASSIGN_OR_RETURN(const auto cluster, m_connection.get());
    bool isChanged = false;
    if (!m_application.previewService.empty()) {
        PH_ASSIGN_OR_RETURN(
            const Selected selected,
            select(*cluster, m_application.previewService, candidate, right));
        isChanged = selected.isChanged;
    }
    if (!m_deployments.isKnown()) {
        return isChanged;
    }
    PH_ASSIGN_OR_RETURN(const bool isStarted, m_deployments.start(*cluster, candidate, servers));
    return isChanged || isStarted;
}

absl::StatusOr<Colour> KubernetesDriver::activeIn(const Namespace& cluster) const
{
    PH_ASSIGN_OR_RETURN(const Service service, cluster.service(m_application.service));
    const auto active = colourIn(service);
    return active ? absl::StatusOr<Colour>(*active)
                  : absl::UnavailableError(
                        fmt::format("the Service {} selects neither side", m_application.service));
}

absl::StatusOr<ServerCount> KubernetesDriver::serverCount() const
{
    if (!canScale()) {
        return Driver::serverCount();
    }
    PH_ASSIGN_OR_RETURN(const auto cluster, m_connection.get());
    PH_ASSIGN_OR_RETURN(const Colour active, activeIn(*cluster));
    return m_deployments.count(*cluster, active, m_clock.monotonic());
}

absl::Status KubernetesDriver::scale(const ServerCount& seen, int servers)
{
    if (!canScale()) {
        return Driver::scale(seen, servers);
    }
    PH_ASSIGN_OR_RETURN(const auto cluster, m_connection.get());
    PH_ASSIGN_OR_RETURN(const Colour active, activeIn(*cluster));
    return m_deployments.scale(*cluster, active, seen, servers);
}

absl::Status KubernetesDriver::release(Colour colour)
{
    if (!m_deployments.isKnown()) {
        return absl::OkStatus();
    }
    PH_ASSIGN_OR_RETURN(const auto cluster, m_connection.get());
    PH_ASSIGN_OR_RETURN(const Service service, cluster->service(m_application.service));
    if (colourIn(service) != other(colour)) {
        return absl::FailedPreconditionError(fmt::format(
            "{} is not stopped: the traffic is not on {}",
            std::string(colourName(colour)),
            std::string(colourName(other(colour)))));
    }
    return m_deployments.stop(*cluster, colour);
}

} // namespace pilothouse::rollouts
