// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

/// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
namespace pilothouse {

struct Utf8Character
{
    /// In bytes; 0 when the text is empty or begins with what is no character.
    std::size_t length = 0;
    char32_t code = 0;
};

/// What `text` begins with.
Utf8Character characterAt(std::string_view text);

bool isValidUtf8(std::string_view text);

/// The beginning of valid `text`, at most `limit` bytes, never cut inside a character.
std::string_view cutUtf8(std::string_view text, std::size_t limit);

} // namespace pilothouse
