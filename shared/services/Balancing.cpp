// SPDX-License-Identifier: Apache-2.0
#include "shared/services/Balancing.h"

#include <algorithm>
#include <limits>
#include <vector>

namespace pilothouse::services {

namespace {

using At = std::function<Candidate(std::size_t)>;

constexpr std::array<std::string_view, kStrategies.size()> kNames = {
    "round-robin", "least-connections", "weighted-response-time", "health-aware", "power-of-two"};

/// A call to an instance of which nothing is known yet is worth a try; the second at the same time
/// is not.
constexpr double kUnknownSeconds = 1;

/// The least by `cost`; of equal ones any, so that many servers do not all choose the first.
template <typename Cost>
std::size_t least(std::size_t count, Cost cost, Dice& dice)
{
    std::size_t best = 0;
    double lowest = std::numeric_limits<double>::infinity();
    std::size_t equals = 0;
    for (std::size_t index = 0; index < count; ++index) {
        const double mine = cost(index);
        if (mine < lowest) {
            best = index;
            lowest = mine;
            equals = 1;
        } else if (mine == lowest && dice.index(++equals) == 0) {
            best = index;
        }
    }
    return best;
}

/// Smooth weighted round robin: every turn each gets its weight, the richest is chosen and pays for
/// all.
std::size_t inTurn(std::size_t count, const At& at)
{
    std::size_t best = 0;
    double most = -std::numeric_limits<double>::infinity();
    double total = 0;
    double* payer = nullptr;
    for (std::size_t index = 0; index < count; ++index) {
        const Candidate candidate = at(index);
        *candidate.turn += candidate.weight;
        total += candidate.weight;
        if (*candidate.turn > most) {
            best = index;
            most = *candidate.turn;
            payer = candidate.turn;
        }
    }
    *payer -= total;
    return best;
}

std::size_t byConnections(std::size_t count, const At& at, Dice& dice)
{
    return least(
        count,
        [&](std::size_t index) {
            const Candidate candidate = at(index);
            return (candidate.connections + 1) / candidate.weight;
        },
        dice);
}

double fastestOf(std::size_t count, const At& at)
{
    double fastest = std::numeric_limits<double>::infinity();
    for (std::size_t index = 0; index < count; ++index) {
        const double mine = at(index).responseSeconds;
        fastest = mine > 0 ? std::min(fastest, mine) : fastest;
    }
    return fastest == std::numeric_limits<double>::infinity() ? 0 : fastest;
}

std::size_t byResponseTime(std::size_t count, const At& at, Dice& dice)
{
    const double fastest = fastestOf(count, at);
    std::vector<double> upTo(count);
    double total = 0;
    for (std::size_t index = 0; index < count; ++index) {
        const Candidate candidate = at(index);
        // Who is not known yet is taken for fast, and soon is known.
        const double relative =
            candidate.responseSeconds > 0 ? candidate.responseSeconds / fastest : 1;
        total += candidate.weight / relative;
        upTo[index] = total;
    }
    const double chosen = dice.number() * total;
    const auto found = std::ranges::upper_bound(upTo, chosen);
    return std::min(static_cast<std::size_t>(found - upTo.begin()), count - 1);
}

std::size_t byScore(std::size_t count, const At& at, Dice& dice)
{
    const double fastest = fastestOf(count, at);
    return least(
        count, [&](std::size_t index) { return -scoreOf(at(index), fastest); }, dice);
}

double costOf(const Candidate& candidate)
{
    if (candidate.peakSeconds <= 0) {
        return candidate.connections * kUnknownSeconds / candidate.weight;
    }
    return candidate.peakSeconds * (candidate.connections + 1) / candidate.weight /
           std::max(candidate.health, 0.01);
}

std::size_t byTwo(std::size_t count, const At& at, Dice& dice)
{
    if (count == 1) {
        return 0;
    }
    const std::size_t first = dice.index(count);
    const std::size_t other = dice.index(count - 1);
    const std::size_t second = other < first ? other : other + 1;
    return costOf(at(second)) < costOf(at(first)) ? second : first;
}

} // namespace

std::string_view strategyName(Strategy strategy)
{
    return kNames[static_cast<std::size_t>(strategy)];
}

std::optional<Strategy> strategyOf(std::string_view name)
{
    for (const Strategy strategy : kStrategies) {
        if (strategyName(strategy) == name) {
            return strategy;
        }
    }
    return std::nullopt;
}

double Dice::number()
{
    // SplitMix64.
    m_state += 0x9e3779b97f4a7c15ULL;
    std::uint64_t mixed = m_state;
    mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebULL;
    mixed ^= mixed >> 31U;
    return static_cast<double>(mixed >> 11U) * 0x1.0p-53;
}

std::size_t Dice::index(std::size_t count)
{
    return std::min(static_cast<std::size_t>(number() * static_cast<double>(count)), count - 1);
}

std::size_t choose(Strategy strategy, std::size_t count, const At& at, Dice& dice)
{
    switch (strategy) {
    case Strategy::RoundRobin:
        return inTurn(count, at);
    case Strategy::LeastConnections:
        return byConnections(count, at, dice);
    case Strategy::WeightedResponseTime:
        return byResponseTime(count, at, dice);
    case Strategy::HealthAware:
        return byScore(count, at, dice);
    case Strategy::PowerOfTwo:
        break;
    }
    return byTwo(count, at, dice);
}

double scoreOf(const Candidate& candidate, double fastestSeconds)
{
    const double relative = candidate.responseSeconds > 0 && fastestSeconds > 0
                                ? candidate.responseSeconds / fastestSeconds
                                : 1;
    const double load = (candidate.connections + 1) / candidate.weight * relative;
    return candidate.health / load;
}

} // namespace pilothouse::services
