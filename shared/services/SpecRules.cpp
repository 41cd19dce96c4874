// SPDX-License-Identifier: Apache-2.0
#include "shared/services/SpecRules.h"

#include "shared/base/StatusHelpers.h"

#include <absl/strings/numbers.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>

namespace pilothouse::services {

namespace {

constexpr std::size_t kLongestService = 63;
constexpr std::size_t kLongestId = 128;
constexpr std::size_t kLongestAddress = 255;
constexpr std::size_t kLongestWord = 63;
constexpr std::size_t kLongestPath = 255;
constexpr std::size_t kLongestValue = 255;
constexpr std::size_t kMostMetadata = 32;
constexpr std::size_t kMostTenants = 32;
constexpr int kDefaultWeight = 100;
constexpr int kLargestWeight = 10000;
constexpr int kLargestPort = 65535;
constexpr int kMostInARow = 100;
constexpr int kDefaultUnhealthyAfter = 2;
constexpr int kDefaultHealthyAfter = 1;
constexpr absl::Duration kDefaultTtl = absl::Seconds(30);
constexpr absl::Duration kDefaultInterval = absl::Seconds(5);
constexpr absl::Duration kDefaultTimeout = absl::Seconds(1);
constexpr absl::Duration kShortestInterval = absl::Milliseconds(250);
constexpr absl::Duration kLongestInterval = absl::Hours(1);
constexpr absl::Duration kShortestTimeout = absl::Milliseconds(10);
constexpr absl::Duration kShortestTtl = absl::Seconds(1);
constexpr absl::Duration kLongestTtl = absl::Hours(24);
/// Two heartbeats may be lost.
constexpr int kHeartbeatsInTtl = 3;

bool isLower(char c)
{
    return c >= 'a' && c <= 'z';
}

bool isAlphanumeric(char c)
{
    return isLower(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

template <typename Allowed>
bool isWord(std::string_view text, std::size_t longest, Allowed allowed)
{
    return !text.empty() && text.size() <= longest && std::ranges::all_of(text, allowed);
}

bool isServiceName(std::string_view text)
{
    const auto isFirst = [](char c) { return isLower(c) || (c >= '0' && c <= '9'); };
    return isWord(
               text,
               kLongestService,
               [&](char c) { return isFirst(c) || c == '.' || c == '_' || c == '-'; }) &&
           isFirst(text.front());
}

bool isId(std::string_view text)
{
    return isWord(
               text,
               kLongestId,
               [](char c) {
                   return isAlphanumeric(c) || c == '.' || c == '_' || c == '-' || c == ':';
               }) &&
           isAlphanumeric(text.front());
}

/// Versions, colours and tenants stand in labels, addresses and tables.
bool isShortWord(std::string_view text)
{
    return isWord(text, kLongestWord, [](char c) {
        return isAlphanumeric(c) || c == '.' || c == '_' || c == '-' || c == '+' || c == ':';
    });
}

bool isPrintable(std::string_view text)
{
    return std::ranges::none_of(text, [](char c) {
        return static_cast<unsigned char>(c) < 0x20U || static_cast<unsigned char>(c) == 0x7fU;
    });
}

bool isPath(std::string_view path)
{
    return path.size() <= kLongestPath && path.starts_with('/') && isPrintable(path) &&
           path.find_first_of(" #") == std::string_view::npos;
}

/// "host:port" or "[v6]:port", with a port that can be connected to.
bool isAddress(std::string_view address)
{
    const auto colon = address.rfind(':');
    if (address.size() > kLongestAddress || colon == std::string_view::npos || colon == 0) {
        return false;
    }
    const std::string_view host = address.substr(0, colon);
    const bool isBracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    const std::string_view name = isBracketed ? host.substr(1, host.size() - 2) : host;
    const std::string_view digits = address.substr(colon + 1);
    int port = 0;
    return isWord(
               name,
               kLongestAddress,
               [&](char c) {
                   return isAlphanumeric(c) || c == '.' || c == '-' || (c == '_' && !isBracketed) ||
                          ((c == ':' || c == '%') && isBracketed);
               }) &&
           isWord(digits, 5, [](char c) { return c >= '0' && c <= '9'; }) &&
           absl::SimpleAtoi(std::string(digits), &port) && port > 0 && port <= kLargestPort;
}

absl::Status invalid(std::string_view field, std::string_view expected)
{
    return absl::InvalidArgumentError(fmt::format("{}: expected {}", field, expected));
}

absl::Status completeCheck(Check& check)
{
    if (check.kind == CheckKind::None) {
        if (!check.target.empty() || check.isTls || check.interval != absl::ZeroDuration() ||
            check.timeout != absl::ZeroDuration() || check.unhealthyAfter != 0 ||
            check.healthyAfter != 0) {
            return invalid(
                "check.kind", "http, tcp or grpc when other fields of the check are set");
        }
        return absl::OkStatus();
    }
    if (check.kind == CheckKind::Http) {
        check.target = check.target.empty() ? "/healthz" : check.target;
        if (!isPath(check.target)) {
            return invalid("check.target", "a path that begins with /");
        }
    } else if (check.kind == CheckKind::Tcp && (!check.target.empty() || check.isTls)) {
        return invalid("check", "neither target nor tls for a TCP check");
    } else if (check.target.size() > kLongestPath || !isPrintable(check.target)) {
        return invalid("check.target", "the name of a gRPC service");
    }
    const auto orElse = [](auto& value, auto otherwise) {
        value = value == decltype(otherwise)() ? otherwise : value;
    };
    orElse(check.interval, kDefaultInterval);
    orElse(check.timeout, std::min(kDefaultTimeout, check.interval));
    orElse(check.unhealthyAfter, kDefaultUnhealthyAfter);
    orElse(check.healthyAfter, kDefaultHealthyAfter);
    if (check.interval < kShortestInterval || check.interval > kLongestInterval) {
        return invalid("check.interval", "250 ms to 1 h");
    }
    if (check.timeout < kShortestTimeout || check.timeout > check.interval) {
        return invalid("check.timeout", "10 ms to check.interval");
    }
    for (const int count : {check.unhealthyAfter, check.healthyAfter}) {
        if (count < 1 || count > kMostInARow) {
            return invalid("check.unhealthy_after, check.healthy_after", "1 to 100");
        }
    }
    return absl::OkStatus();
}

absl::Status checkTexts(const InstanceSpec& spec)
{
    if (!isAddress(spec.address)) {
        return invalid("address", "host:port with a port from 1 to 65535");
    }
    if (!spec.version.empty() && !isShortWord(spec.version)) {
        return invalid("version", "at most 63 letters, digits and . _ - + :");
    }
    if (!spec.colour.empty() && !isShortWord(spec.colour)) {
        return invalid("colour", "at most 63 letters, digits and . _ - + :");
    }
    if (!spec.metricsPath.empty() && !isPath(spec.metricsPath)) {
        return invalid("metrics_path", "a path that begins with /");
    }
    if (spec.metadata.size() > kMostMetadata) {
        return invalid("metadata", "at most 32 entries");
    }
    for (const auto& [name, value] : spec.metadata) {
        if (!isShortWord(name) || value.size() > kLongestValue || !isPrintable(value)) {
            return invalid(
                "metadata",
                "names of at most 63 letters, digits and . _ - + :, and values of one line and at "
                "most 255 bytes");
        }
    }
    if (spec.tenants.size() > kMostTenants || !std::ranges::all_of(spec.tenants, isShortWord)) {
        return invalid("tenants", "at most 32 names of tenants");
    }
    return absl::OkStatus();
}

} // namespace

absl::Status checkServiceName(const std::string& service)
{
    return isServiceName(service)
               ? absl::OkStatus()
               : invalid(
                     "service",
                     "1 to 63 lower-case letters, digits and . _ -, the first a letter or digit");
}

absl::Status checkKey(const InstanceKey& key)
{
    PH_RETURN_IF_ERROR(checkServiceName(key.service));
    return isId(key.id)
               ? absl::OkStatus()
               : invalid("id", "1 to 128 letters, digits and . _ : -, the first a letter or digit");
}

absl::StatusOr<InstanceSpec> completeSpec(InstanceSpec spec)
{
    PH_RETURN_IF_ERROR(checkKey(spec.key));
    PH_RETURN_IF_ERROR(checkTexts(spec));
    PH_RETURN_IF_ERROR(completeCheck(spec.check));
    std::ranges::sort(spec.tenants);
    spec.tenants.erase(std::unique(spec.tenants.begin(), spec.tenants.end()), spec.tenants.end());
    spec.weight = spec.weight == 0 ? kDefaultWeight : spec.weight;
    if (spec.weight < 1 || spec.weight > kLargestWeight) {
        return invalid("weight", "1 to 10000");
    }
    if (spec.ttl == absl::ZeroDuration() && spec.check.kind == CheckKind::None) {
        spec.ttl = kDefaultTtl;
    }
    if (spec.ttl != absl::ZeroDuration() && (spec.ttl < kShortestTtl || spec.ttl > kLongestTtl)) {
        return invalid("ttl", "1 s to 24 h");
    }
    return spec;
}

absl::Status checkLoad(const Load& load)
{
    for (const auto& value : {load.connections, load.queue, load.cpu, load.memoryBytes}) {
        if (value && (!std::isfinite(*value) || *value < 0)) {
            return invalid("load", "numbers that are not negative");
        }
    }
    return absl::OkStatus();
}

absl::Duration heartbeatInterval(const InstanceSpec& spec)
{
    return spec.ttl / kHeartbeatsInTtl;
}

} // namespace pilothouse::services
