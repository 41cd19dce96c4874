// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/TypeChecker.h"

#include "shared/base/StatusHelpers.h"
#include "shared/metrics/promql/Functions.h"
#include "shared/metrics/promql/Lexer.h"

#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::metrics::promql {

namespace {

class Checker
{
public:
    Checker(const Expr& expr, std::string_view text) : m_expr(expr), m_text(text) {}

    absl::Status operator()(const Subquery& subquery) const
    {
        const ValueType type = typeOf(*subquery.expr);
        if (type != ValueType::Vector) {
            return error(fmt::format(
                "subquery is only allowed on instant vector, got {} instead", typeName(type)));
        }
        return absl::OkStatus();
    }

    absl::Status operator()(const Unary& unary) const
    {
        const ValueType type = typeOf(*unary.expr);
        if (type != ValueType::Scalar && type != ValueType::Vector) {
            return error(fmt::format(
                "unary expression only allowed on expressions of type scalar or instant vector, "
                "got \"{}\"",
                typeName(type)));
        }
        return absl::OkStatus();
    }

    absl::Status operator()(const Aggregate& aggregate) const
    {
        PH_RETURN_IF_ERROR(expect(*aggregate.expr, ValueType::Vector, "aggregation expression"));
        if (aggregate.parameter) {
            const bool isText = aggregate.op == AggregateOp::CountValues;
            return expect(
                *aggregate.parameter,
                isText ? ValueType::String : ValueType::Scalar,
                "aggregation parameter");
        }
        return absl::OkStatus();
    }

    absl::Status operator()(const Call& call) const
    {
        const Function& function = *call.function;
        const std::size_t given = call.arguments.size();
        const std::size_t most = function.arguments.size();
        const std::size_t least = most - static_cast<std::size_t>(function.optional);
        if (given < least || (given > most && !function.variadic)) {
            const std::string_view bound = least == most   ? ""
                                           : given < least ? "at least "
                                                           : "at most ";
            return error(fmt::format(
                "expected {}{} argument(s) in call to \"{}\", got {}",
                bound,
                given < least ? least : most,
                function.name,
                given));
        }
        const std::string context = fmt::format("call to function \"{}\"", function.name);
        for (std::size_t index = 0; index < given; ++index) {
            PH_RETURN_IF_ERROR(expect(
                *call.arguments[index], function.arguments[std::min(index, most - 1)], context));
        }
        return absl::OkStatus();
    }

    absl::Status operator()(const Binary& binary) const
    {
        const ValueType left = typeOf(*binary.left);
        const ValueType right = typeOf(*binary.right);
        const auto isOperand = [](ValueType type) {
            return type == ValueType::Scalar || type == ValueType::Vector;
        };
        const bool bothVectors = left == ValueType::Vector && right == ValueType::Vector;
        if (binary.returnBool && !isComparison(binary.op)) {
            return error("bool modifier can only be used on comparison operators");
        }
        if (isComparison(binary.op) && !binary.returnBool && left == ValueType::Scalar &&
            right == ValueType::Scalar) {
            return error("comparisons between scalars must use BOOL modifier");
        }
        if (!isOperand(left) || !isOperand(right)) {
            return error("binary expression must contain only scalar and instant vector types");
        }
        if (isSetOperator(binary.op) && !bothVectors) {
            return error(fmt::format(
                "set operator \"{}\" not allowed in binary scalar expression", opName(binary.op)));
        }
        if (!bothVectors && !binary.matching.labels.empty()) {
            return error("vector matching only allowed between instant vectors");
        }
        return checkMatching(binary);
    }

    absl::Status operator()(const auto&) const { return absl::OkStatus(); }

private:
    absl::Status error(std::string_view message) const
    {
        return parseError(m_text, m_expr.span.start, message);
    }

    absl::Status expect(const Expr& part, ValueType wanted, std::string_view context) const
    {
        const ValueType type = typeOf(part);
        if (type != wanted) {
            return parseError(
                m_text,
                part.span.start,
                fmt::format(
                    "expected type {} in {}, got {}", typeName(wanted), context, typeName(type)));
        }
        return absl::OkStatus();
    }

    absl::Status checkMatching(const Binary& binary) const
    {
        const VectorMatching& matching = binary.matching;
        if (isSetOperator(binary.op) && matching.cardinality != Cardinality::ManyToMany) {
            return error(
                fmt::format("no grouping allowed for \"{}\" operation", opName(binary.op)));
        }
        for (const auto& label : matching.include) {
            if (matching.on && std::count(matching.labels.begin(), matching.labels.end(), label)) {
                return error(fmt::format(
                    "label \"{}\" must not occur in ON and GROUP clause at once", label));
            }
        }
        return absl::OkStatus();
    }

    const Expr& m_expr;
    std::string_view m_text;
};

} // namespace

absl::Status checkTypes(const Expr& expr, std::string_view text)
{
    return std::visit(Checker(expr, text), expr.node);
}

} // namespace pilothouse::metrics::promql
