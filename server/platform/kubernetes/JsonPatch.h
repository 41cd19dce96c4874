// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>

#include <map>
#include <string>

namespace pilothouse::kubernetes {

/// A key as one step of a JSON Pointer (RFC 6901).
std::string pointerStep(const std::string& key);
std::string annotationPath(const std::string& key);

/// A JSON Patch (RFC 6902); with `test` it changes only what was seen.
class JsonPatch
{
public:
    JsonPatch& test(const std::string& path, nlohmann::json value);
    JsonPatch& add(const std::string& path, nlohmann::json value);
    JsonPatch& replace(const std::string& path, nlohmann::json value);
    JsonPatch& remove(const std::string& path);
    /// Sets annotations of an object that was seen with these, and in this version.
    JsonPatch& annotate(
        const std::map<std::string, std::string>& seen,
        const std::string& resourceVersion,
        const std::map<std::string, std::string>& wanted);

    std::string text() const { return m_operations.dump(); }

private:
    JsonPatch& push(const char* what, const std::string& path, nlohmann::json value);

    nlohmann::json m_operations = nlohmann::json::array();
};

} // namespace pilothouse::kubernetes
