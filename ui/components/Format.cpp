// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/Format.h"

#include <QDateTime>
#include <QLocale>

#include <array>
#include <cmath>

namespace pilothouse::ui {

namespace {

constexpr QChar kThinSpace(0x2009);
constexpr QChar kMinus(0x2212);

struct Prefix
{
    double factor;
    const char* text;
};

constexpr std::array<Prefix, 6> kSi{
    {{1e15, "P"}, {1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}}};
constexpr std::array<Prefix, 5> kIec{
    {{1099511627776.0, "TiB"},
     {1073741824.0, "GiB"},
     {1048576.0, "MiB"},
     {1024.0, "KiB"},
     {1, "B"}}};
constexpr std::array<Prefix, 3> kSmallSeconds{{{1, "s"}, {1e-3, "ms"}, {1e-6, "µs"}}};

template <std::size_t N>
const Prefix& pick(const std::array<Prefix, N>& prefixes, double size)
{
    for (const Prefix& prefix : prefixes) {
        // 0.9995 rounds to 1.00 at three digits, so it belongs to the larger prefix already.
        if (size >= prefix.factor * 0.9995) {
            return prefix;
        }
    }
    return prefixes.back();
}

/// Three significant digits without an exponent.
QString digits(double value)
{
    const double size = std::abs(value);
    int decimals = 0;
    if (size > 0 && size < 99.95) {
        decimals = size < 9.995 ? 2 : 1;
        if (size < 0.9995) {
            decimals = std::min(6, 2 - static_cast<int>(std::floor(std::log10(size))));
        }
    }
    QString text = QLocale::c().toString(size, 'f', decimals);
    if (text.contains(QLatin1Char('.'))) {
        while (text.endsWith(QLatin1Char('0'))) {
            text.chop(1);
        }
        if (text.endsWith(QLatin1Char('.'))) {
            text.chop(1);
        }
    }
    return value < 0 && text != QLatin1String("0") ? QString(kMinus + text) : text;
}

template <std::size_t N>
Quantity scaled(double value, const std::array<Prefix, N>& prefixes, const QString& suffix)
{
    const Prefix& prefix = pick(prefixes, std::abs(value));
    return {digits(value / prefix.factor), QString::fromUtf8(prefix.text) + suffix};
}

} // namespace

QString Quantity::text() const
{
    return unit.isEmpty() ? number : QString(number + kThinSpace + unit);
}

Quantity formatValue(double value, Unit unit)
{
    if (std::isnan(value)) {
        return {QStringLiteral("–"), {}};
    }
    if (std::isinf(value)) {
        return {value < 0 ? QStringLiteral("−∞") : QStringLiteral("∞"), {}};
    }
    switch (unit) {
    case Unit::PerSecond:
        return scaled(value, kSi, QStringLiteral("/s"));
    case Unit::Bytes:
        return scaled(value, kIec, {});
    case Unit::BytesPerSecond:
        return scaled(value, kIec, QStringLiteral("/s"));
    case Unit::Ratio:
        return {digits(value * 100), QStringLiteral("%")};
    case Unit::Seconds:
        if (std::abs(value) >= 60) {
            return {
                (value < 0 ? QString(kMinus) : QString()) + formatDuration(std::abs(value)), {}};
        }
        if (value == 0) {
            return {QStringLiteral("0"), QStringLiteral("s")};
        }
        return scaled(value, kSmallSeconds, {});
    case Unit::None:
        break;
    }
    return scaled(value, kSi, {});
}

AxisUnit axisUnit(double largest, Unit unit)
{
    const double size = std::abs(largest);
    switch (unit) {
    case Unit::Ratio:
        return {0.01, QStringLiteral("%")};
    case Unit::Bytes:
    case Unit::BytesPerSecond: {
        const Prefix& prefix = pick(kIec, size);
        return {
            prefix.factor,
            QString::fromUtf8(prefix.text) +
                (unit == Unit::Bytes ? QString() : QStringLiteral("/s"))};
    }
    case Unit::Seconds:
        if (size > 0 && size < 1) {
            const Prefix& prefix = pick(kSmallSeconds, size);
            return {prefix.factor, QString::fromUtf8(prefix.text)};
        }
        if (size >= 3600) {
            return {3600, QStringLiteral("h")};
        }
        return {1, QStringLiteral("s")};
    case Unit::PerSecond:
    case Unit::None:
        break;
    }
    const Prefix& prefix = pick(kSi, size);
    return {
        prefix.factor,
        QString::fromUtf8(prefix.text) +
            (unit == Unit::PerSecond ? QStringLiteral("/s") : QString())};
}

QString formatTick(double value, double step)
{
    const int decimals =
        step > 0 ? std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 6) : 0;
    const QString text = QLocale::c().toString(std::abs(value), 'f', decimals);
    const bool zero = std::abs(value) < step * 1e-6;
    return value < 0 && !zero ? QString(kMinus + text) : text;
}

QString formatDuration(double seconds)
{
    const auto join = [](qint64 large, char largeUnit, qint64 small, char smallUnit) {
        QString text = QString::number(large) + kThinSpace + QLatin1Char(largeUnit);
        if (small > 0) {
            text += QLatin1Char(' ') + QString::number(small) + kThinSpace + QLatin1Char(smallUnit);
        }
        return text;
    };
    if (seconds < 0.9995) {
        return QString::number(std::lround(seconds * 1000)) + kThinSpace + QStringLiteral("ms");
    }
    const auto whole = static_cast<qint64>(std::llround(seconds));
    if (whole < 60) {
        return QString::number(whole) + kThinSpace + QLatin1Char('s');
    }
    if (whole < 3600) {
        return join(whole / 60, 'm', whole % 60, 's');
    }
    if (whole < 86400) {
        return join(whole / 3600, 'h', whole % 3600 / 60, 'm');
    }
    return join(whole / 86400, 'd', whole % 86400 / 3600, 'h');
}

QString formatAge(double seconds)
{
    constexpr double kMinute = 60;
    constexpr double kHour = 60 * kMinute;
    constexpr double kDay = 24 * kHour;
    const auto whole = [](double value) { return QString::number(std::floor(value), 'f', 0); };
    const QChar gap(0x2009);
    if (seconds < 2 * kMinute) {
        return whole(seconds) + gap + QLatin1Char('s');
    }
    if (seconds < 2 * kHour) {
        return whole(seconds / kMinute) + gap + QLatin1Char('m');
    }
    if (seconds < 2 * kDay) {
        return whole(seconds / kHour) + gap + QLatin1Char('h');
    }
    return whole(seconds / kDay) + gap + QLatin1Char('d');
}

QString formatCount(qint64 count)
{
    QString text = QString::number(std::abs(count));
    for (qsizetype at = text.size() - 3; at > 0; at -= 3) {
        text.insert(at, kThinSpace);
    }
    return count < 0 ? QString(kMinus + text) : text;
}

QString formatClock(std::int64_t ms, bool utc)
{
    return QDateTime::fromMSecsSinceEpoch(ms, utc ? Qt::UTC : Qt::LocalTime)
        .toString(QStringLiteral("HH:mm:ss"));
}

Unit unitOfMetric(const QString& name, const QString& declaredUnit)
{
    static constexpr std::array<std::pair<const char*, Unit>, 4> kUnits{
        {{"seconds", Unit::Seconds},
         {"bytes", Unit::Bytes},
         {"ratio", Unit::Ratio},
         {"per_second", Unit::PerSecond}}};
    QString base = name;
    for (const char* suffix : {"_total", "_bucket", "_sum", "_count"}) {
        if (base.endsWith(QLatin1String(suffix))) {
            base.chop(static_cast<qsizetype>(qstrlen(suffix)));
            if (qstrcmp(suffix, "_count") == 0) {
                return Unit::None;
            }
        }
    }
    for (const auto& [text, unit] : kUnits) {
        if (declaredUnit == QLatin1String(text) ||
            base.endsWith(QLatin1Char('_') + QLatin1String(text))) {
            return unit;
        }
    }
    return Unit::None;
}

} // namespace pilothouse::ui
