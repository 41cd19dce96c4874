// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/output/Json.h"
#include "app/cli/output/Printer.h"
#include "shared/services/Instance.h"

#include <absl/time/time.h>

#include <vector>

namespace pilothouse::cli {

Json instanceJson(const services::Instance& instance);
Json serviceJson(const services::ServiceSummary& service);

void printServices(Printer& printer, const std::vector<services::ServiceSummary>& services);
void printInstances(
    Printer& printer, const std::vector<services::Instance>& instances, absl::Time now);
/// One instance with its checks.
void printInstance(Printer& printer, const services::Instance& instance, absl::Time now);
/// "checkout/green-1  healthy  10.0.0.7:8080": one line for what changed.
std::string instanceLine(const services::Instance& instance);

} // namespace pilothouse::cli
