// SPDX-License-Identifier: Apache-2.0
#include "shared/jobs/Cron.h"

#include "shared/base/StatusHelpers.h"

#include <absl/strings/str_split.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace pilothouse::jobs {

namespace {

using namespace std::string_view_literals;

constexpr std::array kMonths = {
    "jan"sv,
    "feb"sv,
    "mar"sv,
    "apr"sv,
    "may"sv,
    "jun"sv,
    "jul"sv,
    "aug"sv,
    "sep"sv,
    "oct"sv,
    "nov"sv,
    "dec"sv};
constexpr std::array kWeekdays = {"sun"sv, "mon"sv, "tue"sv, "wed"sv, "thu"sv, "fri"sv, "sat"sv};

constexpr CronField::Rules kMinuteRules{"minute", 0, 59, {}};
constexpr CronField::Rules kHourRules{"hour", 0, 23, {}};
constexpr CronField::Rules kDayRules{"day of month", 1, 31, {}};
constexpr CronField::Rules kMonthRules{"month", 1, 12, kMonths};
/// 0 and 7 are Sunday.
constexpr CronField::Rules kWeekdayRules{"day of week", 0, 7, kWeekdays};

/// 29 February comes back after eight years at the latest (1896 to 1904).
constexpr int kSearchDays = 8 * 366 + 1;
/// Times that are written out in a description.
constexpr int kTimesInWords = 6;

std::string expand(std::string_view expression)
{
    if (expression == "@hourly") {
        return "0 * * * *";
    }
    if (expression == "@daily" || expression == "@midnight") {
        return "0 0 * * *";
    }
    if (expression == "@weekly") {
        return "0 0 * * 0";
    }
    if (expression == "@monthly") {
        return "0 0 1 * *";
    }
    return expression == "@yearly" || expression == "@annually" ? "0 0 1 1 *"
                                                                : std::string(expression);
}

int weekdayOf(absl::CivilDay day)
{
    return (static_cast<int>(absl::GetWeekday(day)) + 1) % 7; // absl's week begins on Monday
}

/// The moment that a civil time names: the first of two, or the end of the gap that it falls into.
absl::Time momentOf(absl::CivilMinute minute, absl::TimeZone zone)
{
    const auto info = zone.At(absl::CivilSecond(minute));
    return info.kind == absl::TimeZone::TimeInfo::SKIPPED ? info.trans : info.pre;
}

} // namespace

absl::StatusOr<Cron> Cron::parse(std::string_view expression, std::string_view timeZone)
{
    const std::vector<std::string> fields =
        absl::StrSplit(expand(expression), absl::ByAnyChar(" \t"), absl::SkipEmpty());
    if (fields.size() != 5) {
        return withHint(
            absl::InvalidArgumentError(
                fmt::format("cron: '{}' has {} fields", expression, fields.size())),
            "Write five: minute, hour, day of month, month, day of week.");
    }
    Cron cron;
    PH_ASSIGN_OR_RETURN(cron.m_minute, CronField::parse(fields[0], kMinuteRules));
    PH_ASSIGN_OR_RETURN(cron.m_hour, CronField::parse(fields[1], kHourRules));
    PH_ASSIGN_OR_RETURN(cron.m_day, CronField::parse(fields[2], kDayRules));
    PH_ASSIGN_OR_RETURN(cron.m_month, CronField::parse(fields[3], kMonthRules));
    PH_ASSIGN_OR_RETURN(cron.m_weekday, CronField::parse(fields[4], kWeekdayRules));
    cron.m_zone = absl::UTCTimeZone();
    if (!timeZone.empty() && !absl::LoadTimeZone(std::string(timeZone), &cron.m_zone)) {
        return withHint(
            absl::InvalidArgumentError(fmt::format("there is no time zone '{}'", timeZone)),
            "Use a name such as Europe/Berlin or UTC.");
    }
    if (cron.next(absl::UnixEpoch()) == absl::InfiniteFuture()) {
        return absl::InvalidArgumentError(fmt::format("cron: '{}' never comes true", expression));
    }
    return cron;
}

bool Cron::matchesDay(absl::CivilDay day) const
{
    if (!m_month.has(day.month())) {
        return false;
    }
    const int weekday = weekdayOf(day);
    const bool isDay = m_day.has(day.day());
    const bool isWeekday = m_weekday.has(weekday) || (weekday == 0 && m_weekday.has(7));
    return m_day.isStar() || m_weekday.isStar() ? isDay && isWeekday : isDay || isWeekday;
}

absl::Time Cron::next(absl::Time time) const
{
    // Beyond these the calendar's own arithmetic overflows; a database's 'infinity' is.
    constexpr int kLastYear = 9999;
    const absl::Time earliest = absl::FromCivil(absl::CivilDay(1, 1, 1), absl::UTCTimeZone());
    const absl::Time latest = absl::FromCivil(absl::CivilDay(kLastYear, 1, 1), absl::UTCTimeZone());
    if (time >= latest) {
        return absl::InfiniteFuture();
    }
    const absl::Time from = std::max(time, earliest);
    return m_hour.isStar() ? nextElapsed(from) : nextOfDay(from);
}

absl::Time Cron::nextElapsed(absl::Time time) const
{
    const absl::CivilDay last = absl::ToCivilDay(time, m_zone) + kSearchDays;
    absl::Time candidate = absl::FromUnixSeconds((absl::ToUnixSeconds(time) / 60 + 1) * 60);
    while (true) {
        const absl::CivilSecond local = absl::ToCivilSecond(candidate, m_zone);
        const absl::CivilDay day(local);
        if (day > last) {
            return absl::InfiniteFuture();
        }
        if (!matchesDay(day)) {
            candidate = momentOf(absl::CivilMinute(day + 1), m_zone);
        } else if (!m_hour.has(local.hour())) {
            candidate += absl::Minutes(60 - local.minute());
        } else if (!m_minute.has(local.minute())) {
            candidate += absl::Minutes(1);
        } else {
            return candidate;
        }
    }
}

absl::Time Cron::nextOfDay(absl::Time time) const
{
    // A day earlier, because a time in a gap counts when the gap ends.
    absl::CivilDay day = absl::ToCivilDay(time, m_zone) - 1;
    for (int count = 0; count <= kSearchDays; ++count, ++day) {
        if (!matchesDay(day)) {
            continue;
        }
        for (int hour = 0; hour < 24; ++hour) {
            for (int minute = 0; m_hour.has(hour) && minute < 60; ++minute) {
                if (!m_minute.has(minute)) {
                    continue;
                }
                const absl::Time moment = momentOf(
                    absl::CivilMinute(day.year(), day.month(), day.day(), hour, minute), m_zone);
                if (moment > time) {
                    return moment;
                }
            }
        }
    }
    return absl::InfiniteFuture();
}

Cron::Latest Cron::latest(absl::Time after, absl::Time time) const
{
    // After a long absence there may be very many; how many exactly does not matter then.
    constexpr int kMostCounted = 10000;
    Latest result;
    absl::Time candidate = next(after);
    while (candidate <= time && result.passed < kMostCounted) {
        result.time = candidate;
        ++result.passed;
        candidate = next(candidate);
    }
    return result;
}

SchedulePreview Cron::preview(absl::Time after, int count) const
{
    SchedulePreview result;
    result.description = describe();
    absl::Time time = after;
    for (int index = 0; index < count; ++index) {
        time = next(time);
        if (time == absl::InfiniteFuture()) {
            break;
        }
        result.times.push_back(time);
    }
    return result;
}

std::string Cron::describe() const
{
    return fmt::format("{} {} ({})", describeTimes(), describeDays(), m_zone.name());
}

std::string Cron::describeTimes() const
{
    if (!m_hour.isStar() && m_hour.count() * m_minute.count() <= kTimesInWords) {
        std::vector<std::string> times;
        for (int hour = 0; hour < 24; ++hour) {
            for (int minute = 0; minute < 60; ++minute) {
                if (m_hour.has(hour) && m_minute.has(minute)) {
                    times.push_back(fmt::format("{:02}:{:02}", hour, minute));
                }
            }
        }
        return fmt::format("at {}", fmt::join(times, ", "));
    }
    std::string minutes = fmt::format("at minute {}", m_minute.text());
    if (m_minute.isEvery()) {
        minutes = "every minute";
    } else if (m_minute.isStar()) {
        minutes = fmt::format("every {} minutes", m_minute.text().substr(2));
    }
    if (m_hour.isEvery()) {
        return m_minute.isStar() ? minutes : minutes + " of every hour";
    }
    return m_hour.isStar() ? fmt::format("{} of every {} hours", minutes, m_hour.text().substr(2))
                           : fmt::format("{} of hour {}", minutes, m_hour.text());
}

std::string Cron::describeDays() const
{
    std::string days = "every day";
    const std::string ofMonth = fmt::format("on day {} of the month", m_day.text());
    const std::string ofWeek = fmt::format("on {}", m_weekday.text());
    if (!m_day.isEvery() && !m_weekday.isEvery()) {
        const bool isBoth = m_day.isStar() || m_weekday.isStar();
        days = fmt::format("{} {} {}", ofMonth, isBoth ? "and" : "or", ofWeek);
    } else if (!m_day.isEvery()) {
        days = ofMonth;
    } else if (!m_weekday.isEvery()) {
        days = ofWeek;
    }
    return m_month.isEvery() ? days : fmt::format("{} in month {}", days, m_month.text());
}

} // namespace pilothouse::jobs
