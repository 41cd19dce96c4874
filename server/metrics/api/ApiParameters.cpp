// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/api/ApiParameters.h"

#include "server/metrics/api/ApiResponse.h"
#include "shared/base/StatusHelpers.h"
#include "shared/metrics/promql/Parser.h"
#include "shared/metrics/promql/Text.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>

namespace pilothouse::metrics {

namespace {

/// Beyond it milliseconds do not fit in 64 bits (a thousand million years are enough).
constexpr double kMaxSeconds = 9.2e15;
/// Of a duration: what fits in Go's nanoseconds.
constexpr double kMaxDurationSeconds = 9.2e9;

std::optional<double> plainNumber(std::string_view text)
{
    double value = 0;
    if (text.starts_with('+')) {
        text.remove_prefix(1);
    }
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
        return std::nullopt;
    }
    return value;
}

/// 11000 as "11,000".
std::string withThousands(std::int64_t number)
{
    const std::string digits = std::to_string(number);
    std::string text;
    for (std::size_t place = 0; place < digits.size(); ++place) {
        if (place > 0 && (digits.size() - place) % 3 == 0) {
            text += ',';
        }
        text += digits[place];
    }
    return text;
}

absl::StatusOr<absl::Time> timeParameter(
    const platform::HttpRequest& request, std::string_view name)
{
    auto time = parseApiTime(request.parameter(name));
    if (!time.ok()) {
        return invalidParameter(name, std::string(time.status().message()));
    }
    return time;
}

absl::StatusOr<std::optional<absl::Duration>> timeoutParameter(const platform::HttpRequest& request)
{
    const std::string_view text = request.parameter("timeout");
    if (text.empty()) {
        return std::optional<absl::Duration>();
    }
    const auto timeout = parseApiDuration(text);
    if (!timeout.ok()) {
        return invalidParameter("timeout", std::string(timeout.status().message()));
    }
    return std::optional<absl::Duration>(*timeout);
}

absl::Status checkExpression(const std::string& expression, promql::Compat compat)
{
    const auto expr = promql::parse(expression, compat);
    return expr.ok() ? absl::OkStatus()
                     : invalidParameter("query", std::string(expr.status().message()));
}

} // namespace

absl::StatusOr<absl::Time> parseApiTime(std::string_view text)
{
    if (const auto seconds = plainNumber(text); seconds && std::abs(*seconds) < kMaxSeconds) {
        return absl::FromUnixMillis(std::llround(*seconds * 1000));
    }
    absl::Time time;
    std::string error;
    if (absl::ParseTime(absl::RFC3339_full, std::string(text), &time, &error) &&
        time > absl::InfinitePast() && time < absl::InfiniteFuture()) {
        return time;
    }
    return absl::InvalidArgumentError(
        fmt::format("cannot parse {} to a valid timestamp", promql::quote(text)));
}

absl::StatusOr<absl::Duration> parseApiDuration(std::string_view text)
{
    if (const auto seconds = plainNumber(text)) {
        if (std::abs(*seconds) > kMaxDurationSeconds) {
            return absl::InvalidArgumentError(fmt::format(
                "cannot parse {} to a valid duration. It overflows int64", promql::quote(text)));
        }
        return absl::Milliseconds(static_cast<std::int64_t>(*seconds * 1000));
    }
    if (const auto milliseconds = promql::parseDuration(text); milliseconds.ok()) {
        return absl::Milliseconds(*milliseconds);
    }
    return absl::InvalidArgumentError(
        fmt::format("cannot parse {} to a valid duration", promql::quote(text)));
}

absl::StatusOr<InstantQuery> instantParameters(
    const platform::HttpRequest& request, const Clock& clock)
{
    InstantQuery query;
    query.expression = request.parameter("query");
    query.time = clock.now();
    if (!request.parameter("time").empty()) {
        PH_ASSIGN_OR_RETURN(query.time, timeParameter(request, "time"));
    }
    PH_ASSIGN_OR_RETURN(query.timeout, timeoutParameter(request));
    return query;
}

absl::StatusOr<RangeQuery> rangeParameters(
    const platform::HttpRequest& request, const promql::EngineOptions& options)
{
    RangeQuery query;
    query.expression = request.parameter("query");
    PH_ASSIGN_OR_RETURN(query.start, timeParameter(request, "start"));
    PH_ASSIGN_OR_RETURN(query.end, timeParameter(request, "end"));
    if (query.end < query.start) {
        return invalidParameter("end", "end timestamp must not be before start time");
    }
    const auto step = parseApiDuration(request.parameter("step"));
    if (!step.ok()) {
        return invalidParameter("step", std::string(step.status().message()));
    }
    if (*step <= absl::ZeroDuration()) {
        return invalidParameter(
            "step",
            "zero or negative query resolution step widths are not accepted. Try a positive "
            "integer");
    }
    query.step = *step;
    if ((query.end - query.start) / query.step > options.maxPoints) {
        return absl::InvalidArgumentError(fmt::format(
            "exceeded maximum resolution of {} points per timeseries. Try decreasing the query "
            "resolution (?step=XX)",
            withThousands(options.maxPoints)));
    }
    PH_ASSIGN_OR_RETURN(query.timeout, timeoutParameter(request));
    PH_RETURN_IF_ERROR(checkExpression(query.expression, options.compat));
    return query;
}

absl::StatusOr<SeriesFilter> seriesParameters(const platform::HttpRequest& request)
{
    SeriesFilter filter;
    if (!request.parameter("start").empty()) {
        PH_ASSIGN_OR_RETURN(filter.start, timeParameter(request, "start"));
    }
    if (!request.parameter("end").empty()) {
        PH_ASSIGN_OR_RETURN(filter.end, timeParameter(request, "end"));
    }
    filter.matches = request.parametersNamed("match[]");
    for (const std::string& match : filter.matches) {
        if (const auto selector = promql::parseSelector(match); !selector.ok()) {
            return invalidParameter("match[]", std::string(selector.status().message()));
        }
    }
    if (const std::string_view text = request.parameter("limit"); !text.empty()) {
        const auto limit = plainNumber(text);
        if (!limit || *limit < 0 || *limit > 1e15) {
            return invalidParameter("limit", "limit must be non-negative");
        }
        filter.limit = static_cast<std::size_t>(*limit);
    }
    return filter;
}

} // namespace pilothouse::metrics
