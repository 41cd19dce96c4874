// SPDX-License-Identifier: Apache-2.0
#include "server/access/AccessChecks.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <set>

namespace pilothouse::access {

namespace {

constexpr std::size_t kLongestText = 128;
constexpr std::size_t kMostRoles = 32;
constexpr const char* kOperatorName = "[a-z0-9][a-z0-9._@-]{0,63}";
constexpr const char* kRoleName = "[a-z0-9][a-z0-9._-]{0,63}";
/// The socket's administrator and the server stand in the audit under these.
constexpr std::array<std::string_view, 2> kTakenNames{"local", "server"};

} // namespace

std::string printable(std::string text)
{
    std::erase_if(
        text, [](char character) { return static_cast<unsigned char>(character) < 0x20U; });
    text.resize(std::min(text.size(), kLongestText));
    return text;
}

absl::Status checkOperatorName(const std::string& name)
{
    if (!RE2::FullMatch(name, kOperatorName)) {
        return withHint(
            absl::InvalidArgumentError(
                fmt::format("'{}' cannot be an operator's name", printable(name))),
            "Use lower-case letters, digits and . _ @ -, beginning with a letter or digit.");
    }
    if (std::ranges::find(kTakenNames, name) != kTakenNames.end()) {
        return withHint(
            absl::InvalidArgumentError(fmt::format("the server itself is called '{}'", name)),
            "Choose another name.");
    }
    return absl::OkStatus();
}

absl::Status checkRoleName(const std::string& name)
{
    return RE2::FullMatch(name, kRoleName)
               ? absl::OkStatus()
               : withHint(
                     absl::InvalidArgumentError(
                         fmt::format("'{}' cannot be a role's name", printable(name))),
                     "Use lower-case letters, digits and . _ -, beginning with a letter or digit.");
}

absl::Status checkText(const std::string& text, const char* what)
{
    if (printable(text) == text) {
        return absl::OkStatus();
    }
    return withHint(
        absl::InvalidArgumentError(fmt::format("the {} will not do", what)),
        fmt::format("Use at most {} bytes and no control characters.", kLongestText));
}

absl::Status checkRoleList(const std::vector<std::string>& roles)
{
    const std::set<std::string> unique(roles.begin(), roles.end());
    if (roles.empty() || roles.size() > kMostRoles || unique.size() != roles.size()) {
        return withHint(
            absl::InvalidArgumentError("the list of roles will not do"),
            fmt::format("Give 1 to {} roles, each once.", kMostRoles));
    }
    return absl::OkStatus();
}

absl::Status checkPerson(const rpc::Caller& caller)
{
    if (caller.operatorId == 0) {
        return withHint(
            absl::FailedPreconditionError("the local administrator of the socket has no account"),
            "Sign in with an operator's name.");
    }
    if (caller.identity.authentication == kByPersonalToken) {
        return withHint(
            withReason(
                absl::PermissionDeniedError("a personal token may not do this"), "NEEDS_PERSON"),
            "Sign in with your name and password.");
    }
    return absl::OkStatus();
}

} // namespace pilothouse::access
