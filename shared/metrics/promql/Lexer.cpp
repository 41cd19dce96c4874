// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/Lexer.h"

#include "shared/base/StatusHelpers.h"

#include <absl/container/flat_hash_set.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pilothouse::metrics::promql {

namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

bool isAlpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool isAlnum(char c)
{
    return isAlpha(c) || isDigit(c);
}

bool isSpace(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool isKeyword(const std::string& word)
{
    static const absl::flat_hash_set<std::string> kWords = {
        "and",        "or",          "unless",   "atan2",  "sum",          "avg",      "count",
        "min",        "max",         "group",    "stddev", "stdvar",       "topk",     "bottomk",
        "offset",     "by",          "without",  "on",     "count_values", "quantile", "bool",
        "group_left", "group_right", "ignoring", "start",  "end"};
    return kWords.contains(word);
}

std::string lower(std::string_view text)
{
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

class Lexer
{
public:
    explicit Lexer(std::string_view text) : m_text(text) {}

    absl::StatusOr<std::vector<Token>> run()
    {
        while (true) {
            skipBlanks();
            if (m_at >= m_text.size()) {
                break;
            }
            PH_RETURN_IF_ERROR(next());
        }
        if (m_inBraces) {
            return error(m_at, "unexpected end of input inside braces");
        }
        if (m_inBrackets) {
            return error(m_at, "unexpected end of input, unclosed left bracket");
        }
        if (m_parens > 0) {
            return error(m_at, "unclosed left parenthesis");
        }
        m_tokens.push_back({TokenKind::End, {m_text.size(), m_text.size()}, {}, {}});
        return std::move(m_tokens);
    }

private:
    absl::Status error(std::size_t at, std::string_view message) const
    {
        return parseError(m_text, at, message);
    }
    char peek(std::size_t ahead = 0) const
    {
        return m_at + ahead < m_text.size() ? m_text[m_at + ahead] : '\0';
    }

    void skipBlanks()
    {
        while (m_at < m_text.size()) {
            if (isSpace(m_text[m_at])) {
                ++m_at;
            } else if (m_text[m_at] == '#') {
                m_at = std::min(m_text.find('\n', m_at), m_text.size());
            } else {
                return;
            }
        }
    }

    void emit(TokenKind kind, std::size_t length)
    {
        m_tokens.push_back({kind, {m_at, m_at + length}, m_text.substr(m_at, length), {}});
        m_at += length;
    }

    absl::Status next()
    {
        const char c = peek();
        if (c == '"' || c == '\'' || c == '`') {
            return string(c);
        }
        if (m_inBraces) {
            return insideBraces(c);
        }
        if (isDigit(c) || (c == '.' && isDigit(peek(1)))) {
            return numberOrDuration();
        }
        if (isAlpha(c) || (c == ':' && !m_inBrackets)) {
            return word();
        }
        return symbol(c);
    }

    absl::Status string(char quote)
    {
        std::size_t end = m_at + 1;
        for (; end < m_text.size() && m_text[end] != quote; ++end) {
            if (quote != '`' && m_text[end] == '\\') {
                ++end;
            } else if (quote != '`' && m_text[end] == '\n') {
                break;
            }
        }
        if (end >= m_text.size() || m_text[end] != quote) {
            return error(
                m_at, quote == '`' ? "unterminated raw string" : "unterminated quoted string");
        }
        emit(TokenKind::String, end + 1 - m_at);
        return absl::OkStatus();
    }

    absl::Status insideBraces(char c)
    {
        if (isAlpha(c)) {
            std::size_t length = 1;
            while (isAlnum(peek(length))) {
                ++length;
            }
            emit(TokenKind::Identifier, length);
            return absl::OkStatus();
        }
        if (c == '{') {
            return error(m_at, "unexpected left brace '{'");
        }
        if (c == '}') {
            m_inBraces = false;
            emit(TokenKind::Symbol, 1);
            return absl::OkStatus();
        }
        if (c == ',') {
            emit(TokenKind::Symbol, 1);
            return absl::OkStatus();
        }
        if (c == '=') {
            emit(TokenKind::Symbol, peek(1) == '~' ? 2 : 1);
            return absl::OkStatus();
        }
        if (c == '!' && (peek(1) == '=' || peek(1) == '~')) {
            emit(TokenKind::Symbol, 2);
            return absl::OkStatus();
        }
        return error(m_at, fmt::format("unexpected character inside braces: {}", quoted(m_at)));
    }

    std::string quoted(std::size_t at) const
    {
        std::size_t length = 1; // a whole UTF-8 character
        while (at + length < m_text.size() &&
               (static_cast<unsigned char>(m_text[at + length]) & 0xC0U) == 0x80U) {
            ++length;
        }
        return fmt::format("'{}'", m_text.substr(at, length));
    }

    /// Length of "1h30m" at the current place, or 0.
    std::size_t durationLength() const
    {
        static constexpr std::array<std::string_view, 7> kUnits = {
            "ms", "s", "m", "h", "d", "w", "y"};
        std::size_t length = 0;
        while (isDigit(peek(length))) {
            std::size_t digits = length;
            while (isDigit(peek(digits))) {
                ++digits;
            }
            const std::string_view rest = m_text.substr(std::min(m_at + digits, m_text.size()));
            const auto unit = std::find_if(kUnits.begin(), kUnits.end(), [&](auto name) {
                return rest.substr(0, name.size()) == name;
            });
            if (unit == kUnits.end()) {
                return 0;
            }
            length = digits + unit->size();
        }
        return isAlnum(peek(length)) ? 0 : length;
    }

    std::size_t numberLength() const
    {
        std::size_t length = 0;
        if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X')) {
            length = 2;
            while (std::isxdigit(static_cast<unsigned char>(peek(length))) != 0) {
                ++length;
            }
            return length;
        }
        while (isDigit(peek(length))) {
            ++length;
        }
        if (peek(length) == '.') {
            ++length;
            while (isDigit(peek(length))) {
                ++length;
            }
        }
        if (peek(length) == 'e' || peek(length) == 'E') {
            const bool hasSign = peek(length + 1) == '+' || peek(length + 1) == '-';
            length += hasSign ? 2 : 1;
            while (isDigit(peek(length))) {
                ++length;
            }
        }
        return length;
    }

    absl::Status numberOrDuration()
    {
        if (const std::size_t length = durationLength(); length > 0) {
            emit(TokenKind::Duration, length);
            return absl::OkStatus();
        }
        const std::size_t length = numberLength();
        if (isAlnum(peek(length))) {
            std::size_t end = length;
            while (isAlnum(peek(end))) {
                ++end;
            }
            return error(
                m_at,
                fmt::format("bad number or duration syntax: \"{}\"", m_text.substr(m_at, end)));
        }
        emit(TokenKind::Number, length);
        return absl::OkStatus();
    }

    absl::Status word()
    {
        std::size_t length = 0;
        // Inside brackets a colon separates range and step.
        while (isAlnum(peek(length)) || (peek(length) == ':' && !m_inBrackets)) {
            ++length;
        }
        const std::string_view text = m_text.substr(m_at, length);
        std::string lowered = lower(text);
        if (lowered == "inf" || lowered == "nan") {
            emit(TokenKind::Number, length);
        } else if (isKeyword(lowered)) {
            emit(TokenKind::Keyword, length);
            m_tokens.back().word = std::move(lowered);
        } else if (text.find(':') != std::string_view::npos) {
            emit(TokenKind::MetricIdentifier, length);
        } else {
            emit(TokenKind::Identifier, length);
        }
        return absl::OkStatus();
    }

    absl::Status symbol(char c)
    {
        static constexpr std::array<std::string_view, 21> kSymbols = {
            "==", "!=", "=~", "!~", "<=", ">=", "+", "-", "*", "/", "%",
            "^",  "<",  ">",  "=",  "(",  ")",  ",", "@", "[", "]"};
        const std::string_view rest = m_text.substr(m_at);
        if (c == '{') {
            m_inBraces = true;
            emit(TokenKind::Symbol, 1);
            return absl::OkStatus();
        }
        if (c == ':' && m_inBrackets) {
            emit(TokenKind::Symbol, 1);
            return absl::OkStatus();
        }
        const auto found = std::find_if(kSymbols.begin(), kSymbols.end(), [&](auto name) {
            return rest.substr(0, name.size()) == name;
        });
        if (found == kSymbols.end()) {
            return error(m_at, fmt::format("unexpected character: {}", quoted(m_at)));
        }
        PH_RETURN_IF_ERROR(trackNesting(c));
        emit(TokenKind::Symbol, found->size());
        return absl::OkStatus();
    }

    absl::Status trackNesting(char c)
    {
        if (c == '(') {
            ++m_parens;
        } else if (c == ')' && --m_parens < 0) {
            return error(m_at, "unexpected right parenthesis ')'");
        } else if (c == '[') {
            if (m_inBrackets) {
                return error(m_at, "unexpected left bracket '['");
            }
            m_inBrackets = true;
        } else if (c == ']') {
            if (!m_inBrackets) {
                return error(m_at, "unexpected right bracket ']'");
            }
            m_inBrackets = false;
        }
        return absl::OkStatus();
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::vector<Token> m_tokens;
    bool m_inBraces = false;
    bool m_inBrackets = false;
    int m_parens = 0;
};

} // namespace

absl::Status parseError(std::string_view text, std::size_t offset, std::string_view message)
{
    const std::string_view before = text.substr(0, std::min(offset, text.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t lastBreak = before.rfind('\n');
    const std::size_t column =
        lastBreak == std::string_view::npos ? before.size() + 1 : before.size() - lastBreak;
    return absl::InvalidArgumentError(fmt::format("{}:{}: parse error: {}", line, column, message));
}

absl::StatusOr<std::vector<Token>> lex(std::string_view text)
{
    return Lexer(text).run();
}

} // namespace pilothouse::metrics::promql
