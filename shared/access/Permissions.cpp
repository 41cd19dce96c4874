// SPDX-License-Identifier: Apache-2.0
#include "shared/access/Permissions.h"

#include "shared/base/StatusHelpers.h"

#include <algorithm>
#include <set>

namespace pilothouse::access {

bool grants(std::string_view pattern, std::string_view permission)
{
    if (pattern == "*" || pattern == permission) {
        return true;
    }
    const auto dot = permission.find('.');
    if (dot == std::string_view::npos) {
        return false;
    }
    if (pattern.ends_with(".*")) {
        return pattern.substr(0, pattern.size() - 2) == permission.substr(0, dot);
    }
    if (pattern.starts_with("*.")) {
        return pattern.substr(2) == permission.substr(dot + 1);
    }
    return false;
}

bool anyGrants(const std::vector<std::string>& patterns, std::string_view permission)
{
    return std::ranges::any_of(
        patterns, [&](const std::string& pattern) { return grants(pattern, permission); });
}

std::vector<std::string_view> builtInRole(std::string_view role)
{
    if (role == "admin") {
        return {"*"};
    }
    if (role == "operator") {
        return {"*.view", "*.operate"};
    }
    if (role == "viewer") {
        return {"*.view"};
    }
    return {};
}

bool isBuiltInRole(std::string_view role)
{
    return !builtInRole(role).empty();
}

std::vector<std::string> patternsOf(const std::vector<std::string>& roles)
{
    std::vector<std::string> patterns;
    for (const std::string& role : roles) {
        for (const std::string_view pattern : builtInRole(role)) {
            patterns.emplace_back(pattern);
        }
    }
    return patterns;
}

bool rolesGrant(const std::vector<std::string>& roles, std::string_view permission)
{
    return anyGrants(patternsOf(roles), permission);
}

absl::Status checkPatterns(
    const std::vector<std::string>& patterns, const std::vector<std::string>& permissions)
{
    if (patterns.empty()) {
        return withHint(
            absl::InvalidArgumentError("no permission is given"),
            "Give at least one, as 'metrics.view', 'metrics.*' or '*.view'.");
    }
    for (const std::string& pattern : patterns) {
        const bool grantsAny = std::ranges::any_of(permissions, [&](const std::string& permission) {
            return grants(pattern, permission);
        });
        if (!grantsAny) {
            return withHint(
                absl::InvalidArgumentError("'" + pattern + "' grants no permission of this server"),
                "See 'pilothousectl roles permissions' for those that there are.");
        }
    }
    return absl::OkStatus();
}

bool isPower(const std::vector<std::string>& permissions)
{
    return std::ranges::any_of(permissions, [](const std::string& permission) {
        return permission == "access.manage" || permission == "plans.approve";
    });
}

std::vector<std::string> without(
    const std::vector<std::string>& left, const std::vector<std::string>& right)
{
    const std::set<std::string> taken(right.begin(), right.end());
    std::set<std::string> rest(left.begin(), left.end());
    std::erase_if(rest, [&](const std::string& text) { return taken.contains(text); });
    return {rest.begin(), rest.end()};
}

} // namespace pilothouse::access
