// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/rollouts/Rollout.h"
#include "ui/components/TableModel.h"
#include "ui/settings/Settings.h"

#include <absl/time/time.h>

#include <vector>

namespace pilothouse::ui {

/// The log of one rollout: when, what, who, why.
std::vector<TableColumn> eventColumns();
std::vector<TableRow> eventRows(const std::vector<rollouts::Event>& events, TimeDisplay display);

/// The rollouts of an application.
std::vector<TableColumn> historyColumns();
std::vector<TableRow> historyRows(
    const std::vector<rollouts::Rollout>& history, absl::Time now, TimeDisplay display);

} // namespace pilothouse::ui
