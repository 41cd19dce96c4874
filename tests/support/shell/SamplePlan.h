// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/plans/Plan.h"

#include <string>

namespace pilothouse::test {

/// A plan for the environment of ShellFixture's profile, made when its clock stands, that needs no
/// lease. What it would do is for the caller to say.
plans::Plan samplePlan(
    plans::Friction friction, const std::string& title, const std::string& permission);

} // namespace pilothouse::test
