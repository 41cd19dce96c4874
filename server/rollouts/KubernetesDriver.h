// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"
#include "server/platform/kubernetes/Namespace.h"
#include "server/rollouts/Driver.h"
#include "server/rollouts/ServiceEndpoints.h"
#include "server/rollouts/SideDeployments.h"
#include "server/rollouts/SideNames.h"
#include "server/rollouts/SideQueries.h"
#include "shared/base/Clock.h"

#include <memory>
#include <string>
#include <vector>

namespace pilothouse::rollouts {

/// A Service whose selector names the side with the traffic. It is changed by a JSON Patch that
/// tests what was seen, so that two masters cannot both switch, and counts as switched when its
/// EndpointSlices have no pod of the other side any more. The sides' Deployments can be scaled.
class KubernetesDriver final : public Driver
{
public:
    /// The right of the last leader that switched stands in this annotation of the Service, as
    /// "REALM:NUMBER".
    static constexpr const char* kFenceAnnotation = "pilothouse/fence";

    /// `queries` may be null: then nothing is known of the sides' requests.
    KubernetesDriver(
        config::RolloutApplication application,
        const Clock& clock,
        std::unique_ptr<SideQueries> queries);
    ~KubernetesDriver() override;

    std::string name() const override { return "kubernetes"; }
    bool canSplit() const override { return false; }
    bool runsServers() const override { return m_deployments.isKnown(); }
    bool canScale() const override { return m_deployments.isKnown(); }
    absl::StatusOr<ServerCount> serverCount() const override;
    absl::Status scale(const ServerCount& seen, int servers) override;
    absl::Duration lookInterval() const override { return absl::Seconds(1); }
    absl::StatusOr<Observation> observe() const override;
    absl::Status route(const RoutingOrder& order) override;
    absl::StatusOr<bool> prepare(Colour candidate, int servers, const SwitchRight& right) override;
    absl::Status release(Colour colour) override;

private:
    using Namespace = kubernetes::Namespace;
    using Pods = std::vector<kubernetes::Pod>;
    /// A Service as it is now, and whether that took a change.
    struct Selected
    {
        kubernetes::Service service;
        bool isChanged = false;
    };

    absl::StatusOr<Observation> look(const Namespace& cluster) const;
    absl::StatusOr<Pods> pods(const Namespace& cluster, const kubernetes::Service& service) const;
    /// UNAVAILABLE when the Service selects neither side.
    absl::StatusOr<Colour> activeIn(const Namespace& cluster) const;
    std::optional<Colour> colourIn(const kubernetes::Service& service) const;
    bool isOf(const kubernetes::Pod& pod, Colour colour) const;
    Side sideOf(Colour colour, const Pods& pods) const;
    absl::StatusOr<Selected> select(
        const Namespace& cluster,
        const std::string& service,
        Colour colour,
        const SwitchRight& right) const;
    absl::Status checkApproved(const Namespace& cluster, const RoutingOrder& order) const;
    WantedEndpoints endpointsOf(Colour colour, const Pods& pods) const;

    const config::RolloutApplication m_application;
    /// Of the selector's key.
    const SideNames m_values;
    const SideDeployments m_deployments;
    const kubernetes::NamespaceConnection m_connection;
    const Clock& m_clock;
    const std::unique_ptr<SideQueries> m_queries;
};

} // namespace pilothouse::rollouts
