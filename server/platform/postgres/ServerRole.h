// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Database.h"

#include <absl/status/status.h>

#include <string>

namespace pilothouse::postgres {

/// The role that the server works with in its private cluster. It owns nothing there: the tables
/// belong to the cluster's owner, who is used for migrations alone.
constexpr const char* kServerRole = "pilothouse_server";

/// Gives `role` what the server needs, and takes from it what the audit forbids: its entries can be
/// read and added, never changed or removed. Makes the role when it does not exist. `owner` is
/// connected as the role that owns the tables; after each migration.
absl::Status grantServerRole(Database& owner, const std::string& role);

} // namespace pilothouse::postgres
