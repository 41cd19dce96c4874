// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/Parser.h"

#include "shared/base/StatusHelpers.h"
#include "shared/metrics/promql/Functions.h"
#include "shared/metrics/promql/Lexer.h"
#include "shared/metrics/promql/Text.h"
#include "shared/metrics/promql/TypeChecker.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace pilothouse::metrics::promql {

namespace {

/// How tightly operators bind; a unary sign binds like multiplication, so that -a^b is -(a^b).
constexpr int kUnaryPrecedence = 5;
constexpr int kPowerPrecedence = 6;

std::optional<BinaryOp> binaryOpOf(const Token& token)
{
    static constexpr std::array<BinaryOp, 16> kOps = {
        BinaryOp::Add,
        BinaryOp::Sub,
        BinaryOp::Mul,
        BinaryOp::Div,
        BinaryOp::Mod,
        BinaryOp::Pow,
        BinaryOp::Atan2,
        BinaryOp::Equal,
        BinaryOp::NotEqual,
        BinaryOp::Less,
        BinaryOp::LessEqual,
        BinaryOp::Greater,
        BinaryOp::GreaterEqual,
        BinaryOp::And,
        BinaryOp::Or,
        BinaryOp::Unless};
    for (const BinaryOp op : kOps) {
        if (token.is(opName(op)) || token.isWord(opName(op))) {
            return op;
        }
    }
    return std::nullopt;
}

std::optional<AggregateOp> aggregateOpOf(const Token& token)
{
    for (int index = 0; index <= static_cast<int>(AggregateOp::Quantile); ++index) {
        const auto op = static_cast<AggregateOp>(index);
        if (token.isWord(opName(op))) {
            return op;
        }
    }
    return std::nullopt;
}

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

/// Reserved words that cannot be a metric's name.
bool isReservedForMatching(const Token& token)
{
    static constexpr std::array<std::string_view, 6> kWords = {
        "bool", "ignoring", "on", "group_left", "group_right", "atan2"};
    return std::any_of(kWords.begin(), kWords.end(), [&](auto word) { return token.isWord(word); });
}

std::string describeToken(const Token& token)
{
    switch (token.kind) {
    case TokenKind::End:
        return "end of input";
    case TokenKind::Identifier:
    case TokenKind::MetricIdentifier:
        return fmt::format("identifier {}", quote(token.text));
    case TokenKind::Number:
        return fmt::format("number {}", quote(token.text));
    case TokenKind::Duration:
        return fmt::format("duration {}", quote(token.text));
    case TokenKind::String:
        return fmt::format("string {}", quote(token.text));
    case TokenKind::Keyword:
        return fmt::format(
            "{} \"{}\"", aggregateOpOf(token) ? "aggregation" : "keyword", token.word);
    case TokenKind::Symbol:
        break;
    }
    return binaryOpOf(token) ? fmt::format("<op:{}>", token.text) : quote(token.text);
}

class Parser
{
public:
    Parser(std::string_view text, std::vector<Token> tokens, Compat compat)
        : m_text(text), m_tokens(std::move(tokens)), m_compat(compat)
    {}

    absl::StatusOr<ExprPtr> query()
    {
        if (peek().kind == TokenKind::End) {
            return parseError(m_text, 0, "no expression found in input");
        }
        PH_ASSIGN_OR_RETURN(ExprPtr expr, expression(0));
        if (peek().kind != TokenKind::End) {
            return unexpected("");
        }
        return expr;
    }

    absl::StatusOr<ExprPtr> selectorOnly()
    {
        PH_ASSIGN_OR_RETURN(ExprPtr expr, vectorSelector());
        if (peek().kind != TokenKind::End) {
            return unexpected("");
        }
        return expr;
    }

private:
    const Token& peek(std::size_t ahead = 0) const
    {
        return m_tokens[std::min(m_at + ahead, m_tokens.size() - 1)];
    }
    const Token& take()
    {
        const Token& token = peek();
        m_at = std::min(m_at + 1, m_tokens.size() - 1);
        m_lastEnd = token.span.end;
        return token;
    }
    bool accept(std::string_view symbol)
    {
        if (!peek().is(symbol)) {
            return false;
        }
        take();
        return true;
    }
    bool acceptWord(std::string_view word)
    {
        if (!peek().isWord(word)) {
            return false;
        }
        take();
        return true;
    }

    absl::Status errorAt(std::size_t offset, std::string_view message) const
    {
        return parseError(m_text, offset, message);
    }
    absl::Status unexpected(std::string_view context, std::string_view expected = {}) const
    {
        std::string message = fmt::format("unexpected {}", describeToken(peek()));
        if (!context.empty()) {
            message += fmt::format(" in {}", context);
        }
        if (!expected.empty()) {
            message += fmt::format(", expected {}", expected);
        }
        return errorAt(peek().span.start, message);
    }
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
        expr->span = {start, m_lastEnd};
        for (const Expr* child : childrenOf(*expr)) {
            expr->depth = std::max(expr->depth, child->depth + 1);
        }
        if (expr->depth > kMaxDepth) {
            return tooDeep();
        }
        PH_RETURN_IF_ERROR(checkTypes(*expr, m_text));
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
            if (token.kind == TokenKind::String && m_compat == Compat::Prometheus3) {
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
            expr->span.end = m_lastEnd;
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

    /// A positive duration in milliseconds; with Prometheus 3 also a number of seconds.
    absl::StatusOr<std::int64_t> duration(std::string_view context, std::string_view expected)
    {
        const Token& token = peek();
        const bool isNumber = token.kind == TokenKind::Number && m_compat == Compat::Prometheus3;
        if (token.kind != TokenKind::Duration && !isNumber) {
            return unexpected(context, expected);
        }
        take();
        std::int64_t milliseconds = 0;
        if (isNumber) {
            PH_ASSIGN_OR_RETURN(const double seconds, numberValue(token));
            if (!(std::abs(seconds) < 9.2e9)) {
                return errorAt(token.span.start, "duration out of range");
            }
            milliseconds = std::llround(seconds * 1000);
        } else {
            const auto parsed = parseDuration(token.text);
            if (!parsed.ok()) {
                return errorAt(token.span.start, std::string(parsed.status().message()));
            }
            milliseconds = *parsed;
        }
        if (milliseconds <= 0 && context != "offset") {
            return errorAt(token.span.start, "duration must be greater than 0");
        }
        if (milliseconds == 0 && m_compat == Compat::Prometheus2) {
            return errorAt(token.span.start, "duration must be greater than 0");
        }
        return milliseconds;
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
        if (!negate && m_compat == Compat::Prometheus3) {
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
            peek().kind == TokenKind::Duration && m_compat == Compat::Prometheus3;
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
            (token.kind == TokenKind::Duration && m_compat == Compat::Prometheus3)) {
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
        const bool isName = token.kind == TokenKind::Identifier ||
                            token.kind == TokenKind::MetricIdentifier ||
                            (token.kind == TokenKind::Keyword && !isReservedForMatching(token));
        if (isName || token.is("{")) {
            return vectorSelector();
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
        if (function == nullptr || (function->sinceVersion3 && m_compat == Compat::Prometheus2)) {
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

    absl::StatusOr<ExprPtr> vectorSelector()
    {
        const std::size_t start = peek().span.start;
        VectorSelector selector;
        const bool isName = peek().kind == TokenKind::Identifier ||
                            peek().kind == TokenKind::MetricIdentifier ||
                            (peek().kind == TokenKind::Keyword && !isReservedForMatching(peek()));
        if (isName) {
            selector.name = take().text;
        } else if (!peek().is("{")) {
            return unexpected("");
        }
        if (accept("{")) {
            PH_RETURN_IF_ERROR(labelMatchers(selector));
        }
        if (!selector.name.empty()) {
            for (const LabelMatcher& matcher : selector.matchers) {
                if (matcher.name == kMetricName) {
                    return errorAt(
                        start,
                        fmt::format(
                            "metric name must not be set twice: {} or {}",
                            quote(selector.name),
                            quote(matcher.value)));
                }
            }
            selector.matchers.push_back(
                {MatchType::Equal, std::string(kMetricName), selector.name});
        }
        if (std::all_of(
                selector.matchers.begin(), selector.matchers.end(), [this](const auto& matcher) {
                    return matchesEmpty(matcher);
                })) {
            return errorAt(start, "vector selector must contain at least one non-empty matcher");
        }
        return make(std::move(selector), start);
    }

    absl::Status labelMatchers(VectorSelector& selector)
    {
        while (!accept("}")) {
            PH_RETURN_IF_ERROR(labelMatcher(selector));
            if (!peek().is("}") && !accept(",")) {
                return unexpected("label matching", "\",\" or \"}\"");
            }
        }
        return absl::OkStatus();
    }

    absl::Status labelMatcher(VectorSelector& selector)
    {
        LabelMatcher matcher;
        const Token& token = peek();
        if (token.kind == TokenKind::String && m_compat == Compat::Prometheus3) {
            PH_ASSIGN_OR_RETURN(matcher.name, stringValue(token));
            take();
            if (peek().is(",") || peek().is("}")) { // {"metric.name"}
                if (!selector.name.empty()) {
                    return errorAt(
                        token.span.start,
                        fmt::format(
                            "metric name must not be set twice: {} or {}",
                            quote(selector.name),
                            quote(matcher.name)));
                }
                selector.name = matcher.name;
                return absl::OkStatus();
            }
        } else if (token.kind == TokenKind::Identifier) {
            matcher.name = take().text;
        } else {
            return unexpected("label matching", "identifier or \"}\"");
        }
        static constexpr std::array<std::string_view, 4> kOps = {"=", "!=", "=~", "!~"};
        const auto op =
            std::find_if(kOps.begin(), kOps.end(), [&](auto symbol) { return peek().is(symbol); });
        if (op == kOps.end()) {
            return unexpected("label matching", "label matching operator");
        }
        take();
        matcher.type = static_cast<MatchType>(op - kOps.begin());
        if (peek().kind != TokenKind::String) {
            return unexpected("label matching", "string");
        }
        const Token& value = take();
        PH_ASSIGN_OR_RETURN(matcher.value, stringValue(value));
        PH_RETURN_IF_ERROR(checkRegex(matcher, value.span.start));
        selector.matchers.push_back(std::move(matcher));
        return absl::OkStatus();
    }

    RE2::Options regexOptions() const
    {
        RE2::Options options(RE2::Quiet);
        options.set_dot_nl(m_compat == Compat::Prometheus3);
        return options;
    }

    absl::Status checkRegex(const LabelMatcher& matcher, std::size_t offset) const
    {
        if (matcher.type == MatchType::Equal || matcher.type == MatchType::NotEqual) {
            return absl::OkStatus();
        }
        const RE2 regex(matcher.value, regexOptions());
        if (!regex.ok()) {
            return errorAt(offset, fmt::format("error parsing regexp: {}", regex.error()));
        }
        return absl::OkStatus();
    }

    bool matchesEmpty(const LabelMatcher& matcher) const
    {
        switch (matcher.type) {
        case MatchType::Equal:
            return matcher.value.empty();
        case MatchType::NotEqual:
            return !matcher.value.empty();
        case MatchType::Regex:
            return RE2::FullMatch("", RE2(matcher.value, regexOptions()));
        case MatchType::NotRegex:
            return !RE2::FullMatch("", RE2(matcher.value, regexOptions()));
        }
        return false;
    }

    absl::StatusOr<std::string> stringValue(const Token& token) const
    {
        auto value = unquote(token.text);
        if (!value.ok()) {
            return errorAt(
                token.span.start,
                fmt::format(
                    "error unquoting string {}: {}",
                    quote(token.text),
                    std::string(value.status().message())));
        }
        return value;
    }

    /// The value of a number, or of a duration in seconds.
    absl::StatusOr<double> numberValue(const Token& token) const
    {
        if (token.kind == TokenKind::Duration) {
            const auto milliseconds = parseDuration(token.text);
            if (!milliseconds.ok()) {
                return errorAt(token.span.start, std::string(milliseconds.status().message()));
            }
            return static_cast<double>(*milliseconds) / 1000;
        }
        std::string_view text = token.text;
        const char head = text.front();
        if (head == 'i' || head == 'I') {
            return std::numeric_limits<double>::infinity();
        }
        if (head == 'n' || head == 'N') {
            return std::numeric_limits<double>::quiet_NaN();
        }
        const auto bad = [&] {
            return errorAt(
                token.span.start, fmt::format("error parsing number: {}", quote(token.text)));
        };
        // As in Go's ParseInt with base 0: 0x1f is hexadecimal and 017 octal.
        const bool isHex = text.size() > 1 && (text[1] == 'x' || text[1] == 'X');
        const bool isOctal = text.size() > 1 && head == '0' &&
                             text.find_first_not_of("01234567") == std::string_view::npos;
        if (isHex || isOctal) {
            text.remove_prefix(isHex ? 2 : 1);
            std::int64_t integer = 0;
            const auto [end, error] =
                std::from_chars(text.data(), text.data() + text.size(), integer, isHex ? 16 : 8);
            if (error != std::errc() || end != text.data() + text.size()) {
                return bad();
            }
            return static_cast<double>(integer);
        }
        double value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool underflows =
            error == std::errc::result_out_of_range && (text.find("e-") != std::string_view::npos ||
                                                        text.find("E-") != std::string_view::npos);
        if (underflows) {
            return 0.0;
        }
        if (error != std::errc() || end != text.data() + text.size()) {
            return bad();
        }
        return value;
    }

    std::string_view m_text;
    std::vector<Token> m_tokens;
    Compat m_compat;
    std::size_t m_at = 0;
    std::size_t m_lastEnd = 0;
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
    PH_ASSIGN_OR_RETURN(ExprPtr expr, Parser(text, std::move(tokens), compat).selectorOnly());
    return std::move(expr->as<VectorSelector>()->matchers);
}

} // namespace pilothouse::metrics::promql
