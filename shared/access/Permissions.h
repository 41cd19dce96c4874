// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/status.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::access {

/// Permissions that need no role: anyone who can connect, and any signed-in operator.
inline constexpr std::string_view kPublic = "public";
inline constexpr std::string_view kSession = "session";

/// A pattern grants a permission when it is equal to it, or is "<capability>.*", "*.<verb>" or "*".
bool grants(std::string_view pattern, std::string_view permission);

/// Whether one of the patterns grants the permission.
bool anyGrants(const std::vector<std::string>& patterns, std::string_view permission);

/// In the order in which they are shown.
inline constexpr std::array<std::string_view, 3> kBuiltInRoles{"viewer", "operator", "admin"};

/// The patterns of a built-in role: viewer ("*.view"), operator ("*.view" and "*.operate"), admin
/// ("*"). An unknown role has none.
std::vector<std::string_view> builtInRole(std::string_view role);
bool isBuiltInRole(std::string_view role);
/// The patterns of those of the roles that are built in.
std::vector<std::string> patternsOf(const std::vector<std::string>& roles);

/// Whether one of the built-in roles grants the permission.
bool rolesGrant(const std::vector<std::string>& roles, std::string_view permission);

/// A pattern must grant at least one permission of the contract: anything else is a slip of the
/// hand.
absl::Status checkPatterns(
    const std::vector<std::string>& patterns, const std::vector<std::string>& permissions);

/// Whether somebody with these permissions can give themselves or others any permission: whoever
/// administers operators, and whoever is the second person of an approval.
bool isPower(const std::vector<std::string>& permissions);

/// The elements of `left` that `right` does not have, sorted.
std::vector<std::string> without(
    const std::vector<std::string>& left, const std::vector<std::string>& right);

} // namespace pilothouse::access
