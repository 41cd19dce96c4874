// SPDX-License-Identifier: Apache-2.0
#include "shared/access/Permissions.h"

#include <algorithm>

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

bool rolesGrant(const std::vector<std::string>& roles, std::string_view permission)
{
    return std::ranges::any_of(roles, [&](const std::string& role) {
        return std::ranges::any_of(builtInRole(role), [&](std::string_view pattern) {
            return grants(pattern, permission);
        });
    });
}

} // namespace pilothouse::access
