// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/ElementFunctions.h"

#include "shared/metrics/promql/Block.h"

#include <chrono>
#include <cmath>
#include <limits>
#include <numbers>
#include <optional>

namespace pilothouse::metrics::promql {

namespace {

/// Go's math.Max and math.Min: NaN wins over everything but the infinity that would win anyway.
double greater(double left, double right)
{
    const double infinity = std::numeric_limits<double>::infinity();
    if (left == infinity || right == infinity) {
        return infinity;
    }
    return std::isnan(left) || std::isnan(right) ? std::numeric_limits<double>::quiet_NaN()
                                                 : std::fmax(left, right);
}

double lesser(double left, double right)
{
    return -greater(-left, -right);
}

double clamp(double value, double least, double most)
{
    return most < least ? absentValue() : greater(least, lesser(most, value));
}

double roundTo(double value, double nearest)
{
    // The inverse causes fewer inaccuracies than the division.
    const double inverse = 1.0 / nearest;
    return std::floor(value * inverse + 0.5) / inverse;
}

double sign(double value)
{
    return value < 0 ? -1 : value > 0 ? 1 : value;
}

/// Go's conversion of a float to int64 on amd64: what does not fit becomes the least integer.
std::int64_t toInteger(double value)
{
    return value >= -9.2233720368547758e18 && value < 9.2233720368547758e18
               ? static_cast<std::int64_t>(value)
               : std::numeric_limits<std::int64_t>::min();
}

/// The proleptic Gregorian calendar for any number of seconds (std::chrono::year has 16 bits only).
/// Like Go it counts from the year -292277022399 and wraps around at the limits.
struct Date
{
    std::uint64_t days; // since the first of January of that year, a Monday
    std::uint64_t secondOfDay;
    std::int64_t year;
    unsigned month;
    unsigned day;

    explicit Date(std::int64_t seconds)
    {
        constexpr std::int64_t kFirstYear = -292277022399; // 1 modulo 400
        constexpr std::uint64_t kEpoch = 9223372028715321600ULL;
        constexpr std::uint64_t kDay = 86400;
        const std::uint64_t absolute = static_cast<std::uint64_t>(seconds) + kEpoch;
        days = absolute / kDay;
        secondOfDay = absolute % kDay;
        // Eras of 400 years that begin on a first of March, so that leap days come last.
        constexpr std::uint64_t kDaysPerEra = 146097;
        constexpr std::uint64_t kMarchToJanuary = 306;
        const std::uint64_t shifted = days + kMarchToJanuary;
        const auto era = static_cast<std::int64_t>(shifted / kDaysPerEra);
        const auto dayOfEra = static_cast<unsigned>(shifted % kDaysPerEra);
        const unsigned yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
        const unsigned dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        const unsigned monthFromMarch = (5 * dayOfYear + 2) / 153;
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        year = kFirstYear - 1 + static_cast<std::int64_t>(yearOfEra) + era * 400 +
               (month <= 2 ? 1 : 0);
    }

    bool isLeap() const { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
    int daysInMonth() const
    {
        constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
        return month == 2 && isLeap() ? 29 : kDays[month - 1];
    }
    int dayOfYear() const
    {
        constexpr int kBefore[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
        return kBefore[month - 1] + static_cast<int>(day) + (month > 2 && isLeap() ? 1 : 0);
    }
};

std::optional<double> datePart(FunctionId function, double value)
{
    const auto isDate = [&] {
        switch (function) {
        case FunctionId::DayOfMonth:
        case FunctionId::DayOfWeek:
        case FunctionId::DayOfYear:
        case FunctionId::DaysInMonth:
        case FunctionId::Hour:
        case FunctionId::Minute:
        case FunctionId::Month:
        case FunctionId::Year:
            return true;
        default:
            return false;
        }
    };
    if (!isDate()) {
        return std::nullopt;
    }
    const Date date(toInteger(value));
    switch (function) {
    case FunctionId::DayOfMonth:
        return date.day;
    case FunctionId::DayOfWeek:
        return static_cast<double>((date.days + 1) % 7);
    case FunctionId::DayOfYear:
        return date.dayOfYear();
    case FunctionId::DaysInMonth:
        return date.daysInMonth();
    case FunctionId::Hour:
        return std::floor(static_cast<double>(date.secondOfDay) / 3600);
    case FunctionId::Minute:
        return static_cast<double>(date.secondOfDay / 60 % 60);
    case FunctionId::Month:
        return date.month;
    default:
        return static_cast<double>(date.year);
    }
}

std::optional<double> trigonometric(FunctionId function, double value)
{
    switch (function) {
    case FunctionId::Acos:
        return std::acos(value);
    case FunctionId::Acosh:
        return std::acosh(value);
    case FunctionId::Asin:
        return std::asin(value);
    case FunctionId::Asinh:
        return std::asinh(value);
    case FunctionId::Atan:
        return std::atan(value);
    case FunctionId::Atanh:
        return std::atanh(value);
    case FunctionId::Cos:
        return std::cos(value);
    case FunctionId::Cosh:
        return std::cosh(value);
    case FunctionId::Sin:
        return std::sin(value);
    case FunctionId::Sinh:
        return std::sinh(value);
    case FunctionId::Tan:
        return std::tan(value);
    case FunctionId::Tanh:
        return std::tanh(value);
    case FunctionId::Deg:
        return value * 180 / std::numbers::pi;
    case FunctionId::Rad:
        return value * std::numbers::pi / 180;
    default:
        return std::nullopt;
    }
}

std::optional<double> arithmetic(
    FunctionId function, double value, std::span<const double> arguments)
{
    const double infinity = std::numeric_limits<double>::infinity();
    switch (function) {
    case FunctionId::Abs:
        return std::abs(value);
    case FunctionId::Ceil:
        return std::ceil(value);
    case FunctionId::Floor:
        return std::floor(value);
    case FunctionId::Exp:
        return std::exp(value);
    case FunctionId::Ln:
        return std::log(value);
    case FunctionId::Log2:
        return std::log2(value);
    case FunctionId::Log10:
        return std::log10(value);
    case FunctionId::Sqrt:
        return std::sqrt(value);
    case FunctionId::Sgn:
        return sign(value);
    case FunctionId::Round:
        return roundTo(value, arguments.empty() ? 1 : arguments[0]);
    case FunctionId::Clamp:
        return arguments.empty() ? value : clamp(value, arguments[0], arguments[1]);
    case FunctionId::ClampMax:
        return arguments.empty() ? value : clamp(value, -infinity, arguments[0]);
    case FunctionId::ClampMin:
        return arguments.empty() ? value : clamp(value, arguments[0], infinity);
    default:
        return std::nullopt;
    }
}

std::optional<double> element(FunctionId function, double value, std::span<const double> arguments)
{
    if (const auto result = arithmetic(function, value, arguments)) {
        return result;
    }
    if (const auto result = trigonometric(function, value)) {
        return result;
    }
    return datePart(function, value);
}

} // namespace

bool isElementFunction(FunctionId function)
{
    return element(function, 0, {}).has_value();
}

double applyElement(FunctionId function, double value, std::span<const double> arguments)
{
    return element(function, value, arguments).value_or(absentValue());
}

} // namespace pilothouse::metrics::promql
