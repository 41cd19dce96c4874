// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/plans/Plan.h"
#include "shared/plans/Safety.h"
#include "ui/settings/Settings.h"
#include "ui/shell/Confirmation.h"

#include <absl/status/status.h>

#include <utility>
#include <vector>

namespace pilothouse::ui {

/// What the console knows of an action besides the server's plan.
struct ActionLook
{
    /// "Disable operator"
    QString verb = {};
    /// Lucide icon.
    QString icon = {};
    /// The same on the command line.
    QString command = {};
    /// Takes something away.
    bool isDanger = false;
};

/// "lee can no longer sign in. 3 sessions. Undone by enabling it again." for the sheet's top line.
QString impactText(const plans::Impact& impact, absl::Time now, TimeDisplay display);
Severity severityOf(const plans::Impact& impact);
/// "1.2 GiB of backups", "3 sessions".
QString numberText(const plans::ImpactNumber& number);
/// The facts to show: those that say something, with a capital.
std::vector<std::pair<QString, QString>> factsOf(const plans::Plan& plan);
/// "Undo: enable the operator." or empty.
QString undoText(const plans::Impact& impact);
QString wordOf(plans::ApprovalState state);
Severity severityOf(plans::ApprovalState state);

Confirmation confirmationOf(
    const plans::Plan& plan, const ActionLook& look, absl::Time now, TimeDisplay display);

/// Whether the server refused because the plan that was confirmed is not the plan any more.
bool isPlanOutdated(const absl::Status& status);
/// Whether it refused because the operator has no lease (any more).
bool isLeaseMissing(const absl::Status& status);
/// What changed since it was planned, "roles: viewer → admin", for the operator.
QString outdatedText(const absl::Status& status);

} // namespace pilothouse::ui
