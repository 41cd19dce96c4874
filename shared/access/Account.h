// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/access/Operator.h"

#include <absl/time/time.h>

#include <optional>
#include <string>
#include <vector>

namespace pilothouse::access {

/// An operator as administrators see it.
struct Account
{
    Operator who;
    bool isDisabled = false;
    absl::Time disableTime = absl::InfinitePast();
    absl::Time createTime = absl::InfinitePast();
    absl::Time passwordChangeTime = absl::InfinitePast();
    /// When one of the sessions or tokens was last used.
    absl::Time lastSeenTime = absl::InfinitePast();
    /// After failed sign-ins; InfinitePast = not locked.
    absl::Time lockedUntil = absl::InfinitePast();
    int sessions = 0;
    int tokens = 0;
    /// Changes with every change of roles, display name or state.
    std::string etag;
};

struct Role
{
    std::string name;
    std::string description;
    /// Patterns: "metrics.view", "metrics.*", "*.view" or "*".
    std::vector<std::string> permissions;
    bool isBuiltIn = false;
    /// Operators that have it.
    int operators = 0;
    std::string etag;
};

/// A permission of the contract.
struct Permission
{
    std::string name;
    /// "AccessService.SignIn"
    std::vector<std::string> methods;
    std::vector<std::string> roles;
};

/// A personal token for scripts; its secret is shown once, when it is made.
struct Token
{
    std::string id;
    std::string name;
    /// Patterns: the token may what its operator may and these grant.
    std::vector<std::string> scopes;
    absl::Time createTime = absl::InfinitePast();
    absl::Time lastUsedTime = absl::InfinitePast();
    absl::Time expireTime = absl::InfiniteFuture();
};

/// The secret must not be logged.
struct NewToken
{
    std::string secret;
    Token token;
};

/// A session or a personal token of any operator.
struct OperatorSession
{
    std::string operatorName;
    bool isToken = false;
    /// For a token, `client` is its name.
    Session session;
    std::vector<std::string> scopes;
};

/// Which sessions to end: one, an operator's, or everyone's.
struct SessionChoice
{
    std::string sessionId;
    std::string operatorName;
    bool includeTokens = false;
};

} // namespace pilothouse::access
