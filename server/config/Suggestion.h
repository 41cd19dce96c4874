// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::config {

/// The candidate that a person most likely meant by `word`, or empty when none is near.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

} // namespace pilothouse::config
