// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace pilothouse::demo {

inline constexpr int kPageCount = 2000;

/// A page of the site that the service serves to itself: the same number always gives the same
/// page.
struct Page
{
    std::string html;
    /// How long the site takes to hand it out.
    std::chrono::microseconds delay{0};
};

/// 0 <= number < kPageCount. One page in five has tables, forms and scripts; one in fifty is large.
Page makePage(int number);

} // namespace pilothouse::demo
