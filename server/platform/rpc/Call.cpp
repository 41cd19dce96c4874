// SPDX-License-Identifier: Apache-2.0
#include "server/platform/rpc/Call.h"

#include "server/platform/rpc/Guard.h"

#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::rpc {

namespace {

constexpr std::string_view kBearer = "Bearer ";
constexpr std::size_t kRequestIdLimit = 64;

/// What a caller sends goes into logs and errors, so it may not bring line ends or escapes along.
bool isHarmless(std::string_view text)
{
    return !text.empty() && text.size() <= kRequestIdLimit &&
           std::ranges::all_of(text, [](char character) {
               return (character >= '0' && character <= '9') ||
                      (character >= 'a' && character <= 'z') ||
                      (character >= 'A' && character <= 'Z') || character == '-' ||
                      character == '_';
           });
}

} // namespace

Call::Call(grpc::CallbackServerContext& context, const Method& method, std::uint64_t number)
    : m_context(&context), m_method(&method), m_number(number)
{
    if (!method.rule.audit.empty()) {
        m_receipt = std::make_shared<audit::Receipt>();
    }
}

absl::Time Call::deadline() const
{
    const auto deadline = m_context->deadline();
    return deadline == std::chrono::system_clock::time_point::max() ? absl::InfiniteFuture()
                                                                    : absl::FromChrono(deadline);
}

std::string Call::requestId() const
{
    const std::string_view own = metadata("x-request-id");
    return isHarmless(own) ? std::string(own) : fmt::format("{:016x}", m_number);
}

std::string Call::traceId() const
{
    // version "-" trace id (32) "-" span id (16) "-" flags
    const std::string_view parent = metadata("traceparent");
    constexpr std::size_t kLength = 55;
    if (parent.size() != kLength || parent[2] != '-' || parent[35] != '-' || !isHarmless(parent)) {
        return {};
    }
    return std::string(parent.substr(3, 32));
}

std::string_view Call::token() const
{
    const std::string_view value = metadata("authorization");
    return value.starts_with(kBearer) ? value.substr(kBearer.size()) : std::string_view();
}

std::string_view Call::metadata(const char* key) const
{
    const auto& all = m_context->client_metadata();
    const auto found = all.find(key);
    return found == all.end() ? std::string_view()
                              : std::string_view(found->second.data(), found->second.size());
}

} // namespace pilothouse::rpc
