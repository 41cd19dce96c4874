// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/TokenStream.h"

#include "shared/base/StatusHelpers.h"
#include "shared/metrics/promql/Text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

namespace pilothouse::metrics::promql {

namespace {

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

} // namespace

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

bool isMetricWord(const Token& token)
{
    return token.kind == TokenKind::Identifier || token.kind == TokenKind::MetricIdentifier ||
           (token.kind == TokenKind::Keyword && !isReservedForMatching(token));
}

TokenStream::TokenStream(std::string_view text, std::vector<Token> tokens, Compat compat)
    : m_text(text), m_tokens(std::move(tokens)), m_compat(compat)
{}

const Token& TokenStream::peek(std::size_t ahead) const
{
    return m_tokens[std::min(m_at + ahead, m_tokens.size() - 1)];
}
const Token& TokenStream::take()
{
    const Token& token = peek();
    m_at = std::min(m_at + 1, m_tokens.size() - 1);
    m_lastEnd = token.span.end;
    return token;
}
bool TokenStream::accept(std::string_view symbol)
{
    if (!peek().is(symbol)) {
        return false;
    }
    take();
    return true;
}
bool TokenStream::acceptWord(std::string_view word)
{
    if (!peek().isWord(word)) {
        return false;
    }
    take();
    return true;
}

absl::Status TokenStream::errorAt(std::size_t offset, std::string_view message) const
{
    return parseError(m_text, offset, message);
}
absl::Status TokenStream::unexpected(std::string_view context, std::string_view expected) const
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
absl::StatusOr<std::int64_t> TokenStream::duration(
    std::string_view context, std::string_view expected)
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

absl::StatusOr<std::string> TokenStream::stringValue(const Token& token) const
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

absl::StatusOr<double> TokenStream::numberValue(const Token& token) const
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
        error == std::errc::result_out_of_range &&
        (text.find("e-") != std::string_view::npos || text.find("E-") != std::string_view::npos);
    if (underflows) {
        return 0.0;
    }
    if (error != std::errc() || end != text.data() + text.size()) {
        return bad();
    }
    return value;
}

} // namespace pilothouse::metrics::promql
