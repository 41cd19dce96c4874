// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/process/Account.h"

#include <absl/status/statusor.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace pilothouse::platform {

/// Makes `folder` (and its parents) unless it is there.
absl::Status makeFolder(const std::filesystem::path& folder, std::filesystem::perms mode);

/// Makes `folder` (its parent exists) and gives it to `account`, readable by nobody else.
absl::Status makePrivateFolder(const std::filesystem::path& folder, const Account& account);

/// A private folder of `account` for the unix socket `name`: `wanted`, or, where the path would be
/// too long for the kernel, one in XDG_RUNTIME_DIR or /tmp; the same at every start.
absl::StatusOr<std::filesystem::path> makeSocketFolder(
    const std::filesystem::path& wanted, const std::string& name, const Account& account);

/// Whether `account` can enter `folder`; PERMISSION_DENIED names the parent that blocks it.
absl::Status checkCanEnter(const std::filesystem::path& folder, const Account& account);

/// Bytes that an ordinary user can still write where `folder` lies.
std::uintmax_t freeBytes(const std::filesystem::path& folder);

/// Replaces the file at once and gives it to `account`, readable by nobody else.
absl::Status writePrivateFile(
    const std::filesystem::path& file, const std::string& text, const Account& account);

/// errno as a status: "what: No space left on device", with a hint where there is one to give.
absl::Status systemError(int error, const std::string& what);

} // namespace pilothouse::platform
