// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/Evaluator.h"

#include "shared/base/StatusHelpers.h"
#include "shared/metrics/promql/Aggregation.h"
#include "shared/metrics/promql/BinaryOperators.h"
#include "shared/metrics/promql/Functions.h"
#include "shared/metrics/promql/RowLabels.h"

#include <algorithm>
#include <limits>

namespace pilothouse::metrics::promql {

namespace {

Value vectorValue(Block block)
{
    Value value;
    value.type = ValueType::Vector;
    value.block = std::move(block);
    return value;
}

Value scalarValue(std::vector<double> scalars)
{
    Value value;
    value.type = ValueType::Scalar;
    value.scalars = std::move(scalars);
    return value;
}

bool dependsOnTime(const Call& call)
{
    switch (call.function->id) {
    case FunctionId::Time:
    case FunctionId::Timestamp:
    case FunctionId::PredictLinear:
        return true;
    default:
        // hour() and its kin without argument take the evaluation time.
        return call.arguments.empty() && call.function->id != FunctionId::Pi;
    }
}

/// The value is the same at every step.
bool isStepInvariant(const Expr& expr)
{
    if (const auto* selector = expr.as<VectorSelector>()) {
        return selector->shift.at != AtKind::None;
    }
    if (const auto* matrix = expr.as<MatrixSelector>()) {
        return matrix->selector.shift.at != AtKind::None;
    }
    if (const auto* subquery = expr.as<Subquery>()) {
        return subquery->shift.at != AtKind::None;
    }
    if (const auto* call = expr.as<Call>(); call != nullptr && dependsOnTime(*call)) {
        return false;
    }
    const auto children = childrenOf(expr);
    return std::all_of(children.begin(), children.end(), [](const Expr* child) {
        return isStepInvariant(*child);
    });
}

/// Worth evaluating once only: not a mere literal.
bool isWorthOnce(const Expr& expr)
{
    return expr.as<NumberLiteral>() == nullptr && expr.as<StringLiteral>() == nullptr &&
           typeOf(expr) != ValueType::Matrix;
}

} // namespace

absl::StatusOr<Value> Evaluator::evaluate(const Expr& expr, const Steps& steps)
{
    PH_RETURN_IF_ERROR(m_context.checkInterrupt());
    if (steps.count > 1 && isWorthOnce(expr) && isStepInvariant(expr)) {
        return evaluateOnce(expr, steps);
    }
    return evaluateNode(expr, steps);
}

absl::StatusOr<Value> Evaluator::evaluateOnce(const Expr& expr, const Steps& steps)
{
    PH_ASSIGN_OR_RETURN(Value once, evaluateNode(expr, {steps.start, steps.step, 1}));
    if (once.type == ValueType::Scalar) {
        once.scalars.assign(steps.count, once.scalars.front());
        return once;
    }
    PH_ASSIGN_OR_RETURN(Block repeated, m_context.makeBlock(once.block.series, steps.count));
    for (std::size_t row = 0; row < repeated.rows(); ++row) {
        std::fill_n(repeated.row(row), steps.count, once.block.values[row]);
    }
    return vectorValue(std::move(repeated));
}

absl::StatusOr<Value> Evaluator::evaluateNode(const Expr& expr, const Steps& steps)
{
    if (const auto* number = expr.as<NumberLiteral>()) {
        return scalarValue(std::vector<double>(steps.count, number->value));
    }
    if (const auto* text = expr.as<StringLiteral>()) {
        Value value;
        value.type = ValueType::String;
        value.text = text->value;
        return value;
    }
    if (const auto* vector = expr.as<VectorSelector>()) {
        PH_ASSIGN_OR_RETURN(Block block, selector(expr, *vector, steps, SelectorOutput::Values));
        return vectorValue(std::move(block));
    }
    if (const auto* node = expr.as<Call>()) {
        return call(expr, *node, steps);
    }
    if (const auto* node = expr.as<Aggregate>()) {
        return aggregation(expr, *node, steps);
    }
    if (const auto* node = expr.as<Binary>()) {
        return binary(expr, *node, steps);
    }
    if (const auto* node = expr.as<Unary>()) {
        return unary(expr, *node, steps);
    }
    if (const auto* paren = expr.as<Paren>()) {
        return evaluate(*paren->expr, steps);
    }
    return absl::InternalError("a range vector has no value at a step");
}

absl::StatusOr<Block> Evaluator::evaluateVector(const Expr& expr, const Steps& steps)
{
    PH_ASSIGN_OR_RETURN(Value value, evaluate(expr, steps));
    return std::move(value.block);
}

absl::StatusOr<std::vector<double>> Evaluator::evaluateScalar(const Expr& expr, const Steps& steps)
{
    PH_ASSIGN_OR_RETURN(Value value, evaluate(expr, steps));
    return std::move(value.scalars);
}

Steps Evaluator::shifted(const Steps& steps, const TimeShift& shift) const
{
    Steps result = steps;
    switch (shift.at) {
    case AtKind::None:
        break;
    case AtKind::Time:
        result.start = shift.atTime;
        break;
    case AtKind::Start:
        result.start = m_context.queryStart();
        break;
    case AtKind::End:
        result.start = m_context.queryEnd();
        break;
    }
    if (shift.at != AtKind::None) {
        result.step = 0;
    }
    result.start -= shift.offsetMs;
    return result;
}

absl::StatusOr<std::shared_ptr<const Selection>> Evaluator::select(
    const Expr& expr, const VectorSelector& selector, TimestampMs start, TimestampMs end)
{
    NodePlan& plan = m_context.plan(expr);
    const std::uint64_t generation = m_context.isStanding() ? m_context.source().generation() : 0;
    if (plan.selection && generation != 0 && plan.generation == generation) {
        return plan.selection;
    }
    if (generation != 0) {
        // A kept selection serves later times as well.
        start = std::numeric_limits<TimestampMs>::min();
        end = std::numeric_limits<TimestampMs>::max();
    }
    PH_ASSIGN_OR_RETURN(const auto found, m_context.source().select(selector.matchers, start, end));
    auto set = std::make_shared<SeriesSet>();
    auto selection = std::make_shared<Selection>();
    auto labels = std::make_shared<std::vector<std::shared_ptr<const Labels>>>();
    set->rows.reserve(found.size());
    selection->ids.reserve(found.size());
    labels->reserve(found.size());
    for (const SelectedSeries& series : found) {
        set->rows.push_back(series.labels.get());
        selection->ids.push_back(series.id);
        labels->push_back(series.labels);
    }
    set->keepAlive = {labels};
    set->sameName = std::any_of(
        selector.matchers.begin(), selector.matchers.end(), [](const LabelMatcher& matcher) {
            return matcher.type == MatchType::Equal && matcher.name == kMetricName;
        });
    selection->series = std::move(set);
    plan.generation = generation;
    plan.selection = std::move(selection);
    return plan.selection;
}

absl::StatusOr<Block> Evaluator::selector(
    const Expr& expr, const VectorSelector& selector, const Steps& steps, SelectorOutput output)
{
    const Steps at = shifted(steps, selector.shift);
    const std::int64_t lookback = absl::ToInt64Milliseconds(m_context.options().lookback);
    // Prometheus 3 excludes the left end of the look-back.
    const std::int64_t reach = m_context.isVersion3() ? lookback - 1 : lookback;
    PH_ASSIGN_OR_RETURN(const auto selection, select(expr, selector, at.start - reach, at.last()));
    PH_ASSIGN_OR_RETURN(Block block, m_context.makeBlock(selection->series, steps.count));
    const auto cell = [output](TimestampMs time, double value) {
        if (isStaleMarker(value)) {
            return absentValue();
        }
        return output == SelectorOutput::Values ? value : static_cast<double>(time) / 1000;
    };
    if (steps.count == 1) {
        for (std::size_t row = 0; row < block.rows(); ++row) {
            PH_RETURN_IF_ERROR(m_context.checkInterrupt());
            const auto sample =
                m_context.source().latest(selection->ids[row], at.start - reach, at.start);
            if (sample) {
                block.values[row] = cell(sample->time, sample->value);
            }
        }
        return block;
    }
    const auto fillRow = [&](std::size_t row, const SampleColumns& samples) {
        double* const cells = block.row(row);
        std::size_t next = 0;
        for (std::size_t step = 0; step < steps.count; ++step) {
            const TimestampMs time = at.at(step);
            while (next < samples.size() && samples.times[next] <= time) {
                ++next;
            }
            if (next > 0 && samples.times[next - 1] >= time - reach) {
                cells[step] = cell(samples.times[next - 1], samples.values[next - 1]);
            }
        }
        return absl::OkStatus();
    };
    PH_RETURN_IF_ERROR(m_context.readSeries(selection->ids, at.start - reach, at.last(), fillRow));
    return block;
}

absl::StatusOr<RangeInput> Evaluator::rangeInput(const Expr& expr, const Steps& steps)
{
    const Expr& inner = unwrapParens(expr);
    if (const auto* subquery = inner.as<Subquery>()) {
        return subqueryInput(*subquery, steps);
    }
    const auto* matrix = inner.as<MatrixSelector>();
    if (matrix == nullptr) {
        return absl::InternalError("not a range vector");
    }
    RangeInput input;
    input.rangeMs = matrix->rangeMs;
    input.ends = shifted(steps, matrix->selector.shift);
    PH_ASSIGN_OR_RETURN(
        input.selection,
        select(inner, matrix->selector, input.ends.start - input.rangeMs, input.ends.last()));
    input.series = input.selection->series;
    return input;
}

absl::StatusOr<RangeInput> Evaluator::subqueryInput(const Subquery& subquery, const Steps& steps)
{
    RangeInput input;
    input.rangeMs = subquery.rangeMs;
    input.ends = shifted(steps, subquery.shift);
    const std::int64_t step = subquery.stepMs > 0
                                  ? subquery.stepMs
                                  : absl::ToInt64Milliseconds(m_context.options().subqueryStep);
    // The grid is aligned to multiples of the step, so that the same points come again at later
    // times.
    const TimestampMs left = input.ends.start - input.rangeMs;
    TimestampMs start = left / step * step;
    while (start < left || (m_context.isVersion3() && start == left)) {
        start += step;
    }
    const TimestampMs end = input.ends.last();
    if (start > end) {
        input.series = std::make_shared<SeriesSet>();
        return input;
    }
    const auto count = (end - start) / step + 1;
    if (count > m_context.options().maxSamples) {
        return m_context.budget().take(std::numeric_limits<std::int64_t>::max());
    }
    input.blockSteps = {start, step, static_cast<std::size_t>(count)};
    PH_ASSIGN_OR_RETURN(input.block, evaluateVector(*subquery.expr, input.blockSteps));
    input.series = input.block.series;
    return input;
}

absl::StatusOr<Matrix> Evaluator::rangeVector(const Expr& expr, TimestampMs time)
{
    PH_ASSIGN_OR_RETURN(const RangeInput input, rangeInput(expr, {time, 1, 1}));
    const TimestampMs start = input.ends.start - input.rangeMs + (m_context.isVersion3() ? 1 : 0);
    Matrix matrix;
    const auto addRow = [&](std::size_t row, const SampleColumns& samples) -> absl::Status {
        SeriesPoints points;
        for (std::size_t index = 0; index < samples.size(); ++index) {
            if (samples.times[index] >= start && samples.times[index] <= input.ends.start) {
                points.times.push_back(samples.times[index]);
                points.values.push_back(samples.values[index]);
            }
        }
        if (points.times.empty()) {
            return absl::OkStatus();
        }
        PH_RETURN_IF_ERROR(m_context.budget().take(static_cast<std::int64_t>(points.times.size())));
        points.labels = input.series->labels(row);
        matrix.push_back(std::move(points));
        return absl::OkStatus();
    };
    PH_RETURN_IF_ERROR(input.forEachRow(m_context, addRow));
    return matrix;
}

absl::StatusOr<Value> Evaluator::unary(const Expr& expr, const Unary& unary, const Steps& steps)
{
    PH_ASSIGN_OR_RETURN(Value value, evaluate(*unary.expr, steps));
    if (!unary.negate) {
        return value;
    }
    if (value.type == ValueType::Scalar) {
        for (double& scalar : value.scalars) {
            scalar = -scalar;
        }
        return value;
    }
    for (double& cell : value.block.values) {
        cell = isAbsent(cell) ? cell : -cell;
    }
    PH_ASSIGN_OR_RETURN(
        value.block,
        dropMetricName(
            m_context, m_context.plan(expr), std::move(value.block), Duplicates::PerSeries));
    return value;
}

absl::StatusOr<Value> Evaluator::binary(const Expr& expr, const Binary& binary, const Steps& steps)
{
    NodePlan& plan = m_context.plan(expr);
    PH_ASSIGN_OR_RETURN(Value left, evaluate(*binary.left, steps));
    PH_ASSIGN_OR_RETURN(Value right, evaluate(*binary.right, steps));
    const bool leftIsScalar = left.type == ValueType::Scalar;
    const bool rightIsScalar = right.type == ValueType::Scalar;
    if (leftIsScalar && rightIsScalar) {
        for (std::size_t step = 0; step < steps.count; ++step) {
            left.scalars[step] = applyScalars(binary.op, left.scalars[step], right.scalars[step]);
        }
        return left;
    }
    absl::StatusOr<Block> block;
    if (leftIsScalar || rightIsScalar) {
        block = applyVectorScalar(
            m_context,
            plan,
            binary,
            std::move(leftIsScalar ? right.block : left.block),
            leftIsScalar ? left.scalars : right.scalars,
            leftIsScalar);
    } else if (isSetOperator(binary.op)) {
        block = applySets(m_context, plan, binary, std::move(left.block), std::move(right.block));
    } else {
        block =
            applyVectors(m_context, plan, binary, std::move(left.block), std::move(right.block));
    }
    PH_RETURN_IF_ERROR(block.status());
    return vectorValue(std::move(*block));
}

absl::StatusOr<Value> Evaluator::aggregation(
    const Expr& expr, const Aggregate& node, const Steps& steps)
{
    std::vector<double> parameter;
    std::string label;
    if (node.parameter) {
        PH_ASSIGN_OR_RETURN(Value value, evaluate(*node.parameter, steps));
        parameter = std::move(value.scalars);
        label = std::move(value.text);
    }
    PH_ASSIGN_OR_RETURN(Block input, evaluateVector(*node.expr, steps));
    PH_ASSIGN_OR_RETURN(
        Block block,
        promql::aggregate(
            m_context, m_context.plan(expr), node, std::move(input), parameter, label));
    return vectorValue(std::move(block));
}

} // namespace pilothouse::metrics::promql
