// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/scaling/Simulation.h"
#include "shared/scaling/State.h"
#include "ui/components/TableModel.h"
#include "ui/settings/Settings.h"

#include <absl/time/time.h>

#include <utility>
#include <vector>

namespace pilothouse::ui {

Severity severityOf(const scaling::PolicyState& state);
/// "On target", "Wants more", "Paused", …
QString wordOf(const scaling::PolicyState& state);
/// What stands in the way, for people; empty when nothing does.
QString problemOf(const scaling::PolicyState& state);
/// "3 → 5", or "3" when it stays.
QString changeText(const scaling::Decision& decision);

/// The table of policies.
std::vector<TableColumn> policyColumns();
TableRow policyRow(const scaling::PolicyState& state, absl::Time now, TimeDisplay display);

/// The table of what was decided.
std::vector<TableColumn> decisionColumns();
TableRow decisionRow(const scaling::Record& record, absl::Time now, TimeDisplay display);

/// The table of what a simulation would have changed.
std::vector<TableColumn> simulatedColumns();
std::vector<TableRow> simulatedRows(
    const scaling::Simulation& simulation, absl::Time now, TimeDisplay display);
/// One sentence of what came of it.
QString simulationText(const scaling::Simulation& simulation);

std::vector<std::pair<QString, QString>> factsOf(
    const scaling::PolicyState& state, absl::Time now, TimeDisplay display);

} // namespace pilothouse::ui
