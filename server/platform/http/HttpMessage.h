// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pilothouse::platform {

/// Undoes percent-encoding; nothing for a broken escape or a zero byte. `plusIsSpace` as in forms.
std::optional<std::string> percentDecode(std::string_view text, bool plusIsSpace);

/// "a=1&b=2" as decoded pairs in order; nothing when an escape is broken.
std::optional<std::vector<std::pair<std::string, std::string>>> parseForm(std::string_view text);

/// The host of "host", "host:port", "[v6]" or "[v6]:port", lower case and without brackets.
std::string hostOf(std::string_view authority);

} // namespace pilothouse::platform
