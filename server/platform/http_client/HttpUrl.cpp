// SPDX-License-Identifier: Apache-2.0
#include "server/platform/http_client/HttpUrl.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace pilothouse::platform {

namespace {

constexpr int kMaxPort = 65535;

bool isPort(std::string_view text)
{
    int port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() && port > 0 && port <= kMaxPort;
}

/// Nothing that could break out of the request line.
bool isPrintable(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c != '\x7f'; });
}

absl::Status bad(std::string_view text, std::string_view why)
{
    return absl::InvalidArgumentError(fmt::format("\"{}\" is not an HTTP address: {}", text, why));
}

} // namespace

std::string HttpUrl::authority() const
{
    const bool isV6 = host.find(':') != std::string::npos;
    return isV6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

std::string HttpUrl::toString() const
{
    return fmt::format("{}://{}{}", tls ? "https" : "http", authority(), target);
}

absl::StatusOr<HttpUrl> parseHttpUrl(std::string_view text)
{
    HttpUrl url;
    std::string_view rest = text;
    if (rest.substr(0, 7) == "http://") {
        rest.remove_prefix(7);
    } else if (rest.substr(0, 8) == "https://") {
        url.tls = true;
        rest.remove_prefix(8);
    } else {
        return bad(text, "it must begin with http:// or https://");
    }
    if (!isPrintable(rest)) {
        return bad(text, "it holds a space or a control character");
    }
    const std::size_t pathStart = rest.find_first_of("/?#");
    std::string_view authority = rest.substr(0, pathStart);
    if (pathStart != std::string_view::npos) {
        url.target = rest.substr(pathStart);
        if (url.target.find('#') != std::string::npos) {
            return bad(text, "it has a fragment");
        }
        if (url.target.front() == '?') {
            url.target.insert(0, 1, '/');
        }
    }
    if (authority.find('@') != std::string_view::npos) {
        return absl::InvalidArgumentError(
            "an HTTP address must not hold a user name or a password");
    }
    const std::size_t bracket = authority.rfind(']');
    const std::size_t colon = authority.rfind(':');
    const bool hasPort =
        colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
    url.port = hasPort ? std::string(authority.substr(colon + 1)) : (url.tls ? "443" : "80");
    if (!isPort(url.port)) {
        return bad(text, "the port must be between 1 and 65535");
    }
    std::string_view host = hasPort ? authority.substr(0, colon) : authority;
    if (bracket != std::string_view::npos) {
        if (host.size() < 3 || host.front() != '[' || host.back() != ']') {
            return bad(text, "the IPv6 address is not in brackets");
        }
        host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != std::string_view::npos) {
        return bad(text, "an IPv6 address must be in brackets");
    }
    if (host.empty()) {
        return bad(text, "it names no host");
    }
    url.host = host;
    return url;
}

} // namespace pilothouse::platform
