// SPDX-License-Identifier: Apache-2.0
#include "tests/support/kubernetes/FakeObjects.h"

namespace pilothouse::test {

namespace {

using Json = FakeObjects::Json;

constexpr const char* kServices = "/api/v1/namespaces/shop-space/services/";
constexpr const char* kPods = "/api/v1/namespaces/shop-space/pods";
constexpr const char* kSlices = "/apis/discovery.k8s.io/v1/namespaces/shop-space/endpointslices";
constexpr const char* kDeployments = "/apis/apps/v1/namespaces/shop-space/deployments/";
constexpr const char* kScale = "/scale";
constexpr const char* kReplicaSets = "/apis/apps/v1/namespaces/shop-space/replicasets";
constexpr const char* kRollout = "/apis/argoproj.io/v1alpha1/namespaces/shop-space/rollouts/shop";
constexpr const char* kAutoscalers =
    "/apis/autoscaling/v2/namespaces/shop-space/horizontalpodautoscalers";

Json makeService(const std::string& name, const std::string& colour)
{
    return {
        {"kind", "Service"},
        {"apiVersion", "v1"},
        {"metadata", {{"name", name}, {"resourceVersion", "1"}}},
        {"spec", {{"selector", {{"app", "shop"}, {"colour", colour}}}}}};
}

/// The last part of `path` after `prefix`, or "".
std::string after(const std::string& path, const std::string& prefix)
{
    return path.rfind(prefix, 0) == 0 ? path.substr(prefix.size()) : std::string();
}

/// The Deployment whose scale this path is, or "".
std::string deploymentIn(const std::string& path)
{
    std::string name = after(path, kDeployments);
    const std::size_t end = name.rfind(kScale);
    return end == std::string::npos ? std::string() : name.substr(0, end);
}

FakeObjects::Answer unknownFormat()
{
    return FakeObjects::failure(
        415, "UnsupportedMediaType", "the body of the request was in an unknown format");
}

FakeObjects::Answer notFound()
{
    return FakeObjects::failure(
        404, "NotFound", "the server could not find the requested resource");
}

/// What a patch makes of an object, or why it is refused.
FakeObjects::Answer patched(Json object, const std::string& contentType, const std::string& body)
{
    const Json patch = Json::parse(body, nullptr, false);
    if (contentType == "application/json-patch+json") {
        try {
            return {200, object.patch(patch)};
        } catch (const Json::exception& error) {
            return FakeObjects::failure(
                422,
                "Invalid",
                std::string("the server rejected our request due to an error in our request: ") +
                    error.what());
        }
    }
    if (contentType != "application/merge-patch+json") {
        return unknownFormat();
    }
    const auto& metadata = patch.contains("metadata") ? patch["metadata"] : Json::object();
    if (metadata.contains("resourceVersion") &&
        metadata["resourceVersion"] != object["metadata"]["resourceVersion"]) {
        return FakeObjects::failure(409, "Conflict", "the object has been modified");
    }
    object.merge_patch(patch);
    return {200, std::move(object)};
}

} // namespace

FakeObjects::FakeObjects()
{
    m_services["shop"] = makeService("shop", "blue");
    m_services["shop-preview"] = makeService("shop-preview", "green");
    m_deployments["shop-blue"].colour = "blue";
    m_deployments["shop-green"].colour = "green";
}

FakeObjects::Answer FakeObjects::failure(
    int code, const std::string& reason, const std::string& message)
{
    return {
        code,
        {{"kind", "Status"},
         {"apiVersion", "v1"},
         {"status", "Failure"},
         {"message", message},
         {"reason", reason},
         {"code", code}}};
}

std::string FakeObjects::selected(const std::string& service) const
{
    return m_services.at(service)["spec"]["selector"].value(selectorKey(), "");
}

void FakeObjects::noteChange(const std::string& service, const std::string& before)
{
    m_services.at(service)["metadata"]["resourceVersion"] = std::to_string(++m_version);
    if (selected(service) != before) {
        m_changes[service] = {before, Clock::now()};
    }
}

void FakeObjects::select(const std::string& service, const std::string& colour)
{
    const std::string before = selected(service);
    m_services.at(service)["spec"]["selector"][selectorKey()] = colour;
    noteChange(service, before);
}

Json FakeObjects::podsOf(const std::string& colour) const
{
    Json pods = Json::array();
    for (const auto& [name, deployment] : m_deployments) {
        if (deployment.colour != colour) {
            continue;
        }
        for (int index = 0; index < deployment.replicas; ++index) {
            const std::string address =
                (colour == "blue" ? "10.0.1." : "10.0.2.") + std::to_string(index + 1);
            pods.push_back(
                {{"metadata",
                  {{"name", name + "-" + deployment.revision + "-" + std::to_string(index)},
                   {"labels",
                    {{"app", "shop"},
                     {"colour", colour},
                     {"pod-template-hash", deployment.revision}}}}},
                 {"status",
                  {{"podIP", address},
                   {"conditions",
                    Json::array(
                        {{{"type", "Ready"}, {"status", deployment.isReady ? "True" : "False"}}})},
                   {"containerStatuses",
                    Json::array({{{"restartCount", deployment.restarts}}})}}}});
        }
    }
    return pods;
}

Json FakeObjects::slice(const std::string& service) const
{
    std::string colour = selected(service);
    const auto changed = m_changes.find(service);
    if (changed != m_changes.end() && Clock::now() < changed->second.time + m_lag) {
        colour = changed->second.before;
    }
    Json endpoints = Json::array();
    const Json pods = m_argo != nullptr
                          ? m_argo->pods([&](const std::string& hash) { return hash == colour; })
                          : podsOf(colour);
    for (const Json& pod : pods) {
        endpoints.push_back(
            {{"addresses", Json::array({pod["status"]["podIP"]})},
             {"conditions", {{"ready", pod["status"]["conditions"][0]["status"] == "True"}}},
             {"targetRef", {{"kind", "Pod"}, {"name", pod["metadata"]["name"]}}}});
    }
    return {
        {"kind", "EndpointSlice"},
        {"metadata", {{"name", service + "-x7k2p"}}},
        {"endpoints", std::move(endpoints)}};
}

Json FakeObjects::scaleOf(const std::string& name) const
{
    const Deployment& deployment = m_deployments.at(name);
    return {
        {"kind", "Scale"},
        {"metadata", {{"name", name}, {"resourceVersion", std::to_string(deployment.version)}}},
        {"spec", {{"replicas", deployment.replicas}}},
        {"status", {{"replicas", deployment.replicas}}}};
}

Json FakeObjects::deploymentOf(const std::string& name) const
{
    const Deployment& deployment = m_deployments.at(name);
    const int ready = deployment.isReady ? deployment.replicas - deployment.starting : 0;
    Json status{{"replicas", deployment.replicas}};
    // As the real one does, none are not told.
    if (ready > 0) {
        status["readyReplicas"] = ready;
    }
    return {
        {"kind", "Deployment"},
        {"metadata", {{"name", name}, {"resourceVersion", std::to_string(deployment.version)}}},
        {"spec", {{"replicas", deployment.replicas}}},
        {"status", std::move(status)}};
}

Json FakeObjects::autoscalerList() const
{
    Json items = Json::array();
    for (const auto& [name, target] : m_autoscalers) {
        items.push_back(
            {{"metadata", {{"name", name}}},
             {"spec",
              {{"scaleTargetRef",
                {{"kind", m_argo ? "Rollout" : "Deployment"}, {"name", target}}}}}});
    }
    return {{"kind", "HorizontalPodAutoscalerList"}, {"items", std::move(items)}};
}

void FakeObjects::scale(const std::string& deployment, int replicas)
{
    Deployment& scaled = m_deployments.at(deployment);
    scaled.replicas = replicas;
    ++scaled.version;
    ++m_version;
}

FakeObjects::Answer FakeObjects::get(const std::string& path, const std::string& query)
{
    if (m_argo != nullptr) {
        m_argo->reconcile();
        if (auto answer = getOfArgo(path, query)) {
            return *std::move(answer);
        }
    }
    if (const std::string name = after(path, kServices); !name.empty()) {
        const auto found = m_services.find(name);
        return found == m_services.end()
                   ? failure(404, "NotFound", "services \"" + name + "\" not found")
                   : Answer{200, found->second};
    }
    if (path == kPods) {
        // Asked for both sides by a set; another selector is an error of the test.
        if (query.find("colour%20in%20%28blue%2Cgreen%29") == std::string::npos ||
            query.find("app%3Dshop") == std::string::npos) {
            return failure(400, "BadRequest", "unable to parse the label selector");
        }
        Json items = podsOf("blue");
        for (Json& pod : podsOf("green")) {
            items.push_back(std::move(pod));
        }
        return {200, {{"kind", "PodList"}, {"items", std::move(items)}}};
    }
    if (path == kSlices) {
        const bool isPreview = query.find("shop-preview") != std::string::npos;
        return {
            200,
            {{"kind", "EndpointSliceList"},
             {"metadata", {{"resourceVersion", version()}}},
             {"items", Json::array({slice(isPreview ? "shop-preview" : "shop")})}}};
    }
    if (path == kAutoscalers) {
        return {200, autoscalerList()};
    }
    if (const std::string name = after(path, kDeployments); m_deployments.contains(name)) {
        return {200, deploymentOf(name)};
    }
    if (const std::string name = deploymentIn(path); !name.empty()) {
        return m_deployments.contains(name)
                   ? Answer{200, scaleOf(name)}
                   : failure(404, "NotFound", "deployments \"" + name + "\" not found");
    }
    return notFound();
}

FakeObjects::Answer FakeObjects::patchService(
    Json& service, const std::string& contentType, const std::string& body)
{
    const std::string name = service["metadata"]["name"];
    const std::string before = selected(name);
    Answer answer = patched(service, contentType, body);
    if (answer.code != 200) {
        return answer;
    }
    if (!m_isForgetful) {
        service = std::move(answer.body);
        // What does not belong to a Service is dropped without a word.
        service.erase("status");
        noteChange(name, before);
    }
    return {200, service};
}

FakeObjects::Answer FakeObjects::patchScale(
    const std::string& name, const std::string& contentType, const std::string& body)
{
    Answer answer = patched(scaleOf(name), contentType, body);
    if (answer.code != 200) {
        return answer;
    }
    scale(name, answer.body["spec"]["replicas"]);
    return {200, scaleOf(name)};
}

FakeArgo& FakeObjects::useArgo()
{
    m_deployments.clear();
    for (auto& [name, service] : m_services) {
        service["spec"]["selector"].erase("colour");
    }
    m_argo = std::make_unique<FakeArgo>(FakeArgo::Services{
        [this](const std::string& service) {
            return m_services.at(service)["spec"]["selector"].value(FakeArgo::kHashLabel, "");
        },
        [this](const std::string& service, const std::string& hash) {
            Json& selector = m_services.at(service)["spec"]["selector"];
            const std::string before = selector.value(FakeArgo::kHashLabel, "");
            if (before != hash) {
                selector[FakeArgo::kHashLabel] = hash;
                m_services.at(service)["metadata"]["resourceVersion"] = std::to_string(++m_version);
                m_changes[service] = {before, Clock::now()};
            }
        }});
    return *m_argo;
}

const char* FakeObjects::selectorKey() const
{
    return m_argo != nullptr ? FakeArgo::kHashLabel : "colour";
}

Json FakeObjects::podsOfArgo(const std::string& query) const
{
    const bool isNamed = query.find("%20in%20") != std::string::npos;
    return m_argo->pods(
        [&](const std::string& hash) { return !isNamed || query.find(hash) != std::string::npos; });
}

std::optional<FakeObjects::Answer> FakeObjects::getOfArgo(
    const std::string& path, const std::string& query) const
{
    if (path == kRollout) {
        return Answer{200, m_argo->rollout()};
    }
    if (query.find("app%3Dshop") == std::string::npos) {
        return std::nullopt;
    }
    if (path == kReplicaSets) {
        return Answer{200, m_argo->replicaSets()};
    }
    return path == kPods && query.find(FakeArgo::kHashLabel) != std::string::npos
               ? std::optional(Answer{200, {{"kind", "PodList"}, {"items", podsOfArgo(query)}}})
               : std::nullopt;
}

std::optional<FakeObjects::Answer> FakeObjects::patchOfArgo(
    const std::string& path, const std::string& contentType, const std::string& body)
{
    const bool isStatus = path == std::string(kRollout) + "/status";
    if (isStatus || path == kRollout) {
        Answer answer = patched(m_argo->rollout(), contentType, body);
        if (answer.code == 200) {
            m_argo->takeRollout(answer.body, isStatus);
            answer.body = m_argo->rollout();
        }
        return answer;
    }
    const std::string set = after(path, std::string(kReplicaSets) + "/");
    if (set.empty() || !m_argo->hasSet(set)) {
        return std::nullopt;
    }
    Answer answer = patched(m_argo->replicaSet(set), contentType, body);
    if (answer.code == 200) {
        m_argo->setAnnotations(set, answer.body["metadata"]["annotations"]);
    }
    return answer;
}

FakeObjects::Answer FakeObjects::patch(
    const std::string& path, const std::string& contentType, const std::string& body)
{
    const auto service = m_services.find(after(path, kServices));
    if (service != m_services.end()) {
        return patchService(service->second, contentType, body);
    }
    if (m_argo != nullptr) {
        if (auto answer = patchOfArgo(path, contentType, body)) {
            return *std::move(answer);
        }
    }
    if (const std::string name = deploymentIn(path); m_deployments.contains(name)) {
        return patchScale(name, contentType, body);
    }
    return notFound();
}

} // namespace pilothouse::test
