// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/config/Checker.h"

namespace pilothouse::config {

/// What keys of [[scaling.policies]] and [[scaling.metrics]] do wrong together, and against
/// rollouts.
void checkScaling(Checker& checker, const Config& config);

} // namespace pilothouse::config
