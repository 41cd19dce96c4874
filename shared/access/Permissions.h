// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::access {

/// Permissions that need no role: anyone who can connect, and any signed-in operator.
inline constexpr std::string_view kPublic = "public";
inline constexpr std::string_view kSession = "session";

/// A pattern grants a permission when it is equal to it, or is "<capability>.*", "*.<verb>" or "*".
bool grants(std::string_view pattern, std::string_view permission);

/// The patterns of a built-in role: viewer ("*.view"), operator ("*.view" and "*.operate"), admin
/// ("*"). An unknown role has none.
std::vector<std::string_view> builtInRole(std::string_view role);

/// Whether one of the roles grants the permission.
bool rolesGrant(const std::vector<std::string>& roles, std::string_view permission);

} // namespace pilothouse::access
