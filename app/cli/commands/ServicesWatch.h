// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/connect/ServerSession.h"
#include "app/cli/output/Printer.h"

#include <string>

namespace pilothouse::cli {

/// Prints each change of the instances of a service (or of all when it is empty) until the reader
/// or the stream has gone: a line where the state or the registration changes, with JSON each
/// message. `count` messages at most; 0 = no limit.
absl::Status watchInstances(
    Printer& printer, ServerSession& session, const std::string& service, int count);

} // namespace pilothouse::cli
