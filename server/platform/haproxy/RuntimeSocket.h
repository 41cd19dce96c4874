// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace pilothouse::haproxy {

/// HAProxy's Runtime API on a unix socket: one command, or several with semicolons, a connection,
/// because only its end marks the end of an answer. Blocks, at most for `limit`; answers over 4 MiB
/// are refused. UNAVAILABLE when HAProxy does not answer.
absl::StatusOr<std::string> askRuntime(
    const std::filesystem::path& socket, std::string_view command, absl::Duration limit);

} // namespace pilothouse::haproxy
