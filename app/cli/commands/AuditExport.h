// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/connect/ServerSession.h"
#include "shared/audit/ExportLines.h"
#include "shared/audit/Filter.h"

#include <string>

namespace pilothouse::cli {

/// Writes what matches into `file` ("-" = standard output), as it comes. A file appears under its
/// name only when it is whole. Shows how far it is where there is a terminal.
absl::Status exportEntries(
    ServerSession& session,
    const audit::Filter& filter,
    audit::ExportFormat format,
    const std::string& file);

} // namespace pilothouse::cli
