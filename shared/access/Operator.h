// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/time/time.h>

#include <string>
#include <vector>

namespace pilothouse::access {

struct Operator
{
    std::string name;
    std::string displayName;
    std::vector<std::string> roles;
};

/// What a sign-in gives: the token is a secret and must not be logged.
struct SignedIn
{
    std::string token;
    absl::Time expireTime = absl::InfinitePast();
    Operator who;
};

/// How a caller proved who it is (Identity::authentication).
inline constexpr const char* kBySession = "token";
inline constexpr const char* kByPersonalToken = "personal-token";
inline constexpr const char* kBySocket = "unix-socket";

struct Identity
{
    Operator who;
    std::vector<std::string> permissions;
    /// kBySession, kByPersonalToken or kBySocket.
    std::string authentication;
    absl::Time expireTime = absl::InfiniteFuture();
};

struct Session
{
    std::string id;
    std::string client;
    std::string address;
    absl::Time createTime = absl::InfinitePast();
    absl::Time lastUsedTime = absl::InfinitePast();
    absl::Time expireTime = absl::InfinitePast();
    bool current = false;
};

} // namespace pilothouse::access
