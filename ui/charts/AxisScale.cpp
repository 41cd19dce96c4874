// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/AxisScale.h"

#include <QCoreApplication>
#include <QDateTime>

#include <algorithm>
#include <array>
#include <cmath>

namespace pilothouse::ui {

namespace {

constexpr std::int64_t kSecond = 1000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

constexpr std::array<std::int64_t, 22> kTimeSteps{
    kSecond,  2 * kSecond, 5 * kSecond, 10 * kSecond, 15 * kSecond, 30 * kSecond,
    kMinute,  2 * kMinute, 5 * kMinute, 10 * kMinute, 15 * kMinute, 30 * kMinute,
    kHour,    2 * kHour,   3 * kHour,   6 * kHour,    12 * kHour,   kDay,
    2 * kDay, 7 * kDay,    30 * kDay,   90 * kDay};

/// 1, 2, 2.5 or 5 times a power of ten, not below `rough`.
double roundStep(double rough)
{
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    for (const double factor : {1.0, 2.0, 2.5, 5.0}) {
        if (rough <= factor * power * (1 + 1e-9)) {
            return factor * power;
        }
    }
    return 10 * power;
}

/// The unit without its prefix, which the ticks of a logarithmic axis leave to the axis: the margin
/// holds no whole "512 MiB/s".
QString baseOf(Unit unit)
{
    switch (unit) {
    case Unit::Bytes:
        return QStringLiteral("B");
    case Unit::BytesPerSecond:
        return QStringLiteral("B/s");
    case Unit::PerSecond:
        return QStringLiteral("/s");
    default:
        return {};
    }
}

QString logLabel(double value, Unit unit)
{
    Quantity quantity = formatValue(value, unit);
    const QString base = baseOf(unit);
    if (!base.isEmpty() && quantity.unit.endsWith(base)) {
        quantity.unit.chop(base.size());
    }
    return quantity.text();
}

/// Data of one value, or none, still gets an axis with height.
void widen(double& least, double& greatest)
{
    if (!(least <= greatest)) {
        least = 0;
        greatest = 1;
    } else if (greatest - least < std::abs(greatest) * 1e-9 || least == greatest) {
        if (least == 0) {
            greatest = 1;
        } else {
            const double room = std::abs(greatest) * 0.1;
            least -= room;
            greatest += room;
        }
    }
}

} // namespace

double ValueScale::toPixel(double value, double height) const
{
    if (!isLog) {
        return height * (1 - (value - low) / (high - low));
    }
    return value > 0 ? height * (1 - std::log(value / low) / std::log(high / low)) : height;
}

ValueScale valueScale(double least, double greatest, Unit unit, int most)
{
    const bool wholeRatio = unit == Unit::Ratio && greatest <= 1 && least >= 0;
    // Narrow band far from zero: below a third of the axis would be used.
    const bool fromZero = least >= 0 && (least == greatest || greatest - least > greatest * 0.3);
    widen(least, greatest);
    if (fromZero) {
        least = 0;
    } else if (least >= 0) {
        least = std::max(0.0, least - (greatest - least) * 0.05);
    }
    const AxisUnit axis = axisUnit(std::max(std::abs(least), std::abs(greatest)), unit);
    const double step = roundStep((greatest - least) / axis.factor / std::max(1, most - 1));
    ValueScale scale;
    scale.unit = axis.unit;
    const double first = std::floor(least / axis.factor / step + 1e-9);
    double last = std::ceil(greatest / axis.factor / step - 1e-9);
    if (wholeRatio) {
        last = std::min(last, std::floor(100 / step + 1e-9));
    }
    last = std::max(last, first + 1);
    scale.low = first * step * axis.factor;
    scale.high = last * step * axis.factor;
    for (double at = first; at <= last + 0.5; at += 1) {
        scale.ticks.push_back({at * step * axis.factor, formatTick(at * step, step)});
    }
    return scale;
}

ValueScale logScale(double least, double greatest, Unit unit, int most)
{
    const bool isBytes = unit == Unit::Bytes || unit == Unit::BytesPerSecond;
    const double base = isBytes ? 2 : 10;
    const double logBase = std::log(base);
    const double first = std::floor(std::log(least) / logBase + 1e-9);
    const double last = std::max(first + 1, std::ceil(std::log(greatest) / logBase - 1e-9));
    const double step = std::max(1.0, std::ceil((last - first) / std::max(1, most - 1)));
    ValueScale scale;
    scale.isLog = true;
    scale.low = std::pow(base, first);
    scale.high = std::pow(base, last);
    for (double at = first; at <= last + 0.5; at += step) {
        const double value = std::pow(base, at);
        scale.ticks.push_back({value, logLabel(value, unit)});
    }
    scale.unit = QCoreApplication::translate("AxisScale", "%1 log").arg(baseOf(unit)).trimmed();
    return scale;
}

std::vector<AxisTick> timeTicks(std::int64_t from, std::int64_t to, int most, bool utc)
{
    std::vector<AxisTick> ticks;
    if (to <= from || most < 1) {
        return ticks;
    }
    const Qt::TimeSpec spec = utc ? Qt::UTC : Qt::LocalTime;
    const auto step = *std::ranges::find_if(
        kTimeSteps.begin(), kTimeSteps.end() - 1, [&](std::int64_t candidate) {
            return (to - from) / candidate < most;
        });
    // Round in wall-clock time: a local midnight is not a multiple of 24 h since the epoch.
    const std::int64_t offset =
        QDateTime::fromMSecsSinceEpoch(from, spec).offsetFromUtc() * kSecond;
    std::int64_t at = (from + offset + step - 1) / step * step - offset;
    QString format = QStringLiteral("HH:mm");
    if (step < kMinute) {
        format = QStringLiteral("HH:mm:ss");
    } else if (step >= kDay) {
        format = QStringLiteral("d MMM");
    }
    for (; at <= to; at += step) {
        const QDateTime time = QDateTime::fromMSecsSinceEpoch(at, spec);
        const bool midnight = step < kDay && time.time() == QTime(0, 0) && to - from > 6 * kHour;
        ticks.push_back(
            {static_cast<double>(at), time.toString(midnight ? QStringLiteral("d MMM") : format)});
    }
    return ticks;
}

} // namespace pilothouse::ui
