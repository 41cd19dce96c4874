// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/plans/Plan.h"

#include <string>
#include <vector>

namespace pilothouse::plans {

/// SHA-256, in hex, of what makes two plans the same: action, target, environment, permission,
/// friction, how far it can be undone and reaches, and the facts; each with its length before it,
/// facts in the order of their names. Texts for people, counts that come and go (sessions,
/// requests a second) and times do not count: whatever must not change until the plan runs has to
/// be a fact.
std::string digestOf(const Plan& plan);

/// One fact that differs between two plans; an empty side means that it has no such fact.
struct Difference
{
    std::string name;
    std::string before;
    std::string after;
};

/// What differs, in the order of names: the facts, and beside them "friction" and "environment".
std::vector<Difference> differencesOf(const Plan& before, const Plan& after);

} // namespace pilothouse::plans
