// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/jobs/CronField.h"
#include "shared/jobs/Schedule.h"

#include <absl/status/statusor.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <string>
#include <string_view>

namespace pilothouse::jobs {

/// A cron expression in a time zone: minute, hour, day of month, month, day of week, or @hourly,
/// @daily, @weekly, @monthly, @yearly. When both days are restricted, either is enough.
///
/// When clocks change:
/// - With a star in the hour field ("*/10 * * * *", "0 */2 * * *") the expression goes by elapsed
///   time: nothing runs in the hour that is left out, everything runs in both of a repeated hour.
/// - Otherwise it names times of day: one in the hour that is left out runs once, at the moment
///   the clock goes forward; one in a repeated hour runs in the first of the two only.
class Cron
{
public:
    /// INVALID_ARGUMENT with the field that is wrong, for an unknown time zone, and for an
    /// expression that never comes true ("0 0 30 2 *"). An empty zone is UTC.
    static absl::StatusOr<Cron> parse(std::string_view expression, std::string_view timeZone);

    /// The first time after `time`; the infinite future when there is none before the year 9999.
    absl::Time next(absl::Time time) const;
    /// The last time at or before `time` that is after `after`; InfinitePast when there is none.
    /// `passed` counts how many there were.
    struct Latest
    {
        absl::Time time = absl::InfinitePast();
        int passed = 0;
    };
    Latest latest(absl::Time after, absl::Time time) const;
    SchedulePreview preview(absl::Time after, int count) const;
    /// "at 02:30 every day (Europe/Berlin)"
    std::string describe() const;

private:
    bool matchesDay(absl::CivilDay day) const;
    absl::Time nextElapsed(absl::Time time) const;
    absl::Time nextOfDay(absl::Time time) const;
    std::string describeTimes() const;
    std::string describeDays() const;

    CronField m_minute;
    CronField m_hour;
    CronField m_day;
    CronField m_month;
    CronField m_weekday;
    absl::TimeZone m_zone;
};

} // namespace pilothouse::jobs
