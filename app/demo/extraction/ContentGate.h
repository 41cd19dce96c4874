// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/demo/extraction/HtmlText.h"

#include <string_view>

namespace pilothouse::demo {

/// How much work a page gets.
enum class Route { Cached, FastTrack, Standard, Intensive };

std::string_view routeName(Route route);

/// Decides by what the page is made of: small and plain pages take the fast track, pages with
/// several tables, scripts or forms, or very large ones, the intensive one.
Route decideRoute(const PageShape& shape);

/// Extracts along a route. Intensive pages are read a second time for their tables' cells, which is
/// what makes them slower.
Extraction extract(Route route, std::string_view html, const PageShape& shape);

} // namespace pilothouse::demo
