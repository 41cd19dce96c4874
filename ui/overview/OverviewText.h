// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/metrics/Catalogue.h"
#include "shared/system/Health.h"
#include "ui/components/TableModel.h"

#include <absl/time/time.h>

#include <QString>

#include <optional>
#include <vector>

namespace pilothouse::ui {

Severity severityOf(system::HealthState state);

/// "Healthy", "Degraded" …, for the chip and the table.
QString wordOf(system::HealthState state);

std::vector<TableColumn> healthColumns();
std::vector<TableRow> healthRows(const system::Health& health, absl::Time now);

std::vector<TableColumn> targetColumns();
std::vector<TableRow> targetRows(const std::vector<metrics::Target>& targets, absl::Time now);

/// "All 6 components healthy. 4 targets up." or what is wrong, worst first.
QString shiftSentence(
    const std::optional<system::Health>& health, const std::vector<metrics::Target>& targets);

/// "2 180 of 1 000 000 series · 412 samples/s · 34 MiB in memory".
QString storeSentence(const metrics::StoreStatus& store);

} // namespace pilothouse::ui
