// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace pilothouse::cli {

/// "512 B", "1.5 KiB", "3.2 GiB".
std::string bytesText(std::int64_t bytes);

} // namespace pilothouse::cli
