// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/output/Printer.h"
#include "shared/audit/Activity.h"
#include "shared/audit/ChainStatus.h"

#include <vector>

namespace pilothouse::cli {

Json entryJson(const audit::ChainedEntry& entry);
/// One entry with all its fields.
void printEntry(Printer& printer, const audit::ChainedEntry& entry);
/// Rows as they come.
void printEntries(Printer& printer, const std::vector<audit::ChainedEntry>& entries);
void printActivity(Printer& printer, const audit::Activity& activity);
void printVerdict(Printer& printer, const audit::ChainStatus& verdict);
/// "on 2026-11-25 at entry 17: the entry is missing"
std::string breakText(const audit::ChainBreak& found);

} // namespace pilothouse::cli
