// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/TimePhrase.h"

#include <QDateTime>
#include <QStringList>

namespace pilothouse::ui {

namespace {

QTime parseClock(const QString& text)
{
    for (const char* format : {"H:mm", "H:mm:ss"}) {
        const QTime time = QTime::fromString(text, QLatin1String(format));
        if (time.isValid()) {
            return time;
        }
    }
    return {};
}

/// The day that a word names; invalid when it names none.
QDate parseDay(const QString& word, const QDate& today)
{
    if (word == QLatin1String("today")) {
        return today;
    }
    if (word == QLatin1String("yesterday")) {
        return today.addDays(-1);
    }
    return QDate::fromString(word, Qt::ISODate);
}

} // namespace

std::optional<absl::Time> parseMoment(const QString& text, absl::Time now, bool utc)
{
    const Qt::TimeSpec spec = utc ? Qt::UTC : Qt::LocalTime;
    const QDateTime present = QDateTime::fromMSecsSinceEpoch(absl::ToUnixMillis(now), spec);
    const QStringList words = text.simplified().toLower().split(QLatin1Char(' '));
    QDate day = parseDay(words.front(), present.date());
    QTime clock(0, 0);
    const bool hasDay = day.isValid();
    if (words.size() > (hasDay ? 2 : 1)) {
        return std::nullopt;
    }
    if (!hasDay || words.size() == 2) {
        clock = parseClock(words.back());
        if (!clock.isValid()) {
            return std::nullopt;
        }
    }
    if (!hasDay) {
        // A time of the day alone is the last one that was.
        day = clock <= present.time() ? present.date() : present.date().addDays(-1);
    }
    const QDateTime moment(day, clock, spec);
    if (!moment.isValid() || moment >= present) {
        return std::nullopt;
    }
    return absl::FromUnixMillis(moment.toMSecsSinceEpoch());
}

} // namespace pilothouse::ui
