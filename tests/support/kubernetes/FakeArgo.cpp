// SPDX-License-Identifier: Apache-2.0
#include "tests/support/kubernetes/FakeArgo.h"

#include <absl/time/clock.h>
#include <absl/time/time.h>

#include <cctype>

namespace pilothouse::test {

namespace {

using Json = FakeArgo::Json;

constexpr const char* kDeadline = "scale-down-deadline";
constexpr const char* kRegistry = "registry.local/";
constexpr const char* kPause = "BlueGreenPause";

std::int64_t now()
{
    return absl::ToUnixSeconds(absl::Now());
}

Json templateOf(const std::string& image)
{
    return {
        {"metadata", {{"labels", {{"app", "shop"}}}}},
        {"spec", {{"containers", {{{"name", "shop"}, {"image", kRegistry + image}}}}}}};
}

std::string imageIn(const Json& podTemplate)
{
    const std::string image = podTemplate["spec"]["containers"][0]["image"];
    return image.substr(std::string(kRegistry).size());
}

/// Of its own kind: letters and digits.
std::string hashFor(const std::string& image)
{
    std::string hash = "6d4cf5";
    for (const char character : image) {
        if (std::isalnum(static_cast<unsigned char>(character)) != 0) {
            hash += character;
        }
    }
    return hash;
}

} // namespace

FakeArgo::FakeArgo(Services services) : m_services(std::move(services))
{
    m_rollout = {
        {"kind", "Rollout"},
        {"apiVersion", "argoproj.io/v1alpha1"},
        {"metadata", {{"name", "shop"}, {"resourceVersion", "1"}}},
        {"spec",
         {{"replicas", 2},
          {"selector", {{"matchLabels", {{"app", "shop"}}}}},
          {"template", templateOf("shop:1")},
          {"strategy",
           {{"blueGreen",
             {{"activeService", "shop"},
              {"previewService", "shop-preview"},
              {"autoPromotionEnabled", false},
              {"scaleDownDelaySeconds", 30},
              {"abortScaleDownDelaySeconds", 30}}}}}}},
        {"status", Json::object()}};
    takeTemplate();
    const std::string hash = current();
    m_revisions.at(hash).replicas = 2;
    m_services.select("shop", hash);
    m_services.select("shop-preview", hash);
    m_rollout["status"]["stableRS"] = hash;
    settle();
}

std::string FakeArgo::hashOf(const std::string& image) const
{
    return hashFor(image);
}

std::string FakeArgo::image() const
{
    return imageIn(m_rollout["spec"]["template"]);
}

std::string FakeArgo::current() const
{
    return m_rollout["status"].value("currentPodHash", "");
}

void FakeArgo::touch()
{
    m_rollout["metadata"]["resourceVersion"] = std::to_string(++m_version);
    m_due = std::chrono::steady_clock::now() + m_lag;
}

void FakeArgo::setImage(const std::string& image)
{
    m_rollout["spec"]["template"] = templateOf(image);
    touch();
}

void FakeArgo::promote()
{
    m_rollout["status"].erase("pauseConditions");
    touch();
}

void FakeArgo::abort()
{
    m_rollout["status"]["abort"] = true;
    touch();
}

void FakeArgo::retry()
{
    m_rollout["status"]["abort"] = false;
    touch();
}

void FakeArgo::settle()
{
    constexpr int kPasses = 10;
    for (int pass = 0; pass < kPasses; ++pass) {
        m_due = {};
        reconcile();
    }
}

/// A template that is new begins a rollout of its own; one that was there before is that revision
/// again.
void FakeArgo::takeTemplate()
{
    const std::string image = imageIn(m_rollout["spec"]["template"]);
    const std::string hash = hashFor(image);
    Json& status = m_rollout["status"];
    if (current() == hash) {
        return;
    }
    Revision& revision = m_revisions[hash];
    revision.image = image;
    revision.number = ++m_newest;
    status["currentPodHash"] = hash;
    status["promoteFull"] = false;
    status["abort"] = false;
    status["controllerPause"] = false;
    status.erase("pauseConditions");
}

bool FakeArgo::isComplete(const Revision& revision) const
{
    return !revision.isBroken && revision.ready == m_rollout["spec"]["replicas"].get<int>();
}

void FakeArgo::scale(const std::string& current, const std::string& active)
{
    const int replicas = m_rollout["spec"]["replicas"];
    const Json& strategy = m_rollout["spec"]["strategy"]["blueGreen"];
    const int abortDelay = strategy["abortScaleDownDelaySeconds"];
    const bool isAborted = m_rollout["status"].value("abort", false);
    for (auto& [hash, revision] : m_revisions) {
        if (hash == active || (hash == current && !(isAborted && abortDelay > 0))) {
            revision.replicas = replicas;
            revision.deadline = 0;
        } else if (revision.replicas > 0) {
            const int delay =
                hash == current ? abortDelay : strategy["scaleDownDelaySeconds"].get<int>();
            if (revision.deadline == 0) {
                revision.deadline = now() + delay;
            } else if (now() >= revision.deadline) {
                revision.replicas = 0;
                revision.ready = 0;
            }
        }
    }
}

void FakeArgo::pause(bool isFast, const Revision& revision, const std::string& active)
{
    Json& status = m_rollout["status"];
    const bool isPaused = status.contains("pauseConditions");
    if (status.value("abort", false) || !isComplete(revision)) {
        return;
    }
    if (isFast || status.value("promoteFull", false) || current() == active) {
        status.erase("pauseConditions");
    } else if (!isPaused && !status.value("controllerPause", false)) {
        status["pauseConditions"] = Json::array({{{"reason", kPause}}});
        status["controllerPause"] = true;
    }
}

void FakeArgo::reconcile()
{
    if (!m_isRunning || std::chrono::steady_clock::now() < m_due ||
        m_rollout["spec"].value("paused", false)) {
        return;
    }
    takeTemplate();
    for (auto& [name, revision] : m_revisions) {
        revision.ready = revision.replicas;
    }
    Json& status = m_rollout["status"];
    const std::string hash = current();
    const std::string active = m_services.selected("shop");
    m_services.select("shop-preview", hash);
    // As the controller has it: read before the time is taken away.
    const bool isFast = m_revisions.at(hash).deadline != 0 && !status.value("abort", false);
    scale(hash, active);
    const Revision& revision = m_revisions.at(hash);
    pause(isFast, revision, active);
    const bool isPaused = status.contains("pauseConditions");
    status["phase"] = isPaused                       ? "Paused"
                      : status.value("abort", false) ? "Degraded"
                      : active == hash               ? "Healthy"
                                                     : "Progressing";
    status["message"] = isPaused ? kPause : "";
    if (isComplete(revision)) {
        std::string next = active;
        if (isFast || status.value("promoteFull", false) || active.empty() ||
            (status.value("controllerPause", false) && !isPaused)) {
            next = hash;
        }
        if (status.value("abort", false)) {
            next = status["stableRS"];
        }
        if (next != active) {
            m_services.select("shop", next);
        }
        if (next == hash) {
            status["stableRS"] = hash;
            status["promoteFull"] = false;
            status["controllerPause"] = false;
            status.erase("pauseConditions");
        }
    }
    status["blueGreen"]["activeSelector"] = m_services.selected("shop");
}

std::string FakeArgo::hashIn(const std::string& setName)
{
    return setName.substr(std::string("shop-").size());
}

Json FakeArgo::setOf(const std::string& hash, const Revision& revision) const
{
    Json podTemplate = templateOf(revision.image);
    podTemplate["metadata"]["labels"][FakeArgo::kHashLabel] = hash;
    Json annotations{{"rollout.argoproj.io/revision", std::to_string(revision.number)}};
    if (revision.deadline != 0) {
        annotations[kDeadline] = absl::FormatTime(
            absl::RFC3339_sec, absl::FromUnixSeconds(revision.deadline), absl::UTCTimeZone());
    }
    return {
        {"kind", "ReplicaSet"},
        {"metadata",
         {{"name", "shop-" + hash},
          {"labels", {{"app", "shop"}, {FakeArgo::kHashLabel, hash}}},
          {"annotations", std::move(annotations)},
          {"ownerReferences", Json::array({{{"kind", "Rollout"}, {"name", "shop"}}})}}},
        {"spec", {{"replicas", revision.replicas}, {"template", std::move(podTemplate)}}}};
}

Json FakeArgo::replicaSets() const
{
    Json items = Json::array();
    for (const auto& [hash, revision] : m_revisions) {
        items.push_back(setOf(hash, revision));
    }
    return {{"kind", "ReplicaSetList"}, {"items", std::move(items)}};
}

Json FakeArgo::replicaSet(const std::string& name) const
{
    const std::string hash = hashIn(name);
    return setOf(hash, m_revisions.at(hash));
}

void FakeArgo::setAnnotations(const std::string& name, const Json& annotations)
{
    absl::Time deadline;
    m_revisions.at(hashIn(name)).deadline =
        absl::ParseTime(absl::RFC3339_full, annotations.value(kDeadline, ""), &deadline, nullptr)
            ? absl::ToUnixSeconds(deadline)
            : 0;
    touch();
}

Json FakeArgo::pods(const std::function<bool(const std::string& hash)>& isWanted) const
{
    Json pods = Json::array();
    for (const auto& [hash, revision] : m_revisions) {
        for (int index = 0; isWanted(hash) && index < revision.replicas; ++index) {
            const std::string number = std::to_string(index + 1);
            pods.push_back(
                {{"metadata",
                  {{"name", "shop-" + hash + "-" + number},
                   {"labels", {{"app", "shop"}, {FakeArgo::kHashLabel, hash}}}}},
                 {"status",
                  {{"podIP", "10.1." + std::to_string(revision.number) + "." + number},
                   {"conditions",
                    Json::array(
                        {{{"type", "Ready"},
                          {"status",
                           !revision.isBroken && index < revision.ready ? "True" : "False"}}})},
                   {"containerStatuses", Json::array({{{"restartCount", revision.restarts}}})}}}});
        }
    }
    return pods;
}

void FakeArgo::takeRollout(const Json& patched, bool isStatus)
{
    // What does not belong to the subresource is dropped without a word.
    if (isStatus) {
        m_rollout["status"] = patched["status"];
    } else {
        const Json status = m_rollout["status"];
        m_rollout = patched;
        m_rollout["status"] = status;
    }
    touch();
}

} // namespace pilothouse::test
