// SPDX-License-Identifier: Apache-2.0
#include "server/platform/kubernetes/JsonPatch.h"

#include <absl/strings/str_replace.h>

#include <utility>

namespace pilothouse::kubernetes {

std::string pointerStep(const std::string& key)
{
    return absl::StrReplaceAll(key, {{"~", "~0"}, {"/", "~1"}});
}

std::string annotationPath(const std::string& key)
{
    return "/metadata/annotations/" + pointerStep(key);
}

JsonPatch& JsonPatch::push(const char* what, const std::string& path, nlohmann::json value)
{
    m_operations.push_back({{"op", what}, {"path", path}, {"value", std::move(value)}});
    return *this;
}

JsonPatch& JsonPatch::test(const std::string& path, nlohmann::json value)
{
    return push("test", path, std::move(value));
}

JsonPatch& JsonPatch::add(const std::string& path, nlohmann::json value)
{
    return push("add", path, std::move(value));
}

JsonPatch& JsonPatch::replace(const std::string& path, nlohmann::json value)
{
    return push("replace", path, std::move(value));
}

JsonPatch& JsonPatch::remove(const std::string& path)
{
    m_operations.push_back({{"op", "remove"}, {"path", path}});
    return *this;
}

JsonPatch& JsonPatch::annotate(
    const std::map<std::string, std::string>& seen,
    const std::string& resourceVersion,
    const std::map<std::string, std::string>& wanted)
{
    if (seen.empty()) {
        // The whole member is added; what somebody else has added meanwhile must not go.
        return test("/metadata/resourceVersion", resourceVersion)
            .add("/metadata/annotations", wanted);
    }
    for (const auto& [key, value] : wanted) {
        if (const auto found = seen.find(key); found != seen.end()) {
            test(annotationPath(key), found->second);
        }
        add(annotationPath(key), value);
    }
    return *this;
}

} // namespace pilothouse::kubernetes
