// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/SampleSource.h"
#include "shared/metrics/promql/Ast.h"
#include "shared/metrics/promql/SeriesSet.h"

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace pilothouse::metrics::promql {

/// The series of a selector.
struct Selection
{
    SeriesSetPtr series;
    std::vector<SeriesId> ids;
};

/// Which group each row of an aggregation's input falls into.
struct Grouping
{
    std::vector<std::uint32_t> groupOf;
    SeriesSetPtr groups;
};

/// A series of each side of a binary operator that match, and the row of the result that they feed.
struct PairRows
{
    std::uint32_t group = 0;
    std::size_t left = 0;
    std::size_t right = 0;
    std::size_t output = 0;
    /// The group has one series a side.
    bool isOnlyPair = true;
};

/// Which match group each row of a binary operator's sides falls into, and the pairs that follow.
struct Matching
{
    std::vector<std::uint32_t> leftGroup;
    std::vector<std::uint32_t> rightGroup;
    std::size_t groups = 0;
    std::vector<PairRows> pairs;
};

/// What was worked out for one node of the expression, valid for the input sets it was made from.
struct NodePlan
{
    std::uint64_t generation = 0;
    std::shared_ptr<const Selection> selection;

    SeriesSetPtr input;
    SeriesSetPtr secondInput;
    SeriesSetPtr output;
    Grouping grouping;
    Matching matching;

    bool isFor(const SeriesSetPtr& first, const SeriesSetPtr& second = nullptr) const
    {
        return first && input == first && secondInput == second;
    }
};

/// The plans of all nodes of one expression. A standing query keeps it between evaluations, so that
/// an evaluation over unchanged series touches no labels. Not thread-safe.
class PlanCache
{
public:
    /// With `isStanding`, selections outlive the query, while the source says that its series are
    /// the same.
    explicit PlanCache(bool isStanding) : m_isStanding(isStanding) {}

    NodePlan& of(const Expr& expr)
    {
        auto& plan = m_plans[&expr];
        if (!plan) {
            plan = std::make_unique<NodePlan>();
        }
        return *plan;
    }
    bool isStanding() const { return m_isStanding; }

private:
    bool m_isStanding;
    absl::flat_hash_map<const Expr*, std::unique_ptr<NodePlan>> m_plans;
};

} // namespace pilothouse::metrics::promql
