// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/Parser.h"

#include "shared/base/StatusHelpers.h"
#include "shared/metrics/promql/Functions.h"
#include "shared/metrics/promql/SelectorParser.h"
#include "shared/metrics/promql/Text.h"
#include "shared/metrics/promql/TypeChecker.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace pilothouse::metrics::promql {

namespace {

/// How tightly operators bind; a unary sign binds like multiplication, so that -a^b is -(a^b).
constexpr int kUnaryPrecedence = 5;
constexpr int kPowerPrecedence = 6;

int precedence(BinaryOp op)
{
    switch (op) {
    case BinaryOp::Or:
        return 1;
    case BinaryOp::And:
    case BinaryOp::Unless:
        return 2;
    case BinaryOp::Add:
    case BinaryOp::Sub:
        return 4;
    case BinaryOp::Mul:
    case BinaryOp::Div:
    case BinaryOp::Mod:
    case BinaryOp::Atan2:
        return kUnaryPrecedence;
    case BinaryOp::Pow:
        return kPowerPrecedence;
    default:
        return 3;
    }
}

class Parser : private SelectorParser
{
public:
    using SelectorParser::SelectorParser;

    absl::StatusOr<ExprPtr> query()
    {
        if (peek().kind == TokenKind::End) {
            return errorAt(0, "no expression found in input");
        }
        PH_ASSIGN_OR_RETURN(ExprPtr expr, expression(0));
        if (peek().kind != TokenKind::End) {
            return unexpected("");
        }
        return expr;
    }

    absl::StatusOr<VectorSelector> selectorOnly()
    {
        PH_ASSIGN_OR_RETURN(VectorSelector selector, vectorSelector());
        if (peek().kind != TokenKind::End) {
            return unexpected("");
        }
        return selector;
    }

private:
    absl::Status tooDeep() const
    {
        return errorAt(
            peek().span.start,
            fmt::format("expression is nested deeper than {} levels", kMaxDepth));
    }

    absl::StatusOr<ExprPtr> make(Expr::Node node, std::size_t start)
    {
        auto expr = std::make_unique<Expr>();
        expr->node = std::move(node);
        expr->span = {start, lastEnd()};
        for (const Expr* child : childrenOf(*expr)) {
            expr->depth = std::max(expr->depth, child->depth + 1);
        }
        if (expr->depth > kMaxDepth) {
            return tooDeep();
        }
        PH_RETURN_IF_ERROR(checkTypes(*expr, text()));
        return expr;
    }

    absl::StatusOr<ExprPtr> expression(int leastPrecedence)
    {
        if (m_nesting >= kMaxDepth) {
            return tooDeep();
        }
        ++m_nesting;
        auto result = binaryChain(leastPrecedence);
        --m_nesting;
        return result;
    }

    absl::StatusOr<ExprPtr> binaryChain(int leastPrecedence)
    {
        PH_ASSIGN_OR_RETURN(ExprPtr left, signedExpression());
        while (const auto op = binaryOpOf(peek())) {
            if (precedence(*op) < leastPrecedence) {
                break;
            }
            take();
            Binary binary;
            binary.op = *op;
            PH_RETURN_IF_ERROR(binaryModifiers(binary));
            const bool isRightAssociative = *op == BinaryOp::Pow;
            PH_ASSIGN_OR_RETURN(
                binary.right, expression(precedence(*op) + (isRightAssociative ? 0 : 1)));
            const std::size_t start = left->span.start;
            binary.left = std::move(left);
            PH_ASSIGN_OR_RETURN(left, make(std::move(binary), start));
        }
        return left;
    }

    absl::StatusOr<ExprPtr> signedExpression()
    {
        if (!peek().is("-") && !peek().is("+")) {
            return postfix();
        }
        const Token& sign = take();
        const bool negate = sign.text == "-";
        const std::size_t start = sign.span.start;
        PH_ASSIGN_OR_RETURN(ExprPtr inner, expression(kPowerPrecedence));
        if (auto* number = inner->as<NumberLiteral>()) {
            number->value = negate ? -number->value : number->value;
            inner->span.start = start;
            return inner;
        }
        return make(Unary{negate, std::move(inner)}, start);
    }

    absl::Status binaryModifiers(Binary& binary)
    {
        VectorMatching& matching = binary.matching;
        if (isSetOperator(binary.op)) {
            matching.cardinality = Cardinality::ManyToMany;
        }
        binary.returnBool = acceptWord("bool");
        const bool isOn = peek().isWord("on");
        if (!isOn && !peek().isWord("ignoring")) {
            return absl::OkStatus();
        }
        take();
        matching.on = isOn;
        PH_ASSIGN_OR_RETURN(matching.labels, groupingLabels());
        const bool isLeft = peek().isWord("group_left");
        if (isLeft || peek().isWord("group_right")) {
            take();
            matching.cardinality = isLeft ? Cardinality::ManyToOne : Cardinality::OneToMany;
            if (peek().is("(")) {
                PH_ASSIGN_OR_RETURN(matching.include, groupingLabels());
            }
        }
        return absl::OkStatus();
    }

    absl::StatusOr<std::vector<std::string>> groupingLabels()
    {
        if (!accept("(")) {
            return unexpected("grouping opts", "\"(\"");
        }
        std::vector<std::string> labels;
        while (!accept(")")) {
            const Token& token = peek();
            if (token.kind == TokenKind::String && compat() == Compat::Prometheus3) {
                PH_ASSIGN_OR_RETURN(std::string label, stringValue(token));
                labels.push_back(std::move(label));
            } else if (
                (token.kind == TokenKind::Keyword && !token.isWord("without")) ||
                token.kind == TokenKind::Identifier) {
                labels.emplace_back(token.text);
            } else {
                return unexpected("grouping opts", "label");
            }
            take();
            if (!peek().is(")") && !accept(",")) {
                return unexpected("grouping opts", "\",\" or \")\"");
            }
        }
        return labels;
    }

    absl::StatusOr<ExprPtr> postfix()
    {
        PH_ASSIGN_OR_RETURN(ExprPtr expr, primary());
        while (true) {
            if (peek().is("[")) {
                PH_ASSIGN_OR_RETURN(expr, rangeOrSubquery(std::move(expr)));
            } else if (acceptWord("offset")) {
                PH_RETURN_IF_ERROR(offset(*expr));
            } else if (accept("@")) {
                PH_RETURN_IF_ERROR(at(*expr));
            } else {
                return expr;
            }
            expr->span.end = lastEnd();
        }
    }

    absl::StatusOr<ExprPtr> rangeOrSubquery(ExprPtr inner)
    {
        const std::size_t bracket = take().span.start;
        const std::size_t start = inner->span.start;
        PH_ASSIGN_OR_RETURN(const std::int64_t range, duration("subquery selector", "duration"));
        if (accept(":")) {
            Subquery subquery;
            subquery.rangeMs = range;
            if (!peek().is("]")) {
                PH_ASSIGN_OR_RETURN(
                    subquery.stepMs, duration("subquery selector", "duration or \"]\""));
            }
            if (!accept("]")) {
                return unexpected("subquery selector", "\"]\"");
            }
            subquery.expr = std::move(inner);
            return make(std::move(subquery), start);
        }
        if (!accept("]")) {
            return unexpected("subquery or range", "\":\" or \"]\"");
        }
        auto* selector = inner->as<VectorSelector>();
        if (selector == nullptr) {
            return errorAt(bracket, "ranges only allowed for vector selectors");
        }
        if (selector->shift.offsetMs != 0) {
            return errorAt(bracket, "no offset modifiers allowed before range");
        }
        if (selector->shift.at != AtKind::None) {
            return errorAt(bracket, "no @ modifiers allowed before range");
        }
        return make(MatrixSelector{std::move(*selector), range}, start);
    }

    static TimeShift* shiftOf(Expr& expr)
    {
        if (auto* selector = expr.as<VectorSelector>()) {
            return &selector->shift;
        }
        if (auto* selector = expr.as<MatrixSelector>()) {
            return &selector->selector.shift;
        }
        if (auto* subquery = expr.as<Subquery>()) {
            return &subquery->shift;
        }
        return nullptr;
    }

    absl::Status offset(Expr& expr)
    {
        const bool negate = accept("-");
        if (!negate && compat() == Compat::Prometheus3) {
            accept("+");
        }
        PH_ASSIGN_OR_RETURN(const std::int64_t amount, duration("offset", "duration"));
        TimeShift* const shift = shiftOf(expr);
        if (shift == nullptr) {
            return errorAt(
                expr.span.start,
                "offset modifier must be preceded by an instant vector selector or range vector "
                "selector or a subquery");
        }
        if (shift->offsetMs != 0) {
            return errorAt(expr.span.start, "offset may not be set multiple times");
        }
        shift->offsetMs = negate ? -amount : amount;
        return absl::OkStatus();
    }

    absl::Status at(Expr& expr)
    {
        TimeShift* const shift = shiftOf(expr);
        if (shift == nullptr) {
            return errorAt(
                expr.span.start,
                "@ modifier must be preceded by an instant vector selector or range vector "
                "selector or a subquery");
        }
        if (shift->at != AtKind::None) {
            return errorAt(expr.span.start, "@ <timestamp> may not be set multiple times");
        }
        if (peek().isWord("start") || peek().isWord("end")) {
            shift->at = take().word == "start" ? AtKind::Start : AtKind::End;
            if (!accept("(") || !accept(")")) {
                return unexpected("@", "\"()\"");
            }
            return absl::OkStatus();
        }
        const bool negate = peek().is("-");
        if (negate || peek().is("+")) {
            take();
        }
        const bool isDuration =
            peek().kind == TokenKind::Duration && compat() == Compat::Prometheus3;
        if (peek().kind != TokenKind::Number && !isDuration) {
            return unexpected("@", "timestamp");
        }
        const Token& token = take();
        PH_ASSIGN_OR_RETURN(double seconds, numberValue(token));
        seconds = negate ? -seconds : seconds;
        if (!(std::abs(seconds) < 9.2e15)) {
            return errorAt(
                token.span.start,
                fmt::format("timestamp out of bounds for @ modifier: {:f}", seconds));
        }
        shift->at = AtKind::Time;
        shift->atTime = std::llround(seconds * 1000);
        return absl::OkStatus();
    }

    absl::StatusOr<ExprPtr> primary()
    {
        const Token& token = peek();
        const std::size_t start = token.span.start;
        if (token.kind == TokenKind::Number ||
            (token.kind == TokenKind::Duration && compat() == Compat::Prometheus3)) {
            take();
            PH_ASSIGN_OR_RETURN(const double value, numberValue(token));
            return make(NumberLiteral{value}, start);
        }
        if (token.kind == TokenKind::String) {
            take();
            PH_ASSIGN_OR_RETURN(std::string value, stringValue(token));
            return make(StringLiteral{std::move(value)}, start);
        }
        if (accept("(")) {
            PH_ASSIGN_OR_RETURN(ExprPtr inner, expression(0));
            if (!accept(")")) {
                return unexpected("parenthesized expression", "\")\"");
            }
            return make(Paren{std::move(inner)}, start);
        }
        const Token& following = peek(1);
        if (const auto op = aggregateOpOf(token);
            op && (following.is("(") || following.isWord("by") || following.isWord("without"))) {
            return aggregate(*op);
        }
        if (token.kind == TokenKind::Identifier && following.is("(")) {
            return call();
        }
        if (isMetricWord(token) || token.is("{")) {
            PH_ASSIGN_OR_RETURN(VectorSelector selector, vectorSelector());
            return make(std::move(selector), start);
        }
        return unexpected("");
    }

    absl::StatusOr<std::vector<ExprPtr>> arguments(std::string_view context)
    {
        std::vector<ExprPtr> list;
        if (!accept("(")) {
            return unexpected(context, "\"(\"");
        }
        if (accept(")")) {
            return list;
        }
        while (true) {
            PH_ASSIGN_OR_RETURN(ExprPtr argument, expression(0));
            list.push_back(std::move(argument));
            if (accept(")")) {
                return list;
            }
            const std::size_t comma = peek().span.start;
            if (!accept(",")) {
                return unexpected(context, "\",\" or \")\"");
            }
            if (peek().is(")")) {
                return errorAt(comma, "trailing commas not allowed in function call args");
            }
        }
    }

    absl::StatusOr<ExprPtr> call()
    {
        const Token& token = take();
        const Function* const function = findFunction(token.text);
        if (function == nullptr || (function->sinceVersion3 && compat() == Compat::Prometheus2)) {
            return errorAt(
                token.span.start, fmt::format("unknown function with name {}", quote(token.text)));
        }
        PH_ASSIGN_OR_RETURN(auto list, arguments("function call"));
        return make(Call{function, std::move(list)}, token.span.start);
    }

    absl::Status aggregateModifier(Aggregate& aggregate)
    {
        if (peek().isWord("by") || peek().isWord("without")) {
            aggregate.without = take().word == "without";
            PH_ASSIGN_OR_RETURN(aggregate.grouping, groupingLabels());
        }
        return absl::OkStatus();
    }

    absl::StatusOr<ExprPtr> aggregate(AggregateOp op)
    {
        const std::size_t start = take().span.start;
        Aggregate aggregate;
        aggregate.op = op;
        const bool modifierFirst = !peek().is("(");
        PH_RETURN_IF_ERROR(aggregateModifier(aggregate));
        PH_ASSIGN_OR_RETURN(auto list, arguments("aggregation"));
        if (!modifierFirst) {
            PH_RETURN_IF_ERROR(aggregateModifier(aggregate));
        }
        if (list.empty()) {
            return errorAt(start, "no arguments for aggregate expression provided");
        }
        const std::size_t wanted = hasParameter(op) ? 2 : 1;
        if (list.size() != wanted) {
            return errorAt(
                start,
                fmt::format(
                    "wrong number of arguments for aggregate expression provided, expected {}, got "
                    "{}",
                    wanted,
                    list.size()));
        }
        if (wanted == 2) {
            aggregate.parameter = std::move(list.front());
        }
        aggregate.expr = std::move(list.back());
        return make(std::move(aggregate), start);
    }

    int m_nesting = 0;
};

} // namespace

absl::StatusOr<std::shared_ptr<const Expr>> parse(std::string_view text, Compat compat)
{
    PH_ASSIGN_OR_RETURN(auto tokens, lex(text));
    PH_ASSIGN_OR_RETURN(ExprPtr expr, Parser(text, std::move(tokens), compat).query());
    return std::shared_ptr<const Expr>(std::move(expr));
}

absl::StatusOr<std::vector<LabelMatcher>> parseSelector(std::string_view text, Compat compat)
{
    PH_ASSIGN_OR_RETURN(auto tokens, lex(text));
    PH_ASSIGN_OR_RETURN(
        VectorSelector selector, Parser(text, std::move(tokens), compat).selectorOnly());
    return std::move(selector.matchers);
}

} // namespace pilothouse::metrics::promql
