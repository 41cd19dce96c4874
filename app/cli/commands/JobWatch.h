// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/connect/ServerSession.h"
#include "app/cli/output/Printer.h"

#include <string>

namespace pilothouse::cli {

/// Follows a job to its end: a progress bar over its log on a terminal, plain lines elsewhere, an
/// object a line as JSON. OK when the job succeeded; else INTERNAL with why it did not.
absl::Status watchJob(Printer& printer, ServerSession& session, const std::string& id);

} // namespace pilothouse::cli
