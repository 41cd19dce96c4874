// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/Ranking.h"

#include "shared/base/StatusHelpers.h"
#include "shared/metrics/promql/Text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace pilothouse::metrics::promql {

namespace {

struct Ranked
{
    double value;
    std::size_t row;
};

/// NaN is the worst for both operators.
bool isBetter(bool isTop, double left, double right)
{
    if (std::isnan(right)) {
        return !std::isnan(left);
    }
    return isTop ? left > right : left < right;
}

/// A heap with the worst row on top that moves its elements exactly as Go's container/heap does, so
/// that of equal values the same rows survive as in Prometheus.
class WorstFirstHeap
{
public:
    WorstFirstHeap(bool isTop, bool isVersion3) : m_isTop(isTop), m_isVersion3(isVersion3) {}

    void offer(Ranked entry, std::size_t limit)
    {
        if (m_entries.size() < limit) {
            m_entries.push_back(entry);
            siftUp(m_entries.size() - 1);
        } else if (m_isVersion3) {
            if (isBetter(m_isTop, entry.value, m_entries.front().value)) {
                m_entries.front() = entry;
                siftDown();
            }
        } else if (isWorseOrNan(m_entries.front().value, entry.value)) {
            std::swap(m_entries.front(), m_entries.back());
            m_entries.pop_back();
            siftDown();
            m_entries.push_back(entry);
            siftUp(m_entries.size() - 1);
        }
    }

    /// Best first.
    std::vector<Ranked> take()
    {
        std::stable_sort(
            m_entries.begin(), m_entries.end(), [this](const Ranked& left, const Ranked& right) {
                return isBetter(m_isTop, left.value, right.value);
            });
        return std::move(m_entries);
    }

private:
    /// Version 2 lets even a NaN replace a NaN.
    bool isWorseOrNan(double kept, double offered) const
    {
        return std::isnan(kept) || (m_isTop ? kept < offered : kept > offered);
    }

    bool isLess(std::size_t left, std::size_t right) const
    {
        const double value = m_entries[left].value;
        const double other = m_entries[right].value;
        return std::isnan(value) || (m_isTop ? value < other : value > other);
    }

    void siftUp(std::size_t index)
    {
        while (index > 0 && isLess(index, (index - 1) / 2)) {
            std::swap(m_entries[index], m_entries[(index - 1) / 2]);
            index = (index - 1) / 2;
        }
    }

    void siftDown()
    {
        std::size_t index = 0;
        while (2 * index + 1 < m_entries.size()) {
            std::size_t child = 2 * index + 1;
            if (child + 1 < m_entries.size() && isLess(child + 1, child)) {
                ++child;
            }
            if (!isLess(child, index)) {
                return;
            }
            std::swap(m_entries[child], m_entries[index]);
            index = child;
        }
    }

    bool m_isTop;
    bool m_isVersion3;
    std::vector<Ranked> m_entries;
};

/// The best `k` rows of each group at one step, best first.
std::vector<Ranked> bestRows(
    const Block& input,
    const Grouping& grouping,
    std::size_t step,
    std::size_t k,
    const WorstFirstHeap& empty)
{
    std::vector<WorstFirstHeap> groups(grouping.groups->size(), empty);
    for (std::size_t row = 0; row < input.rows(); ++row) {
        if (const double value = input.row(row)[step]; !isAbsent(value)) {
            groups[grouping.groupOf[row]].offer({value, row}, k);
        }
    }
    std::vector<Ranked> best;
    for (auto& heap : groups) {
        const auto entries = heap.take();
        best.insert(best.end(), entries.begin(), entries.end());
    }
    return best;
}

absl::StatusOr<std::size_t> limitOf(double parameter, std::size_t rows)
{
    constexpr double kMaxInt64 = 9223372036854774784.0;
    if (!(parameter <= kMaxInt64 && parameter >= -kMaxInt64)) {
        return absl::FailedPreconditionError(
            fmt::format("Scalar value {} overflows int64", formatNumber(parameter)));
    }
    return parameter < 1 ? 0 : std::min(rows, static_cast<std::size_t>(std::min(parameter, 1e15)));
}

} // namespace

absl::StatusOr<Block> rankRows(
    QueryContext& context,
    const Block& input,
    const Grouping& grouping,
    std::span<const double> parameter,
    bool isTop)
{
    const WorstFirstHeap empty(isTop, context.isVersion3());
    if (input.steps == 1) { // only here the order of the rows means something
        PH_ASSIGN_OR_RETURN(const std::size_t k, limitOf(parameter[0], input.rows()));
        auto set = std::make_shared<SeriesSet>();
        set->nameDropped = input.series->nameDropped;
        set->sameName = input.series->sameName;
        set->keepAlive = {input.series};
        const auto best = k > 0 ? bestRows(input, grouping, 0, k, empty) : std::vector<Ranked>();
        for (const Ranked& entry : best) {
            set->rows.push_back(input.series->rows[entry.row]);
        }
        PH_ASSIGN_OR_RETURN(Block output, context.makeBlock(std::move(set), 1));
        for (std::size_t row = 0; row < best.size(); ++row) {
            output.values[row] = best[row].value;
        }
        return output;
    }
    PH_ASSIGN_OR_RETURN(Block output, context.makeBlock(input.series, input.steps));
    for (std::size_t step = 0; step < input.steps; ++step) {
        PH_RETURN_IF_ERROR(context.checkInterrupt());
        PH_ASSIGN_OR_RETURN(const std::size_t k, limitOf(parameter[step], input.rows()));
        if (k > 0) {
            for (const Ranked& entry : bestRows(input, grouping, step, k, empty)) {
                output.row(entry.row)[step] = entry.value;
            }
        }
    }
    return output;
}

} // namespace pilothouse::metrics::promql
