// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/promql/Ast.h"

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::metrics::promql {

enum class TokenKind {
    End,
    Number,
    Duration,
    String,
    Identifier,
    /// An identifier with a colon, as recording rules make them.
    MetricIdentifier,
    /// A reserved word; which one is `Token::word`.
    Keyword,
    /// Punctuation or an operator made of symbols; which one is `Token::text`.
    Symbol
};

struct Token
{
    TokenKind kind = TokenKind::End;
    Span span;
    /// As written; a string with its quotes.
    std::string_view text;
    /// Keywords in lower case.
    std::string word;

    bool is(std::string_view symbol) const { return kind == TokenKind::Symbol && text == symbol; }
    bool isWord(std::string_view keyword) const
    {
        return kind == TokenKind::Keyword && word == keyword;
    }
};

/// INVALID_ARGUMENT "line:column: parse error: message" for the byte at `offset`.
absl::Status parseError(std::string_view text, std::size_t offset, std::string_view message);

/// Splits a query into tokens, the last being End. The tokens refer to `text`.
absl::StatusOr<std::vector<Token>> lex(std::string_view text);

} // namespace pilothouse::metrics::promql
