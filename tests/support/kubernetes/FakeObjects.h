// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/kubernetes/FakeArgo.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pilothouse::test {

/// The objects of a small cluster, with what its controllers make of them: Deployments have pods,
/// and EndpointSlices follow the selectors of Services after a while.
class FakeObjects
{
public:
    using Json = nlohmann::json;
    using Clock = std::chrono::steady_clock;

    struct Deployment
    {
        std::string colour;
        int replicas = 2;
        /// Of its pods.
        bool isReady = true;
        /// So many of them are not ready all the same.
        int starting = 0;
        std::string revision = "r1";
        int restarts = 0;
        int version = 1;
    };
    struct Answer
    {
        int code = 200;
        Json body;
    };

    /// Services "shop" (selects blue) and "shop-preview" (selects green), and the Deployments
    /// "shop-blue" and "shop-green" with two ready pods each.
    FakeObjects();

    /// From now on both Services are those of a Rollout, and there are no Deployments.
    FakeArgo& useArgo();
    FakeArgo& argo() { return *m_argo; }

    Json& service(const std::string& name) { return m_services.at(name); }
    /// The colour, or with a Rollout the revision's hash.
    std::string selected(const std::string& service) const;
    Deployment& deployment(const std::string& name) { return m_deployments.at(name); }
    /// From a change of a selector to its endpoints.
    void setLag(std::chrono::milliseconds lag) { m_lag = lag; }
    /// A Service's patch is answered as done, and forgotten.
    void setForgetful(bool isForgetful) { m_isForgetful = isForgetful; }
    /// HorizontalPodAutoscalers by name, each with the Deployment or Rollout that it scales.
    std::map<std::string, std::string>& autoscalers() { return m_autoscalers; }
    /// As somebody else does it with kubectl.
    void scale(const std::string& deployment, int replicas);
    void select(const std::string& service, const std::string& colour);

    Answer get(const std::string& path, const std::string& query);
    Answer patch(const std::string& path, const std::string& contentType, const std::string& body);
    /// The EndpointSlice of a Service, as it is now.
    Json slice(const std::string& service) const;
    std::string version() const { return std::to_string(m_version); }

    static Answer failure(int code, const std::string& reason, const std::string& message);

private:
    struct Change
    {
        std::string before;
        Clock::time_point time;
    };

    Json podsOf(const std::string& colour) const;
    const char* selectorKey() const;
    Json podsOfArgo(const std::string& query) const;
    std::optional<Answer> getOfArgo(const std::string& path, const std::string& query) const;
    std::optional<Answer> patchOfArgo(
        const std::string& path, const std::string& contentType, const std::string& body);
    Answer patchService(Json& service, const std::string& contentType, const std::string& body);
    Answer patchScale(
        const std::string& name, const std::string& contentType, const std::string& body);
    Json scaleOf(const std::string& name) const;
    Json deploymentOf(const std::string& name) const;
    Json autoscalerList() const;
    void noteChange(const std::string& service, const std::string& before);

    std::unique_ptr<FakeArgo> m_argo;
    std::map<std::string, Json> m_services;
    std::map<std::string, Deployment> m_deployments;
    std::map<std::string, std::string> m_autoscalers;
    std::map<std::string, Change> m_changes;
    std::chrono::milliseconds m_lag{10};
    bool m_isForgetful = false;
    int m_version = 100;
};

} // namespace pilothouse::test
