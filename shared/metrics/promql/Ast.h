// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/Sample.h"
#include "shared/metrics/SampleSource.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pilothouse::metrics::promql {

struct Expr;
struct Function;
using ExprPtr = std::unique_ptr<Expr>;

enum class ValueType { None, Scalar, Vector, Matrix, String };

/// Bytes [start, end) of the query text, for messages and editors.
struct Span
{
    std::size_t start = 0;
    std::size_t end = 0;
};

enum class AtKind { None, Time, Start, End };

/// `offset` and `@` of a selector or a subquery.
struct TimeShift
{
    std::int64_t offsetMs = 0;
    AtKind at = AtKind::None;
    TimestampMs atTime = 0;
};

struct NumberLiteral
{
    double value = 0;
};

struct StringLiteral
{
    std::string value;
};

/// `name{label="value"}`; the name is also among the matchers.
struct VectorSelector
{
    std::string name;
    std::vector<LabelMatcher> matchers;
    TimeShift shift;
};

struct MatrixSelector
{
    VectorSelector selector;
    std::int64_t rangeMs = 0;
};

/// `expr[range:step]`; step 0 = the engine's default.
struct Subquery
{
    ExprPtr expr;
    std::int64_t rangeMs = 0;
    std::int64_t stepMs = 0;
    TimeShift shift;
};

struct Call
{
    const Function* function = nullptr;
    std::vector<ExprPtr> arguments;
};

struct Unary
{
    bool negate = false;
    ExprPtr expr;
};

enum class BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Mod,
    Pow,
    Atan2,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
    Unless
};

enum class Cardinality { OneToOne, ManyToOne, OneToMany, ManyToMany };

struct VectorMatching
{
    Cardinality cardinality = Cardinality::OneToOne;
    /// True: `on (labels)`; false: `ignoring (labels)`, also when neither was written.
    bool on = false;
    std::vector<std::string> labels;
    /// Labels that group_left/group_right copy from the "one" side.
    std::vector<std::string> include;
};

struct Binary
{
    BinaryOp op = BinaryOp::Add;
    ExprPtr left;
    ExprPtr right;
    bool returnBool = false;
    VectorMatching matching;
};

enum class AggregateOp {
    Sum,
    Avg,
    Count,
    Min,
    Max,
    Group,
    Stddev,
    Stdvar,
    TopK,
    BottomK,
    CountValues,
    Quantile
};

struct Aggregate
{
    AggregateOp op = AggregateOp::Sum;
    ExprPtr expr;
    /// k of topk, q of quantile, label of count_values; else null.
    ExprPtr parameter;
    bool without = false;
    std::vector<std::string> grouping;
};

struct Paren
{
    ExprPtr expr;
};

/// Deeper queries are refused, because evaluation recurses.
inline constexpr int kMaxDepth = 300;

/// A node of a parsed query. Immutable once parse() has returned it.
struct Expr
{
    using Node = std::variant<
        NumberLiteral,
        StringLiteral,
        VectorSelector,
        MatrixSelector,
        Subquery,
        Call,
        Unary,
        Binary,
        Aggregate,
        Paren>;

    Node node;
    Span span;
    /// Nodes on the longest way down, this one included; bounded by kMaxDepth.
    int depth = 1;

    template <typename T>
    const T* as() const
    {
        return std::get_if<T>(&node);
    }
    template <typename T>
    T* as()
    {
        return std::get_if<T>(&node);
    }
};

ValueType typeOf(const Expr& expr);
/// "scalar", "instant vector", "range vector", "string".
std::string_view typeName(ValueType type);
std::string_view opName(BinaryOp op);
std::string_view opName(AggregateOp op);
bool isComparison(BinaryOp op);
bool isSetOperator(BinaryOp op);
bool hasParameter(AggregateOp op);

/// The expression inside any parentheses.
const Expr& unwrapParens(const Expr& expr);
/// The direct children, in source order.
std::vector<const Expr*> childrenOf(const Expr& expr);

} // namespace pilothouse::metrics::promql
