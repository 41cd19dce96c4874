// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace pilothouse::rollouts {

// The words in the configuration's PromQL for rollouts that stand for something else.

/// For a side: the expression is asked once for each.
inline constexpr const char* kSideWord = "$side";
/// For the sides of the rollout that is open.
inline constexpr const char* kCandidateWord = "$candidate";
inline constexpr const char* kStableWord = "$stable";
/// In a condition, for what was measured.
inline constexpr const char* kResultWord = "result";

std::string withSide(const std::string& expression, const std::string& side);
std::string withSides(
    const std::string& expression, const std::string& candidate, const std::string& stable);

/// A condition as PromQL: the query, in parentheses, in the place of each word `result`.
std::string withResult(const std::string& condition, const std::string& query);

/// Whether the condition has the word at all.
bool hasResult(const std::string& condition);

} // namespace pilothouse::rollouts
