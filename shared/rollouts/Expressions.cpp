// SPDX-License-Identifier: Apache-2.0
#include "shared/rollouts/Expressions.h"

#include <absl/strings/str_replace.h>

#include <cctype>
#include <string_view>

namespace pilothouse::rollouts {

namespace {

bool isWordCharacter(char character)
{
    const auto byte = static_cast<unsigned char>(character);
    return std::isalnum(byte) != 0 || character == '_' || character == ':';
}

/// Where the word stands next, from `from` on; npos = nowhere.
std::size_t findResult(const std::string& text, std::size_t from)
{
    const std::size_t length = std::string_view(kResultWord).size();
    for (std::size_t at = text.find(kResultWord, from); at != std::string::npos;
         at = text.find(kResultWord, at + 1)) {
        const bool begins = at == 0 || !isWordCharacter(text[at - 1]);
        const bool ends = at + length == text.size() || !isWordCharacter(text[at + length]);
        if (begins && ends) {
            return at;
        }
    }
    return std::string::npos;
}

} // namespace

std::string withSide(const std::string& expression, const std::string& side)
{
    return absl::StrReplaceAll(expression, {{kSideWord, side}});
}

std::string withSides(
    const std::string& expression, const std::string& candidate, const std::string& stable)
{
    return absl::StrReplaceAll(expression, {{kCandidateWord, candidate}, {kStableWord, stable}});
}

std::string withResult(const std::string& condition, const std::string& query)
{
    std::string expression;
    std::size_t from = 0;
    for (std::size_t at = findResult(condition, 0); at != std::string::npos;
         at = findResult(condition, from)) {
        expression += condition.substr(from, at - from) + "(" + query + ")";
        from = at + std::string_view(kResultWord).size();
    }
    return expression + condition.substr(from);
}

bool hasResult(const std::string& condition)
{
    return findResult(condition, 0) != std::string::npos;
}

} // namespace pilothouse::rollouts
