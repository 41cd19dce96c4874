// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pilothouse {

/// "1 session", "2 sessions": for English nouns that take an s. Digits are not grouped.
std::string counted(std::int64_t count, std::string_view noun);

} // namespace pilothouse
