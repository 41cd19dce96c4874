// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/support/Report.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>

namespace pilothouse::bench {

namespace {

/// Three digits that count, without an exponent.
std::string shown(double value)
{
    const double size = std::abs(value);
    const int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return fmt::format("{:.{}f}", value, decimals);
}

std::string shown(const Report::Side& side, std::string_view unit)
{
    return fmt::format("{:<12} {:>8} {:<9}", side.name, shown(side.value), unit);
}

std::string shown(const Aim& aim, double figure)
{
    return fmt::format(
        "aim {} {:<6} {}",
        aim.direction == Direction::AtMost ? "<=" : ">=",
        shown(aim.value),
        aim.isMetBy(figure) ? "met" : "NOT MET");
}

} // namespace

Report::Report(std::string_view benchmark) : m_benchmark(benchmark) {}

void Report::line(std::string_view what, const std::string& text)
{
    fmt::print("{:<13} {:<38} {}\n", m_benchmark, what, text);
    std::fflush(stdout);
}

void Report::ratio(
    std::string_view what, std::string_view unit, const Side& ours, const Side& peer, Aim aim)
{
    const double ratio = ours.value / peer.value;
    m_missed += aim.isMetBy(ratio) ? 0 : 1;
    line(
        what,
        fmt::format(
            "{} {} ratio {:>6}  {}",
            shown(ours, unit),
            shown(peer, unit),
            shown(ratio),
            shown(aim, ratio)));
}

void Report::figure(std::string_view what, std::string_view unit, double value, Aim aim)
{
    m_missed += aim.isMetBy(value) ? 0 : 1;
    line(what, fmt::format("{:>8} {:<9} {}", shown(value), unit, shown(aim, value)));
}

void Report::fact(std::string_view what, std::string_view unit, double value)
{
    line(what, fmt::format("{:>8} {}", shown(value), unit));
}

void Report::fact(std::string_view what, std::string_view unit, const Side& ours, const Side& peer)
{
    line(
        what,
        fmt::format(
            "{} {} ratio {:>6}",
            shown(ours, unit),
            shown(peer, unit),
            shown(ours.value / peer.value)));
}

} // namespace pilothouse::bench
