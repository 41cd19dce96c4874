// SPDX-License-Identifier: Apache-2.0
#include "server/platform/redis/RedisAddress.h"

#include "server/config/Values.h"
#include "shared/base/StatusHelpers.h"

#include <absl/strings/numbers.h>
#include <fmt/format.h>

#include <string_view>

namespace pilothouse::redis {

namespace {

constexpr std::string_view kScheme = "redis://";
constexpr std::string_view kUnix = "unix:";
constexpr int kDefaultPort = 6379;
constexpr int kMaxDatabase = 1 << 20;

absl::Status wrong(std::string_view what)
{
    return withHint(
        absl::InvalidArgumentError(fmt::format("redis.url: {}", what)),
        "Write it as redis://:PASSWORD@HOST:PORT/DATABASE or unix:/PATH.");
}

int hexValue(char digit)
{
    const char lower = static_cast<char>(digit | 0x20);
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string percentDecoded(std::string_view text)
{
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool isCode = text[at] == '%' && at + 2 < text.size() &&
                            hexValue(text[at + 1]) >= 0 && hexValue(text[at + 2]) >= 0;
        if (isCode) {
            result += static_cast<char>(hexValue(text[at + 1]) * 16 + hexValue(text[at + 2]));
            at += 2;
        } else {
            result += text[at];
        }
    }
    return result;
}

absl::Status readHost(std::string_view text, RedisAddress& address)
{
    const bool hasPort = text.find(':') != std::string_view::npos && text.back() != ']';
    const auto parsed = config::parseHostPort(
        hasPort ? std::string(text) : fmt::format("{}:{}", text, kDefaultPort));
    if (!parsed.ok() || parsed->port == 0) {
        return wrong("expected a host and a port from 1 to 65535");
    }
    address.host = parsed->host;
    address.port = parsed->port;
    return absl::OkStatus();
}

} // namespace

absl::StatusOr<RedisAddress> RedisAddress::parse(const std::string& url)
{
    RedisAddress address;
    std::string_view rest = url;
    if (rest.substr(0, kUnix.size()) == kUnix) {
        rest.remove_prefix(kUnix.size());
        while (rest.substr(0, 2) == "//") {
            rest.remove_prefix(1);
        }
        if (rest.empty() || rest.front() != '/') {
            return wrong("expected an absolute path after unix:");
        }
        address.socket = rest;
        return address;
    }
    if (rest.substr(0, kScheme.size()) != kScheme) {
        return wrong("expected redis:// or unix:");
    }
    rest.remove_prefix(kScheme.size());
    if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
        const std::string_view user = rest.substr(0, at);
        const std::size_t colon = user.find(':');
        if (colon != 0) {
            return wrong("user names are not supported, expected :PASSWORD before @");
        }
        address.password = percentDecoded(user.substr(1));
        rest.remove_prefix(at + 1);
    }
    if (const std::size_t slash = rest.find('/'); slash != std::string_view::npos) {
        const std::string database(rest.substr(slash + 1));
        if (!database.empty() && (!absl::SimpleAtoi(database, &address.database) ||
                                  address.database < 0 || address.database > kMaxDatabase)) {
            return wrong("expected the number of a database after the host");
        }
        rest = rest.substr(0, slash);
    }
    if (rest.empty()) {
        return wrong("expected a host");
    }
    PH_RETURN_IF_ERROR(readHost(rest, address));
    return address;
}

std::string RedisAddress::place() const
{
    return socket.empty() ? fmt::format("{}:{}/{}", host, port, database)
                          : fmt::format("unix:{}", socket);
}

} // namespace pilothouse::redis
