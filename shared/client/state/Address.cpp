// SPDX-License-Identifier: Apache-2.0
#include "shared/client/state/Address.h"

#include "shared/base/StatusHelpers.h"

#include <absl/strings/numbers.h>
#include <absl/strings/strip.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace pilothouse::client {

namespace {

constexpr std::string_view kUnixPrefix = "unix:";
// sockaddr_un holds 108 bytes with the closing zero.
constexpr std::size_t kMaxSocketPath = 107;
constexpr std::size_t kMaxHost = 253;

absl::Status badAddress(std::string_view text, std::string_view why)
{
    return withHint(
        absl::InvalidArgumentError(fmt::format("bad server address '{}': {}", text, why)),
        "Write host:port, [ipv6]:port or unix:/path/to/pilothouse.sock.");
}

bool isHostCharacter(char character)
{
    const auto byte = static_cast<unsigned char>(character);
    return std::isalnum(byte) != 0 || byte >= 0x80 || character == '-' || character == '.' ||
           character == '_' || character == ':' || character == '%';
}

absl::StatusOr<int> parsePort(std::string_view text, std::string_view port)
{
    int number = 0;
    const bool digits = std::ranges::all_of(
        port, [](char character) { return character >= '0' && character <= '9'; });
    if (!digits || !absl::SimpleAtoi(std::string(port), &number) || number < 1 || number > 65535) {
        return badAddress(text, fmt::format("'{}' is not a port (1 to 65535)", port));
    }
    return number;
}

absl::StatusOr<Address> parseSocket(std::string_view text)
{
    std::string path(text.substr(kUnixPrefix.size()));
    if (path.starts_with("///")) {
        path.erase(0, 2);
    }
    if (path.empty()) {
        return badAddress(text, "the path is missing");
    }
    if (path.size() > kMaxSocketPath) {
        return badAddress(text, fmt::format("a socket path has at most {} bytes", kMaxSocketPath));
    }
    return Address{.host = {}, .port = 0, .socketPath = std::move(path)};
}

} // namespace

bool Address::isLoopback() const
{
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

std::string Address::toString() const
{
    if (isUnix()) {
        return std::string(kUnixPrefix) + socketPath;
    }
    const bool isV6 = host.find(':') != std::string::npos;
    return isV6 ? fmt::format("[{}]:{}", host, port) : fmt::format("{}:{}", host, port);
}

absl::StatusOr<Address> parseAddress(std::string_view text)
{
    if (text.starts_with(kUnixPrefix)) {
        return parseSocket(text);
    }
    if (text.find("://") != std::string_view::npos) {
        return badAddress(text, "it has a scheme");
    }
    std::string_view host = text;
    std::string_view port;
    bool hasPort = false;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos || (end + 1 < text.size() && text[end + 1] != ':')) {
            return badAddress(text, "the brackets of the IPv6 address do not close");
        }
        host = text.substr(1, end - 1);
        hasPort = end + 1 < text.size();
        port = hasPort ? text.substr(end + 2) : std::string_view();
    } else if (std::ranges::count(text, ':') == 1) {
        const std::size_t colon = text.find(':');
        host = text.substr(0, colon);
        port = text.substr(colon + 1);
        hasPort = true;
    }
    if (host.empty()) {
        return badAddress(text, "the host is missing");
    }
    if (host.size() > kMaxHost || !std::ranges::all_of(host, isHostCharacter)) {
        return badAddress(text, "this is not a host name or IP address");
    }
    Address address{.host = std::string(host), .port = kDefaultPort, .socketPath = {}};
    if (hasPort) {
        PH_ASSIGN_OR_RETURN(address.port, parsePort(text, port));
    }
    return address;
}

} // namespace pilothouse::client
