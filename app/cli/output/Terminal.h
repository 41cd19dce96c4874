// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>

namespace pilothouse::cli {

/// Whether standard output is a terminal.
bool isTerminal();
/// Its width in columns; 0 when standard output is not a terminal.
std::size_t terminalWidth();
/// Its height in rows; 0 when standard output is not a terminal.
std::size_t terminalHeight();

} // namespace pilothouse::cli
