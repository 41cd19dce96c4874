// SPDX-License-Identifier: Apache-2.0
// The functions of the language; see Evaluator.cpp for selectors and operators.
#include "shared/base/StatusHelpers.h"
#include "shared/metrics/promql/ElementFunctions.h"
#include "shared/metrics/promql/Evaluator.h"
#include "shared/metrics/promql/Functions.h"
#include "shared/metrics/promql/HistogramQuantile.h"
#include "shared/metrics/promql/LabelFunctions.h"
#include "shared/metrics/promql/RangeFunctions.h"
#include "shared/metrics/promql/RowLabels.h"

#include <array>
#include <limits>
#include <numbers>

namespace pilothouse::metrics::promql {

namespace {

bool isEmptyAt(const Block& block, std::size_t step)
{
    for (std::size_t row = 0; row < block.rows(); ++row) {
        if (!isAbsent(block.row(row)[step])) {
            return false;
        }
    }
    return true;
}

/// The only sample of the step, else NaN.
double onlySample(const Block& block, std::size_t step)
{
    double value = std::numeric_limits<double>::quiet_NaN();
    bool isFound = false;
    for (std::size_t row = 0; row < block.rows(); ++row) {
        if (const double cell = block.row(row)[step]; !isAbsent(cell)) {
            if (isFound) {
                return std::numeric_limits<double>::quiet_NaN();
            }
            isFound = true;
            value = cell;
        }
    }
    return value;
}

std::vector<double> timesOf(const Steps& steps)
{
    std::vector<double> times(steps.count);
    for (std::size_t step = 0; step < steps.count; ++step) {
        times[step] = static_cast<double>(steps.at(step)) / 1000;
    }
    return times;
}

} // namespace

absl::StatusOr<Value> Evaluator::call(const Expr& expr, const Call& call, const Steps& steps)
{
    Value value;
    if (call.function->result == ValueType::Scalar) {
        value.type = ValueType::Scalar;
        PH_ASSIGN_OR_RETURN(value.scalars, scalarCall(call, steps));
        return value;
    }
    absl::StatusOr<Block> block;
    switch (call.function->id) {
    case FunctionId::Absent: {
        PH_ASSIGN_OR_RETURN(const Block input, evaluateVector(*call.arguments[0], steps));
        block = absent(*call.arguments[0], input, steps);
        break;
    }
    case FunctionId::HistogramQuantile: {
        PH_ASSIGN_OR_RETURN(const auto quantiles, evaluateScalar(*call.arguments[0], steps));
        PH_ASSIGN_OR_RETURN(const Block input, evaluateVector(*call.arguments[1], steps));
        block = histogramQuantile(m_context, m_context.plan(expr), input, quantiles);
        break;
    }
    case FunctionId::LabelJoin:
    case FunctionId::LabelReplace:
        block = labelCall(call, steps);
        break;
    case FunctionId::Sort:
    case FunctionId::SortDesc:
    case FunctionId::SortByLabel:
    case FunctionId::SortByLabelDesc:
        block = sortCall(call, steps);
        break;
    case FunctionId::Timestamp:
        block = timestampCall(expr, call, steps);
        break;
    case FunctionId::Vector: {
        PH_ASSIGN_OR_RETURN(const auto scalars, evaluateScalar(*call.arguments[0], steps));
        block = unlabelled(scalars);
        break;
    }
    default:
        block = isRangeFunction(call.function->id) ? rangeCall(expr, call, steps)
                                                   : elementCall(expr, call, steps);
    }
    PH_RETURN_IF_ERROR(block.status());
    value.block = std::move(*block);
    return value;
}

absl::StatusOr<std::vector<double>> Evaluator::scalarCall(const Call& call, const Steps& steps)
{
    if (call.function->id == FunctionId::Pi) {
        return std::vector<double>(steps.count, std::numbers::pi);
    }
    if (call.function->id == FunctionId::Time) {
        return timesOf(steps);
    }
    PH_ASSIGN_OR_RETURN(const Block input, evaluateVector(*call.arguments[0], steps));
    std::vector<double> scalars(steps.count);
    for (std::size_t step = 0; step < steps.count; ++step) {
        scalars[step] = onlySample(input, step);
    }
    return scalars;
}

absl::StatusOr<Block> Evaluator::unlabelled(const std::vector<double>& values)
{
    auto set = std::make_shared<SeriesSet>();
    set->add(Labels());
    set->sameName = true;
    PH_ASSIGN_OR_RETURN(Block block, m_context.makeBlock(std::move(set), values.size()));
    block.values = values;
    return block;
}

absl::StatusOr<Block> Evaluator::absent(
    const Expr& argument, const Block& input, const Steps& steps)
{
    std::vector<double> cells(steps.count, absentValue());
    for (std::size_t step = 0; step < steps.count; ++step) {
        if (isEmptyAt(input, step)) {
            cells[step] = 1;
        }
    }
    auto set = std::make_shared<SeriesSet>();
    set->add(labelsOfAbsent(unwrapParens(argument)));
    set->sameName = true;
    PH_ASSIGN_OR_RETURN(Block block, m_context.makeBlock(std::move(set), steps.count));
    block.values = std::move(cells);
    return block;
}

absl::StatusOr<Block> Evaluator::rangeCall(const Expr& expr, const Call& call, const Steps& steps)
{
    RangeInput input;
    std::vector<std::vector<double>> scalars;
    const Expr* range = nullptr;
    for (const ExprPtr& argument : call.arguments) {
        if (typeOf(*argument) == ValueType::Matrix) {
            range = argument.get();
            PH_ASSIGN_OR_RETURN(input, rangeInput(*argument, steps));
        } else {
            PH_ASSIGN_OR_RETURN(auto values, evaluateScalar(*argument, steps));
            scalars.push_back(std::move(values));
        }
    }
    RangeCall windows;
    windows.function = call.function->id;
    windows.isVersion3 = m_context.isVersion3();
    windows.rangeMs = input.rangeMs;
    windows.ends = input.ends;
    windows.steps = steps;
    windows.scalars = scalars;
    PH_ASSIGN_OR_RETURN(Block block, m_context.makeBlock(input.series, steps.count));
    PH_RETURN_IF_ERROR(
        input.forEachRow(m_context, [&](std::size_t row, const SampleColumns& samples) {
            return evaluateWindows(
                m_context, windows, samples, std::span(block.row(row), steps.count));
        }));
    if (call.function->id == FunctionId::AbsentOverTime) {
        return absent(*range, block, steps);
    }
    if (call.function->id == FunctionId::LastOverTime) {
        return block;
    }
    return dropMetricName(m_context, m_context.plan(expr), std::move(block), Duplicates::PerSeries);
}

absl::StatusOr<Block> Evaluator::elementCall(const Expr& expr, const Call& call, const Steps& steps)
{
    Block block;
    if (call.arguments.empty()) { // hour() is hour(vector(time()))
        PH_ASSIGN_OR_RETURN(block, unlabelled(timesOf(steps)));
    } else {
        PH_ASSIGN_OR_RETURN(block, evaluateVector(*call.arguments[0], steps));
    }
    std::vector<std::vector<double>> scalars;
    for (std::size_t index = 1; index < call.arguments.size(); ++index) {
        PH_ASSIGN_OR_RETURN(auto values, evaluateScalar(*call.arguments[index], steps));
        scalars.push_back(std::move(values));
    }
    std::array<double, 2> arguments{};
    for (std::size_t step = 0; step < steps.count; ++step) {
        for (std::size_t index = 0; index < scalars.size(); ++index) {
            arguments[index] = scalars[index][step];
        }
        for (std::size_t row = 0; row < block.rows(); ++row) {
            double& cell = block.row(row)[step];
            if (!isAbsent(cell)) {
                cell = applyElement(
                    call.function->id, cell, std::span(arguments).first(scalars.size()));
            }
        }
        PH_RETURN_IF_ERROR(m_context.checkInterrupt());
    }
    return dropMetricName(m_context, m_context.plan(expr), std::move(block), Duplicates::PerStep);
}

absl::StatusOr<Block> Evaluator::timestampCall(
    const Expr& expr, const Call& call, const Steps& steps)
{
    const Expr& argument = unwrapParens(*call.arguments[0]);
    Block block;
    if (const auto* direct = argument.as<VectorSelector>()) {
        PH_ASSIGN_OR_RETURN(block, selector(argument, *direct, steps, SelectorOutput::Times));
    } else {
        PH_ASSIGN_OR_RETURN(block, evaluateVector(argument, steps));
        for (std::size_t index = 0; index < block.values.size(); ++index) {
            if (!isAbsent(block.values[index])) {
                block.values[index] = static_cast<double>(steps.at(index % steps.count)) / 1000;
            }
        }
    }
    return dropMetricName(m_context, m_context.plan(expr), std::move(block), Duplicates::PerStep);
}

absl::StatusOr<Block> Evaluator::labelCall(const Call& call, const Steps& steps)
{
    PH_ASSIGN_OR_RETURN(Block input, evaluateVector(*call.arguments[0], steps));
    std::vector<std::string> texts;
    for (std::size_t index = 1; index < call.arguments.size(); ++index) {
        PH_ASSIGN_OR_RETURN(Value text, evaluate(*call.arguments[index], steps));
        texts.push_back(std::move(text.text));
    }
    return call.function->id == FunctionId::LabelReplace
               ? labelReplace(m_context, std::move(input), texts)
               : labelJoin(m_context, std::move(input), texts);
}

absl::StatusOr<Block> Evaluator::sortCall(const Call& call, const Steps& steps)
{
    PH_ASSIGN_OR_RETURN(Block input, evaluateVector(*call.arguments[0], steps));
    if (steps.count > 1) {
        return input; // the series of a range answer have their own order
    }
    switch (call.function->id) {
    case FunctionId::Sort:
        return sortByValue(m_context, std::move(input), /*descending=*/false);
    case FunctionId::SortDesc:
        return sortByValue(m_context, std::move(input), /*descending=*/true);
    default:
        break;
    }
    std::vector<std::string> names;
    for (std::size_t index = 1; index < call.arguments.size(); ++index) {
        PH_ASSIGN_OR_RETURN(Value text, evaluate(*call.arguments[index], steps));
        names.push_back(std::move(text.text));
    }
    return sortByLabels(
        m_context, std::move(input), names, call.function->id == FunctionId::SortByLabelDesc);
}

} // namespace pilothouse::metrics::promql
