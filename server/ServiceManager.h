// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace pilothouse {

/// Tells systemd how the server is ("READY=1", "STOPPING=1", "STATUS=…") over the socket that it
/// names in NOTIFY_SOCKET; without one it does nothing.
void notifyServiceManager(const std::string& state);

} // namespace pilothouse
