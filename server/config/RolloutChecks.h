// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Checker.h"
#include "server/config/Config.h"

namespace pilothouse::config {

void checkRollouts(Checker& checker, const std::vector<RolloutApplication>& applications);
/// Processes of two applications must not get the same port, also when policies add some.
void checkPorts(Checker& checker, const Config& config);
void checkAnalyses(Checker& checker, const Rollouts& rollouts);
void checkWindows(Checker& checker, const Rollouts& rollouts);

} // namespace pilothouse::config
