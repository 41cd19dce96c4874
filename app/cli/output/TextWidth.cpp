// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/output/TextWidth.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pilothouse::cli {

namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";
constexpr std::string_view kEllipsis = "\xe2\x80\xa6";

struct Range
{
    char32_t first;
    char32_t last;
};

// Unicode's East Asian Wide and Fullwidth blocks and the emoji, coarsely.
constexpr std::array kWide = {
    Range{0x1100, 0x115f},
    Range{0x2e80, 0xa4cf},
    Range{0xac00, 0xd7a3},
    Range{0xf900, 0xfaff},
    Range{0xfe30, 0xfe6f},
    Range{0xff00, 0xff60},
    Range{0xffe0, 0xffe6},
    Range{0x1f300, 0x1f64f},
    Range{0x1f680, 0x1f6ff},
    Range{0x1f900, 0x1f9ff},
    Range{0x20000, 0x3fffd},
};
// Combining marks, zero-width and direction characters, variation selectors.
constexpr std::array kZero = {
    Range{0x0300, 0x036f},
    Range{0x0483, 0x0489},
    Range{0x0591, 0x05bd},
    Range{0x200b, 0x200f},
    Range{0x202a, 0x202e},
    Range{0x2060, 0x2069},
    Range{0x20d0, 0x20ff},
    Range{0xfe00, 0xfe0f},
    Range{0xfe20, 0xfe2f},
    Range{0xfeff, 0xfeff},
};

template <typename Ranges>
bool isIn(const Ranges& ranges, char32_t character)
{
    return std::ranges::any_of(ranges, [&](const Range& range) {
        return character >= range.first && character <= range.last;
    });
}

std::size_t widthOf(char32_t character)
{
    if (isIn(kZero, character)) {
        return 0;
    }
    return isIn(kWide, character) ? 2 : 1;
}

struct Decoded
{
    char32_t character = 0;
    /// Bytes taken; 0: not UTF-8.
    std::size_t length = 0;
};

Decoded decode(std::string_view text)
{
    const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
    const unsigned char first = byte(0);
    if (first < 0x80) {
        return {first, 1};
    }
    const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length) {
        return {};
    }
    char32_t character = first & (0xffU >> (length + 1));
    for (std::size_t index = 1; index < length; ++index) {
        if ((byte(index) & 0xc0) != 0x80) {
            return {};
        }
        character = (character << 6U) | (byte(index) & 0x3fU);
    }
    constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
    const bool isSurrogate = character >= 0xd800 && character <= 0xdfff;
    if (character < kLeast.at(length) || character > 0x10ffff || isSurrogate) {
        return {};
    }
    return {character, length};
}

std::string escaped(char32_t character)
{
    switch (character) {
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        return fmt::format("\\x{:02x}", static_cast<unsigned>(character));
    }
}

} // namespace

std::size_t displayWidth(std::string_view text)
{
    std::size_t width = 0;
    while (!text.empty()) {
        const Decoded next = decode(text);
        width += next.length == 0 ? 1 : widthOf(next.character);
        text.remove_prefix(std::max<std::size_t>(next.length, 1));
    }
    return width;
}

std::string truncated(std::string_view text, std::size_t width)
{
    if (displayWidth(text) <= width) {
        return std::string(text);
    }
    if (width == 0) {
        return {};
    }
    std::size_t used = 0;
    std::size_t bytes = 0;
    while (bytes < text.size()) {
        const Decoded next = decode(text.substr(bytes));
        const std::size_t columns = next.length == 0 ? 1 : widthOf(next.character);
        if (used + columns > width - 1) {
            break;
        }
        used += columns;
        bytes += std::max<std::size_t>(next.length, 1);
    }
    return std::string(text.substr(0, bytes)) + std::string(kEllipsis);
}

std::string printable(std::string_view text)
{
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const Decoded next = decode(text);
        if (next.length == 0) {
            result += kReplacement;
        } else if (next.character < 0x20 || (next.character >= 0x7f && next.character < 0xa0)) {
            result += escaped(next.character);
        } else {
            result += text.substr(0, next.length);
        }
        text.remove_prefix(std::max<std::size_t>(next.length, 1));
    }
    return result;
}

} // namespace pilothouse::cli
