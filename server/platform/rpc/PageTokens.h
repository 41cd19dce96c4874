// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::rpc {

/// Page tokens: where the next page of a list begins, signed so that nobody can make up a place,
/// and bound to the list they came from. They hold nothing secret. Thread-safe.
class PageTokens
{
public:
    /// With a key of its own: tokens are good until the server restarts.
    PageTokens();

    std::string make(std::string_view list, const std::vector<std::string>& place) const;
    /// INVALID_ARGUMENT for a token that this server did not make for this list.
    absl::StatusOr<std::vector<std::string>> open(
        std::string_view list, const std::string& token) const;
    static absl::Status invalid();

private:
    std::string sign(std::string_view list, std::string_view text) const;

    const std::string m_key;
};

} // namespace pilothouse::rpc
