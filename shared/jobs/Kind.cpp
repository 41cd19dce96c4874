// SPDX-License-Identifier: Apache-2.0
#include "shared/jobs/Kind.h"

#include "shared/base/StatusHelpers.h"

#include <absl/strings/ascii.h>
#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace pilothouse::jobs {

namespace {

/// A job's parameters are shown on a page and copied into every record of it.
constexpr std::size_t kLongestValue = 16384;

absl::Status checkValue(const Parameter& parameter, const std::string& value)
{
    if (value.size() > kLongestValue) {
        return absl::InvalidArgumentError(fmt::format(
            "parameter '{}' has {} bytes; {} is the limit",
            parameter.name,
            value.size(),
            kLongestValue));
    }
    const auto refuse = [&](std::string_view what) {
        return absl::InvalidArgumentError(
            fmt::format("parameter '{}' must be {}", parameter.name, what));
    };
    switch (parameter.type) {
    case ParameterType::Integer: {
        std::int64_t number = 0;
        return absl::SimpleAtoi(value, &number) ? absl::OkStatus() : refuse("a whole number");
    }
    case ParameterType::Number: {
        double number = 0;
        return absl::SimpleAtod(value, &number) && std::isfinite(number) ? absl::OkStatus()
                                                                         : refuse("a number");
    }
    case ParameterType::Boolean:
        return value == "true" || value == "false" ? absl::OkStatus() : refuse("true or false");
    case ParameterType::Duration:
        return parseDuration(value).ok() ? absl::OkStatus()
                                         : refuse("a duration such as 90s, 1h30m or 2d");
    case ParameterType::Text:
    case ParameterType::List:
        break;
    }
    return absl::OkStatus();
}

std::string namesOf(const Kind& kind)
{
    std::vector<std::string_view> names;
    for (const Parameter& parameter : kind.parameters) {
        names.emplace_back(parameter.name);
    }
    return names.empty() ? "It takes none." : fmt::format("Use {}.", fmt::join(names, ", "));
}

} // namespace

absl::StatusOr<Parameters> checkParameters(const Kind& kind, const Parameters& given)
{
    for (const auto& [name, value] : given) {
        const auto known = std::ranges::find(kind.parameters, name, &Parameter::name);
        if (known == kind.parameters.end()) {
            return withHint(
                absl::InvalidArgumentError(
                    fmt::format("{} has no parameter '{}'", kind.name, name)),
                namesOf(kind));
        }
    }
    Parameters result;
    for (const Parameter& parameter : kind.parameters) {
        const auto found = given.find(parameter.name);
        std::string value = found == given.end() ? parameter.defaultValue : found->second;
        if (value.empty()) {
            if (parameter.isRequired) {
                return withHint(
                    absl::InvalidArgumentError(
                        fmt::format("{} needs the parameter '{}'", kind.name, parameter.name)),
                    fmt::format("Give {}: {}", parameter.name, parameter.description));
            }
            continue;
        }
        PH_RETURN_IF_ERROR(checkValue(parameter, value));
        result.emplace(parameter.name, std::move(value));
    }
    return result;
}

absl::StatusOr<absl::Duration> parseDuration(std::string_view text)
{
    const auto refuse = [&] {
        return absl::InvalidArgumentError(fmt::format("'{}' is not a duration", text));
    };
    absl::Duration total;
    std::string_view rest = text;
    // absl knows no days; they may only come first.
    if (const auto days = rest.find('d'); days != std::string_view::npos) {
        std::int64_t count = 0;
        if (!absl::SimpleAtoi(std::string(rest.substr(0, days)), &count) || count < 0) {
            return refuse();
        }
        total = absl::Hours(24) * count;
        rest.remove_prefix(days + 1);
    }
    absl::Duration part;
    if (!rest.empty() && !absl::ParseDuration(std::string(rest), &part)) {
        return refuse();
    }
    total += part;
    if (text.empty() || total < absl::ZeroDuration() || total == absl::InfiniteDuration()) {
        return refuse();
    }
    return total;
}

std::vector<std::string> listOf(std::string_view text)
{
    std::vector<std::string> lines;
    const std::vector<std::string> all = absl::StrSplit(std::string(text), '\n');
    for (const std::string& line : all) {
        if (std::string trimmed(absl::StripAsciiWhitespace(line)); !trimmed.empty()) {
            lines.push_back(std::move(trimmed));
        }
    }
    return lines;
}

} // namespace pilothouse::jobs
