// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <utility>

namespace pilothouse::metrics::promql {

/// Counts the samples that one query holds in memory and refuses more than the limit.
class SampleBudget
{
public:
    explicit SampleBudget(std::int64_t limit) : m_limit(limit) {}

    /// RESOURCE_EXHAUSTED when the query would hold more than the limit.
    absl::Status take(std::int64_t samples)
    {
        if (samples > m_limit - m_held) {
            return absl::ResourceExhaustedError(
                "query processing would load too many samples into memory in query execution");
        }
        m_held += samples;
        return absl::OkStatus();
    }
    void giveBack(std::int64_t samples) { m_held -= samples; }

private:
    std::int64_t m_limit;
    std::int64_t m_held = 0;
};

/// A part of the budget, given back when the owner goes.
class BudgetShare
{
public:
    BudgetShare() = default;
    BudgetShare(SampleBudget& budget, std::int64_t samples) : m_budget(&budget), m_samples(samples)
    {}
    ~BudgetShare() { release(); }
    BudgetShare(const BudgetShare&) = delete;
    BudgetShare& operator=(const BudgetShare&) = delete;
    BudgetShare(BudgetShare&& other) noexcept
        : m_budget(std::exchange(other.m_budget, nullptr)), m_samples(other.m_samples)
    {}
    BudgetShare& operator=(BudgetShare&& other) noexcept
    {
        if (this != &other) {
            release();
            m_budget = std::exchange(other.m_budget, nullptr);
            m_samples = other.m_samples;
        }
        return *this;
    }

private:
    void release()
    {
        if (m_budget != nullptr) {
            m_budget->giveBack(m_samples);
            m_budget = nullptr;
        }
    }

    SampleBudget* m_budget = nullptr;
    std::int64_t m_samples = 0;
};

} // namespace pilothouse::metrics::promql
