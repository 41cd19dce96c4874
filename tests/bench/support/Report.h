// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace pilothouse::bench {

enum class Direction { AtMost, AtLeast };

struct Aim
{
    Direction direction = Direction::AtMost;
    double value = 0;

    constexpr bool isMetBy(double figure) const
    {
        return direction == Direction::AtMost ? figure <= value : figure >= value;
    }
};

constexpr Aim atMost(double value)
{
    return {Direction::AtMost, value};
}
constexpr Aim atLeast(double value)
{
    return {Direction::AtLeast, value};
}

/// Prints the figures of one benchmark, each on a line of its own: what was measured, ours, that of
/// the peer or floor of the same run, their ratio, the aim, and whether it is met.
class Report
{
public:
    explicit Report(std::string_view benchmark);

    /// One side of a comparison; the unit stands behind the value ("s", "us/call").
    struct Side
    {
        std::string_view name;
        double value = 0;
    };
    /// `ours` divided by `peer`, held against the aim.
    void ratio(
        std::string_view what, std::string_view unit, const Side& ours, const Side& peer, Aim aim);
    /// A figure that has no peer, held against the aim itself.
    void figure(std::string_view what, std::string_view unit, double value, Aim aim);
    /// A figure without an aim, for the reader.
    void fact(std::string_view what, std::string_view unit, double value);
    /// The same of a comparison.
    void fact(std::string_view what, std::string_view unit, const Side& ours, const Side& peer);

    /// What main() returns: 0 when every aim is met, kMissed otherwise.
    int exitCode() const { return m_missed == 0 ? 0 : kMissed; }
    static constexpr int kMissed = 3;

private:
    void line(std::string_view what, const std::string& text);

    const std::string m_benchmark;
    int m_missed = 0;
};

} // namespace pilothouse::bench
