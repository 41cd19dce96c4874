// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/Ast.h"

#include "shared/metrics/promql/Functions.h"

#include <array>

namespace pilothouse::metrics::promql {

ValueType typeOf(const Expr& expr)
{
    struct TypeVisitor
    {
        ValueType operator()(const NumberLiteral&) const { return ValueType::Scalar; }
        ValueType operator()(const StringLiteral&) const { return ValueType::String; }
        ValueType operator()(const VectorSelector&) const { return ValueType::Vector; }
        ValueType operator()(const MatrixSelector&) const { return ValueType::Matrix; }
        ValueType operator()(const Subquery&) const { return ValueType::Matrix; }
        ValueType operator()(const Call& call) const { return call.function->result; }
        ValueType operator()(const Unary& unary) const { return typeOf(*unary.expr); }
        ValueType operator()(const Binary& binary) const
        {
            const bool scalars = typeOf(*binary.left) == ValueType::Scalar &&
                                 typeOf(*binary.right) == ValueType::Scalar;
            return scalars ? ValueType::Scalar : ValueType::Vector;
        }
        ValueType operator()(const Aggregate&) const { return ValueType::Vector; }
        ValueType operator()(const Paren& paren) const { return typeOf(*paren.expr); }
    };
    return std::visit(TypeVisitor(), expr.node);
}

std::string_view typeName(ValueType type)
{
    switch (type) {
    case ValueType::Scalar:
        return "scalar";
    case ValueType::Vector:
        return "instant vector";
    case ValueType::Matrix:
        return "range vector";
    case ValueType::String:
        return "string";
    case ValueType::None:
        break;
    }
    return "none";
}

std::string_view opName(BinaryOp op)
{
    static constexpr std::array<std::string_view, 16> kNames = {
        "+",
        "-",
        "*",
        "/",
        "%",
        "^",
        "atan2",
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "and",
        "or",
        "unless"};
    return kNames[static_cast<std::size_t>(op)];
}

std::string_view opName(AggregateOp op)
{
    static constexpr std::array<std::string_view, 12> kNames = {
        "sum",
        "avg",
        "count",
        "min",
        "max",
        "group",
        "stddev",
        "stdvar",
        "topk",
        "bottomk",
        "count_values",
        "quantile"};
    return kNames[static_cast<std::size_t>(op)];
}

bool isComparison(BinaryOp op)
{
    return op >= BinaryOp::Equal && op <= BinaryOp::GreaterEqual;
}

bool isSetOperator(BinaryOp op)
{
    return op >= BinaryOp::And;
}

bool hasParameter(AggregateOp op)
{
    return op >= AggregateOp::TopK;
}

const Expr& unwrapParens(const Expr& expr)
{
    const Expr* inner = &expr;
    while (const auto* paren = inner->as<Paren>()) {
        inner = paren->expr.get();
    }
    return *inner;
}

std::vector<const Expr*> childrenOf(const Expr& expr)
{
    std::vector<const Expr*> children;
    if (const auto* subquery = expr.as<Subquery>()) {
        children = {subquery->expr.get()};
    } else if (const auto* call = expr.as<Call>()) {
        for (const auto& argument : call->arguments) {
            children.push_back(argument.get());
        }
    } else if (const auto* unary = expr.as<Unary>()) {
        children = {unary->expr.get()};
    } else if (const auto* binary = expr.as<Binary>()) {
        children = {binary->left.get(), binary->right.get()};
    } else if (const auto* aggregate = expr.as<Aggregate>()) {
        if (aggregate->parameter) {
            children.push_back(aggregate->parameter.get());
        }
        children.push_back(aggregate->expr.get());
    } else if (const auto* paren = expr.as<Paren>()) {
        children = {paren->expr.get()};
    }
    return children;
}

} // namespace pilothouse::metrics::promql
