// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Checker.h"
#include "server/config/Config.h"

namespace pilothouse::config {

void checkRollouts(Checker& checker, const std::vector<RolloutApplication>& applications);
void checkAnalyses(Checker& checker, const Rollouts& rollouts);
void checkWindows(Checker& checker, const Rollouts& rollouts);

} // namespace pilothouse::config
