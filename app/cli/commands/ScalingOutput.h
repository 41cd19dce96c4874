// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/output/Json.h"
#include "app/cli/output/Printer.h"
#include "shared/client/ScalingClient.h"

#include <absl/time/time.h>

#include <vector>

namespace pilothouse::cli {

Json scalingStateJson(const scaling::PolicyState& state);
Json scalingRecordJson(const scaling::Record& record);
Json scalingSimulationJson(const client::ScalingSimulation& simulation);

void printScalingPolicies(
    Printer& printer, const std::vector<scaling::PolicyState>& states, absl::Time now);
/// One policy with what each metric asks for.
void printScalingPolicy(Printer& printer, const scaling::PolicyState& state, absl::Time now);
void printScalingRecords(Printer& printer, const std::vector<scaling::Record>& records);
void printScalingSimulation(Printer& printer, const client::ScalingSimulation& simulation);

} // namespace pilothouse::cli
