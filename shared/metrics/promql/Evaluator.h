// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/QueryResult.h"
#include "shared/metrics/promql/Block.h"
#include "shared/metrics/promql/QueryContext.h"
#include "shared/metrics/promql/RangeInput.h"

#include <absl/status/statusor.h>

#include <string>
#include <vector>

namespace pilothouse::metrics::promql {

/// Evaluates an expression at all steps at once, bottom up: every node makes one block. A selector
/// is resolved once, each of its series decoded once, windows slide over the decoded samples.
class Evaluator
{
public:
    explicit Evaluator(QueryContext& context) : m_context(context) {}

    absl::StatusOr<Value> evaluate(const Expr& expr, const Steps& steps);
    /// The samples of a range vector at one time.
    absl::StatusOr<Matrix> rangeVector(const Expr& expr, TimestampMs time);

private:
    enum class SelectorOutput { Values, Times };

    absl::StatusOr<Value> evaluateNode(const Expr& expr, const Steps& steps);
    absl::StatusOr<Value> evaluateOnce(const Expr& expr, const Steps& steps);
    absl::StatusOr<Block> evaluateVector(const Expr& expr, const Steps& steps);
    absl::StatusOr<std::vector<double>> evaluateScalar(const Expr& expr, const Steps& steps);

    absl::StatusOr<Block> selector(
        const Expr& expr,
        const VectorSelector& selector,
        const Steps& steps,
        SelectorOutput output);
    absl::StatusOr<std::shared_ptr<const Selection>> select(
        const Expr& expr, const VectorSelector& selector, TimestampMs start, TimestampMs end);
    Steps shifted(const Steps& steps, const TimeShift& shift) const;
    absl::StatusOr<RangeInput> rangeInput(const Expr& expr, const Steps& steps);
    absl::StatusOr<RangeInput> subqueryInput(const Subquery& subquery, const Steps& steps);

    absl::StatusOr<Value> unary(const Expr& expr, const Unary& unary, const Steps& steps);
    absl::StatusOr<Value> binary(const Expr& expr, const Binary& binary, const Steps& steps);
    absl::StatusOr<Value> aggregation(
        const Expr& expr, const Aggregate& aggregate, const Steps& steps);

    absl::StatusOr<Value> call(const Expr& expr, const Call& call, const Steps& steps);
    absl::StatusOr<Block> rangeCall(const Expr& expr, const Call& call, const Steps& steps);
    absl::StatusOr<Block> elementCall(const Expr& expr, const Call& call, const Steps& steps);
    absl::StatusOr<Block> timestampCall(const Expr& expr, const Call& call, const Steps& steps);
    absl::StatusOr<Block> labelCall(const Call& call, const Steps& steps);
    absl::StatusOr<Block> sortCall(const Call& call, const Steps& steps);
    absl::StatusOr<Block> absent(const Expr& argument, const Block& input, const Steps& steps);
    absl::StatusOr<std::vector<double>> scalarCall(const Call& call, const Steps& steps);
    absl::StatusOr<Block> unlabelled(const std::vector<double>& values);

    QueryContext& m_context;
};

} // namespace pilothouse::metrics::promql
