// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/audit/ChainStatus.h"
#include "ui/components/TableModel.h"

#include <QString>

#include <vector>

// How entries and the chain read. Pure.
namespace pilothouse::ui {

std::vector<TableColumn> auditColumns();
TableRow auditRow(const audit::ChainedEntry& entry, bool utc);

/// "2026-11-25 14:30:00"
QString auditTime(absl::Time time, bool utc);
Severity severityOf(audit::Outcome outcome);
QString outcomeWord(audit::Outcome outcome);

/// The badge: "Hash chain intact to 14:30:00".
struct ChainBadge
{
    Severity severity = Severity::Unknown;
    QString text;
    /// The whole story, for the tooltip.
    QString details;

    bool operator==(const ChainBadge&) const = default;
};
ChainBadge chainBadge(const audit::ChainStatus& status, bool utc);

/// A line of before and after, side by side as one text.
struct DiffLine
{
    enum class Kind { Same, Removed, Added };
    Kind kind = Kind::Same;
    QString text;

    bool operator==(const DiffLine&) const = default;
};
/// Documents are compared line by line, JSON after being written one member a line. Documents that
/// are too long to compare stand one after the other.
std::vector<DiffLine> auditDiff(const std::string& before, const std::string& after);

/// The entry as JSON, indented, for the clipboard.
QString auditJson(const audit::ChainedEntry& entry);
/// The same for a terminal: "pilothousectl audit show 17".
QString auditCommand(std::int64_t sequence);

} // namespace pilothouse::ui
