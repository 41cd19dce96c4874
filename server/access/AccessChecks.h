// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/rpc/Caller.h"

#include <absl/status/status.h>

#include <string>
#include <vector>

// What names, texts and callers of the access capability have to be.
namespace pilothouse::access {

/// Under which changes of operators, roles, tokens and sessions are told to other servers.
inline constexpr const char* kRevision = "access";

/// Shown in lists and logs, so without control characters and not without end.
std::string printable(std::string text);

/// INVALID_ARGUMENT with what is allowed; some names are taken by the server itself.
absl::Status checkOperatorName(const std::string& name);
absl::Status checkRoleName(const std::string& name);
/// `what` names it in the message: "display name".
absl::Status checkText(const std::string& text, const char* what);
/// At least one, none twice, not too many.
absl::Status checkRoleList(const std::vector<std::string>& roles);

/// The caller has an account and signed in to it: not the socket's administrator, and not a script
/// with a personal token.
absl::Status checkPerson(const rpc::Caller& caller);

} // namespace pilothouse::access
