// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/store/ValueMatcher.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::metrics {

namespace {

constexpr std::string_view kSpecial = "\\.+*?()|[]{}^$";

bool isLiteral(std::string_view text)
{
    return text.find_first_of(kSpecial) == std::string_view::npos;
}

/// The alternatives of "a|b|c" or "(a|b|c)"; nothing when any of them is more than a literal.
std::optional<std::vector<std::string>> literalAlternatives(std::string_view pattern)
{
    if (pattern.size() >= 2 && pattern.front() == '(' && pattern.back() == ')') {
        pattern = pattern.substr(1, pattern.size() - 2);
        if (pattern.substr(0, 2) == "?:") {
            pattern.remove_prefix(2);
        }
    }
    std::vector<std::string> alternatives;
    while (true) {
        const std::size_t bar = pattern.find('|');
        const std::string_view piece = pattern.substr(0, bar);
        if (!isLiteral(piece)) {
            return std::nullopt;
        }
        alternatives.emplace_back(piece);
        if (bar == std::string_view::npos) {
            break;
        }
        pattern.remove_prefix(bar + 1);
    }
    std::sort(alternatives.begin(), alternatives.end());
    alternatives.erase(std::unique(alternatives.begin(), alternatives.end()), alternatives.end());
    return alternatives;
}

} // namespace

absl::StatusOr<ValueMatcher> ValueMatcher::compile(const LabelMatcher& matcher)
{
    ValueMatcher result;
    result.m_name = matcher.name;
    result.m_pattern = matcher.value;
    result.m_negated = matcher.type == MatchType::NotEqual || matcher.type == MatchType::NotRegex;
    if (matcher.type == MatchType::Equal || matcher.type == MatchType::NotEqual) {
        result.m_literals.emplace({matcher.value});
        return result;
    }
    result.m_literals = literalAlternatives(matcher.value);
    if (result.m_literals) {
        return result;
    }
    const std::string_view pattern = matcher.value;
    if (pattern.size() >= 2) {
        const std::string_view tail = pattern.substr(pattern.size() - 2);
        const std::string_view head = pattern.substr(0, pattern.size() - 2);
        if ((tail == ".*" || tail == ".+") && isLiteral(head)) {
            result.m_prefix = head;
            result.m_anySuffix = true;
            result.m_suffixNotEmpty = tail == ".+";
            return result;
        }
    }
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_dot_nl(true); // as Prometheus 3
    auto regex = std::make_shared<re2::RE2>(matcher.value, options);
    if (!regex->ok()) {
        return withHint(
            absl::InvalidArgumentError(fmt::format(
                "bad regular expression \"{}\" for label {}: {}",
                matcher.value,
                matcher.name,
                regex->error())),
            "Use RE2 syntax; the expression is matched against the whole value.");
    }
    const std::size_t literalEnd = pattern.find_first_of(kSpecial);
    // The character before a quantifier may be absent, and an alternative has another beginning.
    if (literalEnd > 1 && literalEnd != std::string_view::npos &&
        pattern.find('|') == std::string_view::npos) {
        result.m_prefix = pattern.substr(0, literalEnd - 1);
    }
    result.m_regex = std::move(regex);
    return result;
}

bool ValueMatcher::matchesPositive(std::string_view value) const
{
    if (m_literals) {
        return std::binary_search(
            m_literals->begin(), m_literals->end(), value, [](const auto& left, const auto& right) {
                return std::string_view(left) < std::string_view(right);
            });
    }
    if (value.substr(0, m_prefix.size()) != m_prefix) {
        return false;
    }
    if (m_anySuffix) {
        return !m_suffixNotEmpty || value.size() > m_prefix.size();
    }
    return re2::RE2::FullMatch(re2::StringPiece(value.data(), value.size()), *m_regex);
}

} // namespace pilothouse::metrics
