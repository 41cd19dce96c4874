// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/output/Json.h"
#include "app/cli/output/Printer.h"
#include "shared/client/RolloutsClient.h"
#include "shared/rollouts/Rollout.h"

#include <absl/time/time.h>

#include <string>
#include <vector>

namespace pilothouse::cli {

Json rolloutJson(const rollouts::Rollout& rollout);
Json applicationJson(const rollouts::Application& application);
Json receiptJson(const client::RolloutReceipt& receipt);

void printApplications(
    Printer& printer, const std::vector<rollouts::Application>& applications, absl::Time now);
/// One application with its sides, its rollout, the gates and the comparison.
std::string applicationText(const rollouts::Application& application, absl::Time now);
void printRollouts(
    Printer& printer, const std::vector<rollouts::Rollout>& rollouts, absl::Time now);
std::string receiptText(const client::RolloutReceipt& receipt);
/// "checkout 2.4.0 analysing: comparing both sides (promote 62 %)"
std::string progressLine(const rollouts::Application& application, absl::Time now);

} // namespace pilothouse::cli
