// SPDX-License-Identifier: Apache-2.0
#include "shared/client/state/Backoff.h"

#include <algorithm>
#include <array>
#include <memory>
#include <random>

namespace pilothouse::client {

namespace {

constexpr std::array kWaitsMs = {500, 1000, 2000, 4000, 8000, 15000};
constexpr double kJitter = 0.2;

} // namespace

Backoff::Backoff(Random random) : m_random(std::move(random)) {}

absl::Duration Backoff::next()
{
    const auto index = std::min(static_cast<std::size_t>(m_attempts), kWaitsMs.size() - 1);
    m_attempts = std::min(m_attempts + 1, 1000000);
    const double factor = 1.0 + kJitter * (2.0 * m_random() - 1.0);
    return absl::Milliseconds(kWaitsMs.at(index)) * factor;
}

Random processRandom()
{
    auto engine = std::make_shared<std::mt19937>(std::random_device()());
    return [engine] { return std::uniform_real_distribution<double>(0.0, 1.0)(*engine); };
}

} // namespace pilothouse::client
