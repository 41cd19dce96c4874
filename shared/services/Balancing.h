// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace pilothouse::services {

enum class Strategy {
    /// In turn, by weight.
    RoundRobin,
    /// The fewest calls under way for its weight.
    LeastConnections,
    /// At random, the faster the more often.
    WeightedResponseTime,
    /// The best health by load.
    HealthAware,
    /// The better of two at random, by response time and calls under way.
    PowerOfTwo,
};

inline constexpr std::array kStrategies = {
    Strategy::RoundRobin,
    Strategy::LeastConnections,
    Strategy::WeightedResponseTime,
    Strategy::HealthAware,
    Strategy::PowerOfTwo};

/// "round-robin", "least-connections", "weighted-response-time", "health-aware", "power-of-two".
std::string_view strategyName(Strategy strategy);
std::optional<Strategy> strategyOf(std::string_view name);

/// What a strategy looks at.
struct Candidate
{
    /// 1 = usual.
    double weight = 1;
    /// Calls under way, and waiting where the program says so.
    double connections = 0;
    /// 0 = not known.
    double responseSeconds = 0;
    double peakSeconds = 0;
    /// 0 to 1.
    double health = 1;
    /// Round robin's memory of this instance.
    double* turn = nullptr;
};

/// Random numbers that are the same again for the same seed.
class Dice
{
public:
    explicit Dice(std::uint64_t seed) : m_state(seed) {}

    /// 0 ≤ number < 1
    double number();
    /// 0 ≤ index < count
    std::size_t index(std::size_t count);

private:
    std::uint64_t m_state;
};

/// Which of `count` candidates takes the next call; `count` > 0. `at` may be called often, or only
/// for some.
std::size_t choose(
    Strategy strategy,
    std::size_t count,
    const std::function<Candidate(std::size_t)>& at,
    Dice& dice);

/// Health by load: 1 for a healthy instance without calls that is as fast as the fastest.
double scoreOf(const Candidate& candidate, double fastestSeconds);

} // namespace pilothouse::services
