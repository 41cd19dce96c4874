// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/jobs/Schedule.h"
#include "ui/components/TableModel.h"
#include "ui/settings/Settings.h"

namespace pilothouse::ui {

std::vector<TableColumn> scheduleColumns();
TableRow scheduleRow(const jobs::Schedule& schedule, absl::Time now, TimeDisplay display);

/// "Succeeded", "Overlapped: the run before was still open", with how bad it is.
QString runText(const jobs::ScheduleRun& run);
Severity severityOf(const jobs::ScheduleRun& run);

} // namespace pilothouse::ui
