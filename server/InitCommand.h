// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Config.h"

#include <absl/status/status.h>

#include <filesystem>
#include <string>

namespace pilothouse {

struct InitOptions
{
    std::string name = "admin";
    /// Empty: a password is made and printed once on standard output.
    std::filesystem::path passwordFile;
    /// Give an operator who is there a new password instead of adding one.
    bool resetPassword = false;
    /// Add an administrator although there are operators: the second person of approvals, when only
    /// one can sign in.
    bool another = false;
};

/// `pilothoused init`: makes the first administrator, or another one. Works on a stopped server's
/// data directory, whose database is started for it, and beside a running server as the same user.
/// ALREADY_EXISTS when there is an operator already and no other one was asked for.
absl::Status initAdministrator(const config::Config& config, const InitOptions& options);

} // namespace pilothouse
