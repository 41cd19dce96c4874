// SPDX-License-Identifier: Apache-2.0
#include "shared/scaling/History.h"

#include "shared/scaling/Text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace pilothouse::scaling {

namespace {

/// Floating point must not take an instance away: 10 × 1.1 is 11, not 11.000000000000002.
constexpr double kRounding = 1e-9;

std::string rateText(const RatePolicy& rate, char sign)
{
    return fmt::format(
        "{}{}{} in {}",
        sign,
        rate.value,
        rate.kind == RatePolicy::Kind::Percent ? "%" : "",
        spokenDuration(rate.period));
}

} // namespace

void History::noteAsked(absl::Time since, absl::Time until, int instances)
{
    if (!m_asked.empty() && m_asked.back().instances == instances) {
        m_asked.back().until = std::max(m_asked.back().until, until);
    } else {
        m_asked.push_back({since, until, instances});
    }
}

void History::noteScaled(absl::Time time, int before, int after)
{
    if (before != after) {
        m_scaled.push_back({time, after - before});
    }
}

void History::forget(absl::Time now)
{
    while (!m_asked.empty() && m_asked.front().until < now - kLongestStabilisation) {
        m_asked.pop_front();
    }
    while (!m_scaled.empty() && m_scaled.front().time < now - kLongestPeriod) {
        m_scaled.pop_front();
    }
}

bool History::hasAsked(absl::Time since) const
{
    return !m_asked.empty() && m_asked.back().until > since;
}

History::Held History::stabilised(
    const Policy& policy, int current, int asked, absl::Time now) const
{
    int up = asked;
    int down = asked;
    for (const Asked& one : m_asked) {
        if (one.until > now - policy.up.stabilisation) {
            up = std::min(up, one.instances);
        }
        if (one.until > now - policy.down.stabilisation) {
            down = std::max(down, one.instances);
        }
    }
    const int held = std::min(std::max(current, up), std::max(down, up));
    if (held == asked) {
        return {held, {}};
    }
    const bool isUp = asked > current;
    return {
        held,
        fmt::format(
            "held at {} by the last {}",
            held,
            spokenDuration(isUp ? policy.up.stabilisation : policy.down.stabilisation))};
}

int History::addedIn(absl::Duration period, absl::Time now) const
{
    int added = 0;
    for (const Scaled& one : m_scaled) {
        added += one.time > now - period ? std::max(one.change, 0) : 0;
    }
    return added;
}

int History::removedIn(absl::Duration period, absl::Time now) const
{
    int removed = 0;
    for (const Scaled& one : m_scaled) {
        removed += one.time > now - period ? std::max(-one.change, 0) : 0;
    }
    return removed;
}

History::Held History::limited(const Policy& policy, int current, int wanted, absl::Time now) const
{
    if (wanted == current) {
        return {wanted, {}};
    }
    const bool isUp = wanted > current;
    const Behaviour& behaviour = isUp ? policy.up : policy.down;
    if (behaviour.select == Select::Disabled) {
        return {
            current,
            fmt::format("scaling {} is disabled: stays at {}", isUp ? "up" : "down", current)};
    }
    std::optional<int> limit;
    const RatePolicy* chosen = nullptr;
    for (const RatePolicy& rate : behaviour.rates) {
        // As many as there were when the period began.
        const int start = current - addedIn(rate.period, now) + removedIn(rate.period, now);
        const double share = start * (rate.value / 100.0);
        int allowed = 0;
        if (rate.kind == RatePolicy::Kind::Instances) {
            allowed = isUp ? start + rate.value : start - rate.value;
        } else {
            allowed = static_cast<int>(
                isUp ? std::ceil(start + share - kRounding)
                     : std::floor(std::max(start - share, 0.0) + kRounding));
        }
        const bool isFurther = !limit || (isUp ? allowed > *limit : allowed < *limit);
        const bool isNearer = !limit || (isUp ? allowed < *limit : allowed > *limit);
        if (behaviour.select == Select::Max ? isFurther : isNearer) {
            limit = allowed;
            chosen = &rate;
        }
    }
    if (!limit) {
        return {wanted, {}};
    }
    const int bound = isUp ? std::max(*limit, current) : std::min(*limit, current);
    const int held = isUp ? std::min(wanted, bound) : std::max(wanted, bound);
    if (held == wanted) {
        return {wanted, {}};
    }
    return {held, fmt::format("limited to {} by {}", held, rateText(*chosen, isUp ? '+' : '-'))};
}

} // namespace pilothouse::scaling
