// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>

namespace pilothouse::platform {

/// An http or https address in its parts. User information and fragments are refused: the one is a
/// secret in the wrong place, the other never reaches a server.
struct HttpUrl
{
    bool tls = false;
    /// Without the brackets of an IPv6 address.
    std::string host;
    /// Decimal; the scheme's default when the address names none.
    std::string port;
    /// Path and query; at least "/".
    std::string target = "/";

    /// host:port as the Host header and the "instance" label want it.
    std::string authority() const;
    std::string toString() const;

    bool operator==(const HttpUrl&) const = default;
};

/// INVALID_ARGUMENT for what is not an absolute http(s) address.
absl::StatusOr<HttpUrl> parseHttpUrl(std::string_view text);

} // namespace pilothouse::platform
