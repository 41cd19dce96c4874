// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace pilothouse::demo {

/// What a page is made of, counted in one pass; the content gate decides by it.
struct PageShape
{
    std::size_t bytes = 0;
    int tables = 0;
    int scripts = 0;
    int forms = 0;
    int links = 0;
    int headings = 0;
    int paragraphs = 0;
};

struct Extraction
{
    std::string title;
    std::string text;
    int words = 0;
    /// 0..1: share of the page that is text, weighted with structure (headings, paragraphs, link
    /// density).
    double quality = 0;
};

PageShape shapeOf(std::string_view html);

/// Readable text of a page: script, style and comments dropped, entities decoded, blocks separated
/// by line breaks, white space folded. Never fails: broken markup yields what can be read.
Extraction extractText(std::string_view html, const PageShape& shape);

} // namespace pilothouse::demo
