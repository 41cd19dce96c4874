// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/Aggregation.h"

#include "shared/base/StatusHelpers.h"
#include "shared/metrics/promql/Ranking.h"
#include "shared/metrics/promql/RowLabels.h"
#include "shared/metrics/promql/Statistics.h"
#include "shared/metrics/promql/Text.h"

#include <absl/container/flat_hash_map.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace pilothouse::metrics::promql {

namespace {

std::vector<std::string> sortedNames(const std::vector<std::string>& names)
{
    std::vector<std::string> sorted = names;
    std::sort(sorted.begin(), sorted.end());
    return sorted;
}

/// The labels of a group, from any row of it.
Labels groupLabels(
    const SeriesSet& set,
    std::size_t row,
    bool without,
    const std::vector<std::string>& sortedGrouping)
{
    std::vector<Labels::Pair> kept;
    for (const Labels::Pair& pair : set.rows[row]->pairs()) {
        const bool isListed =
            std::binary_search(sortedGrouping.begin(), sortedGrouping.end(), pair.first);
        const bool isKept = without ? !isListed && pair.first != kMetricName : isListed;
        if (isKept && set.counts(pair)) {
            kept.push_back(pair);
        }
    }
    return Labels(std::move(kept));
}

absl::StatusOr<Grouping> groupRows(
    QueryContext& context, const Aggregate& aggregate, const SeriesSet& input)
{
    const auto byNames = sortedNames(aggregate.grouping);
    auto excluded = aggregate.grouping;
    excluded.emplace_back(kMetricName);
    const auto withoutNames = sortedNames(excluded);

    Grouping grouping;
    grouping.groupOf.resize(input.size());
    auto groups = std::make_shared<SeriesSet>();
    absl::flat_hash_map<std::string, std::uint32_t> known;
    std::string key;
    for (std::size_t row = 0; row < input.size(); ++row) {
        PH_RETURN_IF_ERROR(context.checkInterrupt());
        key.clear();
        if (aggregate.without) {
            appendExcept(key, input, row, withoutNames);
        } else {
            appendOnly(key, input, row, byNames);
        }
        const auto [found, isNew] =
            known.try_emplace(key, static_cast<std::uint32_t>(groups->size()));
        if (isNew) {
            groups->add(groupLabels(input, row, aggregate.without, byNames));
        }
        grouping.groupOf[row] = found->second;
    }
    grouping.groups = std::move(groups);
    return grouping;
}

/// Calls visit(group, cell index of the group's row, value) for every sample, row by row.
template <typename Visit>
absl::Status forEachSample(
    QueryContext& context, const Block& input, const Grouping& grouping, Visit visit)
{
    for (std::size_t row = 0; row < input.rows(); ++row) {
        PH_RETURN_IF_ERROR(context.checkInterrupt());
        const double* const cells = input.row(row);
        const std::size_t base = grouping.groupOf[row] * input.steps;
        for (std::size_t step = 0; step < input.steps; ++step) {
            if (!isAbsent(cells[step])) {
                visit(base + step, cells[step]);
            }
        }
    }
    return absl::OkStatus();
}

/// Folds every sample into one accumulator a cell of the result.
template <typename Accumulator, typename Add, typename Finish>
absl::StatusOr<Block> fold(
    QueryContext& context,
    const Block& input,
    const Grouping& grouping,
    const Accumulator& initial,
    Add add,
    Finish finish)
{
    PH_ASSIGN_OR_RETURN(Block output, context.makeBlock(grouping.groups, input.steps));
    std::vector<Accumulator> cells(output.values.size(), initial);
    std::vector<bool> seen(output.values.size(), false);
    PH_RETURN_IF_ERROR(forEachSample(context, input, grouping, [&](std::size_t cell, double value) {
        add(cells[cell], value, !seen[cell]);
        seen[cell] = true;
    }));
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
        if (seen[cell]) {
            output.values[cell] = finish(cells[cell]);
        }
    }
    return output;
}

struct Spread
{
    double count = 0;
    double mean = 0;
    double squares = 0;
};

absl::StatusOr<Block> spread(
    QueryContext& context, const Block& input, const Grouping& grouping, bool isDeviation)
{
    const bool isVersion3 = context.isVersion3();
    return fold(
        context,
        input,
        grouping,
        Spread(),
        [isVersion3](Spread& cell, double value, bool isFirst) {
            cell.count += 1;
            if (isFirst) {
                cell.mean = value;
                // Prometheus 2 takes the spread of one infinity for 0.
                cell.squares = isVersion3 && !std::isfinite(value)
                                   ? std::numeric_limits<double>::quiet_NaN()
                                   : 0;
                return;
            }
            const double delta = value - cell.mean;
            cell.mean += delta / cell.count;
            cell.squares += delta * (value - cell.mean);
        },
        [isDeviation](const Spread& cell) {
            const double variance = cell.squares / cell.count;
            return isDeviation ? std::sqrt(variance) : variance;
        });
}

absl::StatusOr<Block> sum(QueryContext& context, const Block& input, const Grouping& grouping)
{
    if (context.isVersion3()) {
        return fold(
            context,
            input,
            grouping,
            CompensatedSum(),
            [](CompensatedSum& cell, double value, bool isFirst) {
                if (isFirst) {
                    cell.sum = value;
                } else {
                    cell.add(value);
                }
            },
            [](const CompensatedSum& cell) { return cell.value(); });
    }
    return fold(
        context,
        input,
        grouping,
        0.0,
        [](double& cell, double value, bool isFirst) { cell = isFirst ? value : cell + value; },
        [](double cell) { return cell; });
}

absl::StatusOr<Block> avg(QueryContext& context, const Block& input, const Grouping& grouping)
{
    const auto add = [](auto& cell, double value, bool) { cell.add(value); };
    const auto finish = [](const auto& cell) { return cell.value(); };
    if (context.isVersion3()) {
        return fold(context, input, grouping, CompensatedMean(), add, finish);
    }
    return fold(context, input, grouping, IncrementalMean(), add, finish);
}

template <typename Better>
absl::StatusOr<Block> extreme(
    QueryContext& context, const Block& input, const Grouping& grouping, Better better)
{
    return fold(
        context,
        input,
        grouping,
        0.0,
        [better](double& cell, double value, bool isFirst) {
            if (isFirst || better(value, cell) || std::isnan(cell)) {
                cell = value;
            }
        },
        [](double cell) { return cell; });
}

absl::StatusOr<Block> quantile(
    QueryContext& context,
    const Block& input,
    const Grouping& grouping,
    std::span<const double> parameter)
{
    PH_ASSIGN_OR_RETURN(Block output, context.makeBlock(grouping.groups, input.steps));
    std::vector<std::vector<double>> members(grouping.groups->size());
    for (std::size_t step = 0; step < input.steps; ++step) {
        PH_RETURN_IF_ERROR(context.checkInterrupt());
        for (auto& list : members) {
            list.clear();
        }
        for (std::size_t row = 0; row < input.rows(); ++row) {
            if (const double value = input.row(row)[step]; !isAbsent(value)) {
                members[grouping.groupOf[row]].push_back(value);
            }
        }
        for (std::size_t group = 0; group < members.size(); ++group) {
            if (!members[group].empty()) {
                output.row(group)[step] = quantileOf(parameter[step], members[group]);
            }
        }
    }
    return output;
}

absl::StatusOr<Block> countValues(
    QueryContext& context, const Aggregate& aggregate, const Block& input, const std::string& label)
{
    if (!isLabelName(label)) {
        return absl::FailedPreconditionError(fmt::format("invalid label name {}", quote(label)));
    }
    // The label is set before grouping: `by` always keeps it, `without (label)` drops it again.
    Aggregate grouped;
    grouped.without = aggregate.without;
    grouped.grouping = aggregate.grouping;
    if (!aggregate.without) {
        grouped.grouping.push_back(label);
    }
    const auto names = sortedNames(grouped.grouping);
    auto set = std::make_shared<SeriesSet>();
    absl::flat_hash_map<Labels, std::size_t> known;
    std::vector<std::vector<double>> counts;
    for (std::size_t row = 0; row < input.rows(); ++row) {
        PH_RETURN_IF_ERROR(context.checkInterrupt());
        const Labels base = input.series->labels(row);
        for (std::size_t step = 0; step < input.steps; ++step) {
            const double value = input.row(row)[step];
            if (isAbsent(value)) {
                continue;
            }
            SeriesSet one;
            one.add(base);
            one.owned.front().set(label, formatNumber(value));
            const Labels key = groupLabels(one, 0, grouped.without, names);
            const auto [found, isNew] = known.try_emplace(key, counts.size());
            if (isNew) {
                PH_RETURN_IF_ERROR(context.budget().take(static_cast<std::int64_t>(input.steps)));
                set->add(key);
                counts.emplace_back(input.steps, absentValue());
            }
            double& cell = counts[found->second][step];
            cell = isAbsent(cell) ? 1 : cell + 1;
        }
    }
    context.budget().giveBack(static_cast<std::int64_t>(counts.size() * input.steps));
    PH_ASSIGN_OR_RETURN(Block output, context.makeBlock(std::move(set), input.steps));
    for (std::size_t row = 0; row < counts.size(); ++row) {
        std::copy(counts[row].begin(), counts[row].end(), output.row(row));
    }
    return output;
}

} // namespace

absl::StatusOr<Block> aggregate(
    QueryContext& context,
    NodePlan& plan,
    const Aggregate& aggregate,
    Block input,
    std::span<const double> parameter,
    const std::string& label)
{
    if (aggregate.op == AggregateOp::CountValues) {
        return countValues(context, aggregate, input, label);
    }
    if (!plan.isFor(input.series)) {
        PH_ASSIGN_OR_RETURN(plan.grouping, groupRows(context, aggregate, *input.series));
        plan.input = input.series;
        plan.secondInput = nullptr;
    }
    const Grouping& grouping = plan.grouping;
    const auto identity = [](double cell) { return cell; };
    switch (aggregate.op) {
    case AggregateOp::Sum:
        return sum(context, input, grouping);
    case AggregateOp::Avg:
        return avg(context, input, grouping);
    case AggregateOp::Count:
        return fold(
            context, input, grouping, 0.0, [](double& cell, double, bool) { cell += 1; }, identity);
    case AggregateOp::Group:
        return fold(
            context, input, grouping, 1.0, [](double&, double, bool) {}, identity);
    case AggregateOp::Min:
        return extreme(
            context, input, grouping, [](double left, double right) { return left < right; });
    case AggregateOp::Max:
        return extreme(
            context, input, grouping, [](double left, double right) { return left > right; });
    case AggregateOp::Stddev:
    case AggregateOp::Stdvar:
        return spread(context, input, grouping, aggregate.op == AggregateOp::Stddev);
    case AggregateOp::Quantile:
        return quantile(context, input, grouping, parameter);
    case AggregateOp::TopK:
    case AggregateOp::BottomK:
        return rankRows(context, input, grouping, parameter, aggregate.op == AggregateOp::TopK);
    case AggregateOp::CountValues:
        break;
    }
    return absl::InternalError("unknown aggregation");
}

} // namespace pilothouse::metrics::promql
