// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/promql/Compat.h"
#include "shared/metrics/promql/Lexer.h"

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::metrics::promql {

std::optional<BinaryOp> binaryOpOf(const Token& token);
std::optional<AggregateOp> aggregateOpOf(const Token& token);
/// The token can be a metric's name: an identifier, or a keyword that is not reserved for
/// operators.
bool isMetricWord(const Token& token);

/// The tokens of a query with a place among them, and the values of literals.
class TokenStream
{
public:
    TokenStream(std::string_view text, std::vector<Token> tokens, Compat compat);

    std::string_view text() const { return m_text; }
    Compat compat() const { return m_compat; }

    /// Never fails: past the end there are only End tokens.
    const Token& peek(std::size_t ahead = 0) const;
    const Token& take();
    bool accept(std::string_view symbol);
    bool acceptWord(std::string_view word);
    /// Where the token that was taken last ends.
    std::size_t lastEnd() const { return m_lastEnd; }

    absl::Status errorAt(std::size_t offset, std::string_view message) const;
    /// "unexpected … in context, expected …" for the next token.
    absl::Status unexpected(std::string_view context, std::string_view expected = {}) const;

    /// Takes a positive duration in milliseconds; with Prometheus 3 also a number of seconds, and 0
    /// in an offset.
    absl::StatusOr<std::int64_t> duration(std::string_view context, std::string_view expected);
    absl::StatusOr<std::string> stringValue(const Token& token) const;
    /// The value of a number, or of a duration in seconds.
    absl::StatusOr<double> numberValue(const Token& token) const;

private:
    std::string_view m_text;
    std::vector<Token> m_tokens;
    Compat m_compat;
    std::size_t m_at = 0;
    std::size_t m_lastEnd = 0;
};

} // namespace pilothouse::metrics::promql
