// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pilothouse::cli {

/// Columns that the UTF-8 text takes on a terminal: wide characters two, combining ones none.
std::size_t displayWidth(std::string_view text);

/// The text cut to at most `width` columns, with "…" in place of what was cut.
std::string truncated(std::string_view text, std::size_t width);

/// The text as one line that is safe on a terminal: control characters become "\n", "\x1b", …, and
/// bytes that are no UTF-8 become "�".
std::string printable(std::string_view text);

} // namespace pilothouse::cli
