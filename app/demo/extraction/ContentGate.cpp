// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/demo/extraction/ContentGate.h"

namespace pilothouse::demo {

namespace {

constexpr std::size_t kSmallPage = std::size_t{12} * 1024;
constexpr std::size_t kLargePage = std::size_t{96} * 1024;
constexpr int kManyParts = 6;

} // namespace

std::string_view routeName(Route route)
{
    switch (route) {
    case Route::Cached:
        return "cached";
    case Route::FastTrack:
        return "fast_track";
    case Route::Standard:
        return "standard";
    case Route::Intensive:
        return "intensive";
    }
    return "standard";
}

Route decideRoute(const PageShape& shape)
{
    const int parts = 2 * shape.tables + shape.scripts + 2 * shape.forms;
    if (shape.bytes > kLargePage || parts >= kManyParts) {
        return Route::Intensive;
    }
    if (shape.bytes < kSmallPage && parts <= 1) {
        return Route::FastTrack;
    }
    return Route::Standard;
}

Extraction extract(Route route, std::string_view html, const PageShape& shape)
{
    Extraction result = extractText(html, shape);
    if (route == Route::Intensive) {
        for (auto at = html.find("<table"); at != std::string_view::npos;
             at = html.find("<table", at + 1)) {
            const auto end = html.find("</table", at);
            const auto table = html.substr(at, end == std::string_view::npos ? end : end - at);
            const Extraction cells = extractText(table, shapeOf(table));
            result.text += "\n" + cells.text;
            result.words += cells.words;
        }
    }
    return result;
}

} // namespace pilothouse::demo
