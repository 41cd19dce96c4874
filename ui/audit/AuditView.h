// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/audit/Filter.h"

#include <QString>

namespace pilothouse::ui {

/// What the audit page is narrowed to. The times of the filter are the window's and not part of it.
struct AuditView
{
    audit::Filter filter = {};
    /// Only what lies in the window's time range.
    bool isInTimeRange = false;

    bool operator==(const AuditView&) const = default;
};

/// For a link and to be kept: "actor=dana&outcome=denied,failed"; empty: everything.
QString auditViewText(const AuditView& view);
/// The way back. What it does not know it leaves out.
AuditView auditViewOf(const QString& text);

/// The same list in a terminal: "pilothousectl audit list --actor dana".
QString auditViewCommand(const AuditView& view);

} // namespace pilothouse::ui
