// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/promql/Block.h"
#include "shared/metrics/promql/QueryContext.h"

#include <absl/status/status.h>

#include <string>
#include <vector>

namespace pilothouse::metrics::promql {

/// Finds which series of two vectors match and what labels their results bear.
class VectorMatcher
{
public:
    /// All arguments are referred to, not copied.
    VectorMatcher(
        QueryContext& context,
        NodePlan& plan,
        const Binary& binary,
        const Block& left,
        const Block& right);

    /// Numbers the match groups of both sides (kept in the plan).
    absl::Status prepareGroups();
    /// After prepareGroups(): FAILED_PRECONDITION when the "one" side has two samples of a group at
    /// a step where both sides have samples.
    absl::Status checkOneSide() const;
    /// After checkOneSide(): the pairs and the rows of the result (kept in the plan).
    absl::Status prepare();

    const std::vector<PairRows>& pairs() const { return m_pairs; }
    const SeriesSetPtr& outputSet() const { return m_output; }

private:
    void number(
        const SeriesSet& set,
        absl::flat_hash_map<std::string, std::uint32_t>& known,
        std::vector<std::uint32_t>& groupOf) const;
    absl::Status pairUp();
    absl::Status nameRows();
    Labels resultLabels(const PairRows& pair) const;
    bool isManyLeft() const;
    bool dropsName() const;
    /// The result may use the stored labels of the "many" side as they are.
    bool reusesManySide() const;
    absl::Status duplicateOnOneSide(std::size_t first, std::size_t second) const;

    QueryContext& m_context;
    NodePlan& m_plan;
    const Binary& m_binary;
    const Block& m_left;
    const Block& m_right;
    std::vector<PairRows> m_pairs;
    SeriesSetPtr m_output;
};

} // namespace pilothouse::metrics::promql
