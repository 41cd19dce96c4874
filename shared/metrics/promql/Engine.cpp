// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/Engine.h"

#include "shared/base/StatusHelpers.h"
#include "shared/metrics/promql/Evaluator.h"
#include "shared/metrics/promql/Parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace pilothouse::metrics::promql {

namespace {

Vector vectorOf(const Block& block, TimestampMs time)
{
    Vector vector;
    for (std::size_t row = 0; row < block.rows(); ++row) {
        if (!isAbsent(block.values[row])) {
            vector.push_back({block.series->labels(row), {time, block.values[row]}});
        }
    }
    return vector;
}

Matrix matrixOf(const Block& block, const Steps& steps)
{
    Matrix matrix;
    for (std::size_t row = 0; row < block.rows(); ++row) {
        SeriesPoints points;
        const double* const cells = block.row(row);
        for (std::size_t step = 0; step < steps.count; ++step) {
            if (!isAbsent(cells[step])) {
                points.times.push_back(steps.at(step));
                points.values.push_back(cells[step]);
            }
        }
        if (!points.times.empty()) {
            points.labels = block.series->labels(row);
            matrix.push_back(std::move(points));
        }
    }
    std::sort(matrix.begin(), matrix.end(), [](const auto& left, const auto& right) {
        return left.labels < right.labels;
    });
    return matrix;
}

SeriesPoints pointsOf(std::vector<double> scalars, const Steps& steps)
{
    SeriesPoints points;
    for (std::size_t step = 0; step < steps.count; ++step) {
        points.times.push_back(steps.at(step));
    }
    points.values = std::move(scalars);
    return points;
}

/// Leaves room for every range and offset that a query can name.
constexpr TimestampMs kMaxTime = 9'200'000'000'000'000'000;

absl::Status checkTime(TimestampMs time)
{
    return time >= -kMaxTime && time <= kMaxTime
               ? absl::OkStatus()
               : absl::InvalidArgumentError("evaluation time is out of range");
}

absl::Status checkRange(const QueryRange& range, const EngineOptions& options)
{
    PH_RETURN_IF_ERROR(checkTime(range.start));
    PH_RETURN_IF_ERROR(checkTime(range.end));
    if (range.end < range.start) {
        return absl::InvalidArgumentError("end timestamp must not be before start time");
    }
    if (range.stepMs <= 0) {
        return absl::InvalidArgumentError(
            "zero or negative query resolution step widths are not accepted. Try a positive "
            "integer");
    }
    const std::uint64_t length =
        static_cast<std::uint64_t>(range.end) - static_cast<std::uint64_t>(range.start);
    if (length / static_cast<std::uint64_t>(range.stepMs) >
        static_cast<std::uint64_t>(options.maxPoints)) {
        return absl::InvalidArgumentError(fmt::format(
            "exceeded maximum resolution of {} points per timeseries. Try decreasing the query "
            "resolution (?step=XX)",
            options.maxPoints));
    }
    return absl::OkStatus();
}

} // namespace

Engine::Engine(EngineOptions options, const Clock& clock) : m_options(options), m_clock(clock) {}

absl::StatusOr<std::shared_ptr<const Expr>> Engine::parse(std::string_view text) const
{
    return promql::parse(text, m_options.compat);
}

absl::StatusOr<QueryResult> Engine::instant(
    const Expr& expr,
    const SampleSource& source,
    TimestampMs time,
    const std::stop_token& stop) const
{
    PlanCache plans(/*isStanding=*/false);
    return instant(expr, source, time, plans, stop);
}

absl::StatusOr<QueryResult> Engine::range(
    const Expr& expr,
    const SampleSource& source,
    const QueryRange& range,
    const std::stop_token& stop) const
{
    PlanCache plans(/*isStanding=*/false);
    return this->range(expr, source, range, plans, stop);
}

absl::StatusOr<QueryResult> Engine::instant(
    const Expr& expr,
    const SampleSource& source,
    TimestampMs time,
    PlanCache& plans,
    const std::stop_token& stop) const
{
    PH_RETURN_IF_ERROR(checkTime(time));
    const Steps steps{time, 1, 1};
    QueryContext context(m_options, m_clock, source, plans, time, time, stop);
    Evaluator evaluator(context);
    QueryResult result;
    if (typeOf(expr) == ValueType::Matrix) {
        PH_ASSIGN_OR_RETURN(Matrix matrix, evaluator.rangeVector(expr, time));
        std::sort(matrix.begin(), matrix.end(), [](const auto& left, const auto& right) {
            return left.labels < right.labels;
        });
        result.value = std::move(matrix);
        return result;
    }
    PH_ASSIGN_OR_RETURN(Value value, evaluator.evaluate(expr, steps));
    switch (value.type) {
    case ValueType::Scalar:
        result.value = Sample{time, value.scalars.front()};
        break;
    case ValueType::String:
        result.value = std::move(value.text);
        break;
    default:
        result.value = vectorOf(value.block, time);
    }
    return result;
}

absl::StatusOr<QueryResult> Engine::range(
    const Expr& expr,
    const SampleSource& source,
    const QueryRange& range,
    PlanCache& plans,
    const std::stop_token& stop) const
{
    const ValueType type = typeOf(expr);
    if (type != ValueType::Scalar && type != ValueType::Vector) {
        return absl::InvalidArgumentError(fmt::format(
            "invalid expression type \"{}\" for range query, must be Scalar or instant Vector",
            typeName(type)));
    }
    PH_RETURN_IF_ERROR(checkRange(range, m_options));
    const Steps steps{
        range.start,
        range.stepMs,
        static_cast<std::size_t>((range.end - range.start) / range.stepMs) + 1};
    QueryContext context(m_options, m_clock, source, plans, range.start, range.end, stop);
    PH_ASSIGN_OR_RETURN(Value value, Evaluator(context).evaluate(expr, steps));
    QueryResult result;
    if (value.type == ValueType::Scalar) {
        result.value = Matrix{pointsOf(std::move(value.scalars), steps)};
    } else {
        result.value = matrixOf(value.block, steps);
    }
    return result;
}

} // namespace pilothouse::metrics::promql
