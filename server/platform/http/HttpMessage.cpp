// SPDX-License-Identifier: Apache-2.0
#include "server/platform/http/HttpMessage.h"

#include <algorithm>

namespace pilothouse::platform {

namespace {

int hexValue(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    const char lower = static_cast<char>(digit | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

} // namespace

std::optional<std::string> percentDecode(std::string_view text, bool plusIsSpace)
{
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t index = 0; index < text.size(); ++index) {
        char character = text[index];
        if (character == '+' && plusIsSpace) {
            character = ' ';
        } else if (character == '%') {
            const int high = index + 2 < text.size() ? hexValue(text[index + 1]) : -1;
            const int low = index + 2 < text.size() ? hexValue(text[index + 2]) : -1;
            if (high < 0 || low < 0) {
                return std::nullopt;
            }
            character = static_cast<char>(high * 16 + low);
            index += 2;
        }
        if (character == '\0') {
            return std::nullopt;
        }
        decoded.push_back(character);
    }
    return decoded;
}

std::optional<std::vector<std::pair<std::string, std::string>>> parseForm(std::string_view text)
{
    std::vector<std::pair<std::string, std::string>> parameters;
    while (!text.empty()) {
        const auto end = std::min(text.find('&'), text.size());
        const std::string_view pair = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (pair.empty()) {
            continue;
        }
        const auto equals = std::min(pair.find('='), pair.size());
        auto name = percentDecode(pair.substr(0, equals), true);
        auto value = percentDecode(pair.substr(std::min(equals + 1, pair.size())), true);
        if (!name || !value) {
            return std::nullopt;
        }
        parameters.emplace_back(*std::move(name), *std::move(value));
    }
    return parameters;
}

std::string hostOf(std::string_view authority)
{
    std::string_view host = authority;
    if (host.starts_with('[')) {
        host = host.substr(1, std::min(host.find(']'), host.size()) - 1);
    } else if (std::ranges::count(host, ':') <= 1) {
        host = host.substr(0, host.find(':'));
    }
    std::string lower(host);
    std::ranges::transform(lower, lower.begin(), [](char character) {
        return character >= 'A' && character <= 'Z' ? static_cast<char>(character | 0x20)
                                                    : character;
    });
    return lower;
}

} // namespace pilothouse::platform
