// SPDX-License-Identifier: Apache-2.0
#include "server/platform/rpc/PageTokens.h"

#include "server/platform/crypto/Random.h"
#include "shared/base/StatusHelpers.h"

#include <absl/strings/escaping.h>

namespace pilothouse::rpc {

namespace {

constexpr std::size_t kSignature = 16;
/// Separates fields; it does not occur in ids, numbers and label names.
constexpr char kBetween = '\x1f';

} // namespace

PageTokens::PageTokens() : m_key(platform::newToken()) {}

std::string PageTokens::sign(std::string_view list, std::string_view text) const
{
    std::string message = m_key;
    message.append(list).push_back(kBetween);
    message.append(text);
    return platform::hashToken(message).substr(0, kSignature);
}

std::string PageTokens::make(std::string_view list, const std::vector<std::string>& place) const
{
    std::string text;
    for (const std::string& field : place) {
        text += field;
        text.push_back(kBetween);
    }
    return absl::WebSafeBase64Escape(sign(list, text) + text);
}

absl::StatusOr<std::vector<std::string>> PageTokens::open(
    std::string_view list, const std::string& token) const
{
    std::string raw;
    if (!absl::WebSafeBase64Unescape(token, &raw) || raw.size() < kSignature) {
        return invalid();
    }
    const std::string text = raw.substr(kSignature);
    if (!platform::equalSecrets(raw.substr(0, kSignature), sign(list, text))) {
        return invalid();
    }
    std::vector<std::string> place;
    std::size_t start = 0;
    for (std::size_t end = text.find(kBetween); end != std::string::npos;
         end = text.find(kBetween, start)) {
        place.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return place;
}

absl::Status PageTokens::invalid()
{
    return withHint(
        absl::InvalidArgumentError("the page token is not one of this list"),
        "Begin at the first page.");
}

} // namespace pilothouse::rpc
