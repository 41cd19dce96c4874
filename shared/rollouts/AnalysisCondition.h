// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace pilothouse::rollouts {

/// The word in a condition that stands for what was measured.
inline constexpr const char* kResultWord = "result";

/// A condition as PromQL: the query, in parentheses, in the place of each word `result`.
std::string withResult(const std::string& condition, const std::string& query);

/// Whether the condition has the word at all.
bool hasResult(const std::string& condition);

} // namespace pilothouse::rollouts
