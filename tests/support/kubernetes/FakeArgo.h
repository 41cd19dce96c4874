// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <string>

namespace pilothouse::test {

/// A Rollout "shop" with the strategy blueGreen, and what Argo Rollouts' controller makes of it:
/// one pass for each look at it. Behaves as the public source of the controller says
/// (docs/decisions, 0007), its traps included: a revision with a time to be scaled down is promoted
/// without a pause, and an abort does nothing while the new revision is not complete.
class FakeArgo
{
public:
    using Json = nlohmann::json;

    /// Label of pods and ReplicaSets, and key of the Services' selectors.
    static constexpr const char* kHashLabel = "rollouts-pod-template-hash";

    struct Revision
    {
        std::string image;
        int number = 0;
        int replicas = 0;
        /// Of those, the ones that were there before the last pass: pods take their time.
        int ready = 0;
        /// Its pods never become ready.
        bool isBroken = false;
        int restarts = 0;
        /// Seconds since 1970; 0 = none.
        std::int64_t deadline = 0;
    };
    /// Reads and writes the hash in a Service's selector.
    struct Services
    {
        std::function<std::string(const std::string& service)> selected;
        std::function<void(const std::string& service, const std::string& hash)> select;
    };

    /// Revision 1 of image "shop:1" is active.
    explicit FakeArgo(Services services);

    /// As somebody else does it with kubectl: a new template, and the promotion of Argo's own
    /// tools.
    void setImage(const std::string& image);
    void promote();
    void abort();
    void retry();
    /// Of `registry.local/IMAGE`.
    std::string hashOf(const std::string& image) const;
    Revision& revision(const std::string& image) { return m_revisions.at(hashOf(image)); }
    Json& rollout() { return m_rollout; }
    std::string image() const;
    /// While it is not running, nothing follows.
    void setRunning(bool isRunning) { m_isRunning = isRunning; }
    /// From a change to the controller's pass.
    void setLag(std::chrono::milliseconds lag) { m_lag = lag; }
    /// Passes of the controller until nothing changes any more.
    void settle();

    void reconcile();
    Json replicaSets() const;
    /// Of the named hashes.
    Json pods(const std::function<bool(const std::string& hash)>& isWanted) const;
    /// Takes what a patch has made of the object, or of its subresource status.
    void takeRollout(const Json& patched, bool isStatus);
    bool hasSet(const std::string& name) const { return m_revisions.contains(hashIn(name)); }
    Json replicaSet(const std::string& name) const;
    void setAnnotations(const std::string& name, const Json& annotations);

private:
    static std::string hashIn(const std::string& setName);
    Json setOf(const std::string& hash, const Revision& revision) const;
    std::string current() const;
    bool isComplete(const Revision& revision) const;
    void takeTemplate();
    void scale(const std::string& current, const std::string& active);
    void pause(bool isFast, const Revision& revision, const std::string& active);
    void touch();

    Services m_services;
    Json m_rollout;
    std::map<std::string, Revision> m_revisions;
    int m_newest = 0;
    int m_version = 1;
    bool m_isRunning = true;
    std::chrono::milliseconds m_lag{5};
    std::chrono::steady_clock::time_point m_due;
};

} // namespace pilothouse::test
