// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/plans/Plan.h"

#include <string>
#include <vector>

namespace pilothouse::plans {

/// SHA-256, in hex, of everything that makes two plans the same: action, target, environment,
/// permission, friction, impact and facts, each with its length before it, facts in the order of
/// their names. Times of making and expiry do not count.
std::string digestOf(const Plan& plan);

/// One fact that differs between two plans; an empty side means that it has no such fact.
struct Difference
{
    std::string name;
    std::string before;
    std::string after;
};

/// What differs, in the order of names: the facts, and beside them "impact", "friction",
/// "environment".
std::vector<Difference> differencesOf(const Plan& before, const Plan& after);

} // namespace pilothouse::plans
