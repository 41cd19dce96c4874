// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/WhenText.h"

#include "ui/components/Format.h"
#include "ui/shell/ConnectionText.h"

#include <QCoreApplication>

#include <cmath>

namespace pilothouse::ui {

namespace {

class WhenWords
{
    Q_DECLARE_TR_FUNCTIONS(WhenText)
};

bool isKnown(absl::Time time)
{
    return time != absl::InfinitePast() && time != absl::InfiniteFuture();
}

absl::TimeZone zoneOf(TimeDisplay display)
{
    return display == TimeDisplay::Utc ? absl::UTCTimeZone() : absl::LocalTimeZone();
}

QString formatted(const char* format, absl::Time time, TimeDisplay display)
{
    return QString::fromStdString(absl::FormatTime(format, time, zoneOf(display)));
}

/// "12 s", "4 m", "3 h 20 m": steady while the row is looked at.
QString rough(double seconds)
{
    const bool isMinutes = seconds >= 60 && seconds < 3600;
    return formatDuration(isMinutes ? std::floor(seconds / 60) * 60 : std::floor(seconds));
}

} // namespace

QString whenText(absl::Time time, absl::Time now, TimeDisplay display)
{
    if (!isKnown(time)) {
        return QStringLiteral("–");
    }
    const absl::Duration age = now - time;
    if (absl::AbsDuration(age) < absl::Hours(24)) {
        const double seconds = absl::ToDoubleSeconds(absl::AbsDuration(age));
        if (seconds < 1) {
            return WhenWords::tr("now");
        }
        return age >= absl::ZeroDuration() ? WhenWords::tr("%1 ago").arg(rough(seconds))
                                           : WhenWords::tr("in %1").arg(rough(seconds));
    }
    const absl::TimeZone zone = zoneOf(display);
    const bool isThisYear = absl::ToCivilYear(time, zone) == absl::ToCivilYear(now, zone);
    return formatted(isThisYear ? "%m-%d %H:%M" : "%Y-%m-%d", time, display);
}

QString exactText(absl::Time time, TimeDisplay display)
{
    if (!isKnown(time)) {
        return QStringLiteral("–");
    }
    return formatted(
        display == TimeDisplay::Utc ? "%Y-%m-%d %H:%M:%S UTC" : "%Y-%m-%d %H:%M:%S %Z",
        time,
        display);
}

QString staleNote(const Session& session, TimeDisplay display)
{
    if (session.isFresh() || session.freshUntil() == absl::InfinitePast()) {
        return {};
    }
    return WhenWords::tr("as of %1").arg(clockText(session.freshUntil(), display));
}

} // namespace pilothouse::ui
