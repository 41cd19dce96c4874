// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cctype>
#include <string>

namespace pilothouse::config {

/// What goes into a map, a command to HAProxy or a name on the command line.
inline bool isPlainWord(const std::string& text)
{
    return !text.empty() && text.size() <= 100 &&
           std::all_of(text.begin(), text.end(), [](unsigned char character) {
               return std::isalnum(character) != 0 || character == '-' || character == '_' ||
                      character == '.' || character == ':';
           });
}

/// Of a Service, Deployment or namespace: an RFC 1123 label.
inline bool isKubernetesName(const std::string& text)
{
    constexpr std::size_t kLongest = 63;
    return !text.empty() && text.size() <= kLongest && text.front() != '-' && text.back() != '-' &&
           std::all_of(text.begin(), text.end(), [](unsigned char character) {
               return std::islower(character) != 0 || std::isdigit(character) != 0 ||
                      character == '-';
           });
}

} // namespace pilothouse::config
