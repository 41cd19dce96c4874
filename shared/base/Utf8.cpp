// SPDX-License-Identifier: Apache-2.0
#include "shared/base/Utf8.h"

#include <cstdint>

namespace pilothouse {

namespace {

bool continues(char byte)
{
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

} // namespace

Utf8Character characterAt(std::string_view text)
{
    if (text.empty()) {
        return {};
    }
    const auto lead = static_cast<unsigned char>(text.front());
    if (lead < 0x80) {
        return {1, lead};
    }
    const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) {
        return {};
    }
    std::uint32_t code = lead & (0x7FU >> length);
    for (const char byte : text.substr(1, length - 1)) {
        if (!continues(byte)) {
            return {};
        }
        code = code << 6U | (static_cast<unsigned char>(byte) & 0x3FU);
    }
    const bool isOverlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    const bool isSurrogate = code >= 0xD800 && code <= 0xDFFF;
    if (isOverlong || isSurrogate || code > 0x10FFFF) {
        return {};
    }
    return {length, static_cast<char32_t>(code)};
}

bool isValidUtf8(std::string_view text)
{
    std::size_t at = 0;
    while (at < text.size()) {
        if (static_cast<unsigned char>(text[at]) < 0x80) {
            ++at;
            continue;
        }
        const std::size_t length = characterAt(text.substr(at)).length;
        if (length == 0) {
            return false;
        }
        at += length;
    }
    return true;
}

std::string_view cutUtf8(std::string_view text, std::size_t limit)
{
    if (text.size() <= limit) {
        return text;
    }
    std::size_t end = limit;
    while (end > 0 && continues(text[end])) {
        --end;
    }
    return text.substr(0, end);
}

} // namespace pilothouse
