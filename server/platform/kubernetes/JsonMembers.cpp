// SPDX-License-Identifier: Apache-2.0
#include "server/platform/kubernetes/JsonMembers.h"

#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::kubernetes::members {

const json& member(const json& object, const char* key)
{
    static const json kNothing;
    if (!object.is_object()) {
        return kNothing;
    }
    const auto found = object.find(key);
    return found == object.end() ? kNothing : *found;
}

std::string text(const json& object, const char* key)
{
    const json& value = member(object, key);
    return value.is_string() ? value.get<std::string>() : std::string();
}

bool flag(const json& object, const char* key)
{
    const json& value = member(object, key);
    return value.is_boolean() && value.get<bool>();
}

int count(const json& object, const char* key)
{
    const json& value = member(object, key);
    return value.is_number_integer() ? static_cast<int>(std::clamp<std::int64_t>(
                                           value.get<std::int64_t>(), 0, kMostCounted))
                                     : 0;
}

int replicas(const json& spec)
{
    return member(spec, "replicas").is_null() ? 1 : count(spec, "replicas");
}

std::map<std::string, std::string> texts(const json& object, const char* key)
{
    std::map<std::string, std::string> result;
    if (const json& map = member(object, key); map.is_object()) {
        for (const auto& [name, value] : map.items()) {
            if (value.is_string()) {
                result.emplace(name, value.get<std::string>());
            }
        }
    }
    return result;
}

absl::StatusOr<json> document(std::string_view body, const char* kind)
{
    json parsed = json::parse(body, nullptr, /*allow_exceptions=*/false);
    if (!parsed.is_object() || (kind != nullptr && text(parsed, "kind") != kind)) {
        return absl::InvalidArgumentError(
            fmt::format("the cluster's answer is no {}", kind == nullptr ? "object" : kind));
    }
    return parsed;
}

const json::array_t& items(const json& object, const char* key)
{
    static const json::array_t kNone;
    const json& value = member(object, key);
    return value.is_array() ? value.get_ref<const json::array_t&>() : kNone;
}

} // namespace pilothouse::kubernetes::members
