// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/http/Asio.h"

#include <absl/status/statusor.h>

#include <chrono>
#include <string>

namespace pilothouse::demo {

/// One request to a port of this machine, awaited for at most `timeout`.
asio::awaitable<absl::StatusOr<Response>> call(
    unsigned short port, Request request, std::chrono::milliseconds timeout);

/// The same for commands that have no event loop of their own.
absl::StatusOr<Response> callAndWait(
    unsigned short port, http::verb verb, const std::string& target);

} // namespace pilothouse::demo
