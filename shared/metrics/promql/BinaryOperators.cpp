// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/BinaryOperators.h"

#include "shared/base/StatusHelpers.h"
#include "shared/metrics/promql/RowLabels.h"
#include "shared/metrics/promql/VectorMatcher.h"

#include <absl/container/flat_hash_map.h>

#include <cmath>

namespace pilothouse::metrics::promql {

namespace {

double compute(BinaryOp op, double left, double right)
{
    switch (op) {
    case BinaryOp::Add:
        return left + right;
    case BinaryOp::Sub:
        return left - right;
    case BinaryOp::Mul:
        return left * right;
    case BinaryOp::Div:
        return left / right;
    case BinaryOp::Mod:
        return std::fmod(left, right);
    case BinaryOp::Pow:
        return std::pow(left, right);
    case BinaryOp::Atan2:
        return std::atan2(left, right);
    default:
        return 0;
    }
}

bool holds(BinaryOp op, double left, double right)
{
    switch (op) {
    case BinaryOp::Equal:
        return left == right;
    case BinaryOp::NotEqual:
        return left != right;
    case BinaryOp::Less:
        return left < right;
    case BinaryOp::LessEqual:
        return left <= right;
    case BinaryOp::Greater:
        return left > right;
    case BinaryOp::GreaterEqual:
        return left >= right;
    default:
        return false;
    }
}

/// The result for one pair of samples; absent when a comparison filters it. `kept` is what a
/// comparison that holds lets through.
double combine(const Binary& binary, double left, double right, double kept)
{
    if (!isComparison(binary.op)) {
        return compute(binary.op, left, right);
    }
    const bool result = holds(binary.op, left, right);
    if (binary.returnBool) {
        return result ? 1 : 0;
    }
    return result ? kept : absentValue();
}

/// One series against one series over all steps, into a row of the result.
absl::Status combineRows(
    const Binary& binary,
    const PairRows& pair,
    const Block& left,
    const Block& right,
    Block& output,
    std::vector<bool>* matched)
{
    const double* const leftCells = left.row(pair.left);
    const double* const rightCells = right.row(pair.right);
    double* const cells = output.row(pair.output);
    for (std::size_t step = 0; step < output.steps; ++step) {
        if (isAbsent(leftCells[step]) || isAbsent(rightCells[step])) {
            continue;
        }
        const double value = combine(binary, leftCells[step], rightCells[step], leftCells[step]);
        if (isAbsent(value)) {
            continue;
        }
        if (matched != nullptr && (*matched)[step]) {
            return absl::FailedPreconditionError(
                "multiple matches for labels: many-to-one matching must be explicit "
                "(group_left/group_right)");
        }
        if (!isAbsent(cells[step])) {
            return absl::FailedPreconditionError(
                "multiple matches for labels: grouping labels must ensure unique matches");
        }
        if (matched != nullptr) {
            (*matched)[step] = true;
        }
        cells[step] = value;
    }
    return absl::OkStatus();
}

/// For each match group, at which steps a row of the block has a sample.
std::vector<bool> presence(
    const Block& block, std::span<const std::uint32_t> groupOf, std::size_t groups)
{
    std::vector<bool> present(groups * block.steps, false);
    for (std::size_t row = 0; row < block.rows(); ++row) {
        const double* const cells = block.row(row);
        for (std::size_t step = 0; step < block.steps; ++step) {
            if (!isAbsent(cells[step])) {
                present[groupOf[row] * block.steps + step] = true;
            }
        }
    }
    return present;
}

/// Removes the samples whose group is present (or absent) on the other side.
void filterBy(
    Block& block,
    std::span<const std::uint32_t> groupOf,
    const std::vector<bool>& other,
    bool keepWhenPresent)
{
    for (std::size_t row = 0; row < block.rows(); ++row) {
        double* const cells = block.row(row);
        const std::size_t base = groupOf[row] * block.steps;
        for (std::size_t step = 0; step < block.steps; ++step) {
            if (other[base + step] != keepWhenPresent) {
                cells[step] = absentValue();
            }
        }
    }
}

absl::StatusOr<Block> concatenate(QueryContext& context, Block left, Block right)
{
    auto set = std::make_shared<SeriesSet>();
    set->keepAlive = {left.series, right.series};
    const bool sameTreatment = left.series->nameDropped == right.series->nameDropped;
    set->nameDropped = sameTreatment && left.series->nameDropped;
    for (const Block* side : {&left, &right}) {
        for (std::size_t row = 0; row < side->rows(); ++row) {
            if (sameTreatment || !side->series->nameDropped) {
                set->rows.push_back(side->series->rows[row]);
            } else {
                set->add(side->series->labels(row));
            }
        }
    }
    PH_ASSIGN_OR_RETURN(Block output, context.makeBlock(std::move(set), left.steps));
    const auto middle = std::copy(left.values.begin(), left.values.end(), output.values.begin());
    std::copy(right.values.begin(), right.values.end(), middle);
    return mergeEqualRows(context, std::move(output), Duplicates::PerStep);
}

} // namespace

bool dropsMetricName(const Binary& binary, bool isVersion3)
{
    if (isComparison(binary.op)) {
        return binary.returnBool;
    }
    return isVersion3 || binary.op != BinaryOp::Atan2;
}

double applyScalars(BinaryOp op, double left, double right)
{
    if (isComparison(op)) {
        return holds(op, left, right) ? 1 : 0;
    }
    return compute(op, left, right);
}

absl::StatusOr<Block> applyVectorScalar(
    QueryContext& context,
    NodePlan& plan,
    const Binary& binary,
    Block vector,
    std::span<const double> scalars,
    bool scalarIsLeft)
{
    for (std::size_t row = 0; row < vector.rows(); ++row) {
        PH_RETURN_IF_ERROR(context.checkInterrupt());
        double* const cells = vector.row(row);
        for (std::size_t step = 0; step < vector.steps; ++step) {
            if (isAbsent(cells[step])) {
                continue;
            }
            const double left = scalarIsLeft ? scalars[step] : cells[step];
            const double right = scalarIsLeft ? cells[step] : scalars[step];
            cells[step] = combine(binary, left, right, cells[step]);
        }
    }
    if (!dropsMetricName(binary, context.isVersion3())) {
        return vector;
    }
    return dropMetricName(context, plan, std::move(vector), Duplicates::PerStep);
}

absl::StatusOr<Block> applyVectors(
    QueryContext& context, NodePlan& plan, const Binary& binary, Block left, Block right)
{
    VectorMatcher matcher(context, plan, binary, left, right);
    PH_RETURN_IF_ERROR(matcher.prepareGroups());
    PH_RETURN_IF_ERROR(matcher.checkOneSide());
    PH_RETURN_IF_ERROR(matcher.prepare());
    PH_ASSIGN_OR_RETURN(Block output, context.makeBlock(matcher.outputSet(), left.steps));
    std::vector<bool> matched;
    std::uint32_t group = 0;
    for (const PairRows& pair : matcher.pairs()) {
        PH_RETURN_IF_ERROR(context.checkInterrupt());
        // A group with one series a side cannot match twice.
        const bool mayMatchTwice =
            binary.matching.cardinality == Cardinality::OneToOne && !pair.isOnlyPair;
        if (mayMatchTwice && (matched.empty() || pair.group != group)) {
            group = pair.group;
            matched.assign(left.steps, false);
        }
        PH_RETURN_IF_ERROR(
            combineRows(binary, pair, left, right, output, mayMatchTwice ? &matched : nullptr));
    }
    return output;
}

absl::StatusOr<Block> applySets(
    QueryContext& context, NodePlan& plan, const Binary& binary, Block left, Block right)
{
    VectorMatcher matcher(context, plan, binary, left, right);
    PH_RETURN_IF_ERROR(matcher.prepareGroups());
    const Matching& matching = plan.matching;
    if (matching.groups * left.steps > static_cast<std::size_t>(context.options().maxSamples)) {
        return context.makeBlock(left.series, left.steps);
    }
    if (binary.op == BinaryOp::Or) {
        const auto inLeft = presence(left, matching.leftGroup, matching.groups);
        filterBy(right, matching.rightGroup, inLeft, /*keepWhenPresent=*/false);
        return concatenate(context, std::move(left), std::move(right));
    }
    const auto inRight = presence(right, matching.rightGroup, matching.groups);
    filterBy(left, matching.leftGroup, inRight, binary.op == BinaryOp::And);
    return left;
}

} // namespace pilothouse::metrics::promql
