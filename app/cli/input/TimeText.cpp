// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/input/TimeText.h"

#include "shared/base/StatusHelpers.h"

#include <absl/strings/numbers.h>
#include <fmt/format.h>

#include <array>
#include <cmath>

namespace pilothouse::cli {

namespace {

struct Unit
{
    std::string_view name;
    absl::Duration length;
};

// Longer names first where one begins with another.
const std::array kUnits = {
    Unit{"ms", absl::Milliseconds(1)},
    Unit{"s", absl::Seconds(1)},
    Unit{"m", absl::Minutes(1)},
    Unit{"h", absl::Hours(1)},
    Unit{"d", absl::Hours(24)},
    Unit{"w", absl::Hours(24 * 7)},
    Unit{"y", absl::Hours(24 * 365)},
};
// Far beyond any retention, well inside what a timestamp can say.
constexpr double kMaxSeconds = 1e11;

absl::Status badDuration(std::string_view text)
{
    return withHint(
        absl::InvalidArgumentError(fmt::format("bad duration '{}'", text)),
        "Write it like 30s, 5m or 1h30m.");
}

absl::Status badTime(std::string_view text)
{
    return withHint(
        absl::InvalidArgumentError(fmt::format("bad time '{}'", text)),
        "Write it like now, -30m, 2026-03-01T12:00:00Z or as seconds since 1970.");
}

bool parseSeconds(std::string_view text, double& seconds)
{
    const bool isPlain = !text.empty() && text.find_first_not_of("0123456789.") == text.npos;
    return isPlain && absl::SimpleAtod(std::string(text), &seconds) && seconds <= kMaxSeconds;
}

const Unit* unitAt(std::string_view text)
{
    for (const auto& unit : kUnits) {
        if (text.starts_with(unit.name)) {
            return &unit;
        }
    }
    return nullptr;
}

} // namespace

absl::StatusOr<absl::Duration> parseDuration(std::string_view text)
{
    double seconds = 0;
    if (parseSeconds(text, seconds)) {
        return absl::Seconds(seconds);
    }
    absl::Duration sum;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t digits = rest.find_first_not_of("0123456789.");
        double number = 0;
        if (digits == 0 || digits == rest.npos || !parseSeconds(rest.substr(0, digits), number)) {
            return badDuration(text);
        }
        rest.remove_prefix(digits);
        const Unit* unit = unitAt(rest);
        if (unit == nullptr) {
            return badDuration(text);
        }
        rest.remove_prefix(unit->name.size());
        sum += number * unit->length;
    }
    if (text.empty() || sum > absl::Seconds(kMaxSeconds)) {
        return badDuration(text);
    }
    return sum;
}

absl::StatusOr<absl::Time> parseTime(std::string_view text, absl::Time now)
{
    if (text == "now") {
        return now;
    }
    if (text.starts_with('-') || text.starts_with('+')) {
        const auto offset = parseDuration(text.substr(1));
        if (!offset.ok()) {
            return badTime(text);
        }
        return text.front() == '-' ? now - *offset : now + *offset;
    }
    double seconds = 0;
    if (parseSeconds(text, seconds)) {
        return absl::UnixEpoch() + absl::Seconds(seconds);
    }
    absl::Time time;
    for (const char* format :
         {"%Y-%m-%d%ET%H:%M:%E*S%Ez", "%Y-%m-%d %H:%M:%E*S", "%Y-%m-%d %H:%M", "%Y-%m-%d"}) {
        if (absl::ParseTime(format, std::string(text), &time, nullptr)) {
            return time;
        }
    }
    return badTime(text);
}

std::string shortDuration(absl::Duration duration)
{
    if (duration < absl::ZeroDuration()) {
        return "-" + shortDuration(-duration);
    }
    if (duration == absl::InfiniteDuration()) {
        return "-";
    }
    const auto whole = [](absl::Duration value, absl::Duration unit) {
        return absl::IDivDuration(value, unit, &value);
    };
    if (duration >= absl::Hours(24)) {
        return fmt::format(
            "{} d {} h", whole(duration, absl::Hours(24)), whole(duration, absl::Hours(1)) % 24);
    }
    if (duration >= absl::Hours(1)) {
        return fmt::format(
            "{} h {} min", whole(duration, absl::Hours(1)), whole(duration, absl::Minutes(1)) % 60);
    }
    if (duration >= absl::Minutes(1)) {
        return fmt::format(
            "{} min {} s",
            whole(duration, absl::Minutes(1)),
            whole(duration, absl::Seconds(1)) % 60);
    }
    if (duration >= absl::Seconds(1)) {
        return fmt::format("{:.1f} s", absl::ToDoubleSeconds(duration));
    }
    if (duration >= absl::Milliseconds(10)) {
        return fmt::format("{} ms", whole(duration, absl::Milliseconds(1)));
    }
    return fmt::format("{:.2f} ms", absl::ToDoubleMilliseconds(duration));
}

std::string shortTime(absl::Time time)
{
    if (time == absl::InfinitePast() || time == absl::InfiniteFuture()) {
        return "-";
    }
    return absl::FormatTime("%Y-%m-%d %H:%M:%S", time, absl::UTCTimeZone());
}

std::string sinceText(absl::Time time, absl::Time now)
{
    if (time == absl::InfinitePast() || time == absl::InfiniteFuture()) {
        return "never";
    }
    return time > now ? "in " + shortDuration(time - now) : shortDuration(now - time) + " ago";
}

} // namespace pilothouse::cli
