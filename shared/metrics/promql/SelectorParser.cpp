// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/SelectorParser.h"

#include "shared/base/StatusHelpers.h"
#include "shared/metrics/promql/Text.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>

namespace pilothouse::metrics::promql {

namespace {

RE2::Options regexOptions(Compat compat)
{
    RE2::Options options(RE2::Quiet);
    options.set_dot_nl(compat == Compat::Prometheus3);
    return options;
}

} // namespace

absl::StatusOr<VectorSelector> SelectorParser::vectorSelector()
{
    const std::size_t start = peek().span.start;
    VectorSelector selector;
    if (isMetricWord(peek())) {
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
        selector.matchers.push_back({MatchType::Equal, std::string(kMetricName), selector.name});
    }
    if (std::all_of(
            selector.matchers.begin(), selector.matchers.end(), [this](const auto& matcher) {
                return matchesEmpty(matcher);
            })) {
        return errorAt(start, "vector selector must contain at least one non-empty matcher");
    }
    return selector;
}

absl::Status SelectorParser::labelMatchers(VectorSelector& selector)
{
    while (!accept("}")) {
        PH_RETURN_IF_ERROR(labelMatcher(selector));
        if (!peek().is("}") && !accept(",")) {
            return unexpected("label matching", "\",\" or \"}\"");
        }
    }
    return absl::OkStatus();
}

absl::Status SelectorParser::labelMatcher(VectorSelector& selector)
{
    LabelMatcher matcher;
    const Token& token = peek();
    if (token.kind == TokenKind::String && compat() == Compat::Prometheus3) {
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

absl::Status SelectorParser::checkRegex(const LabelMatcher& matcher, std::size_t offset) const
{
    if (matcher.type == MatchType::Equal || matcher.type == MatchType::NotEqual) {
        return absl::OkStatus();
    }
    const RE2 regex(matcher.value, regexOptions(compat()));
    if (!regex.ok()) {
        return errorAt(offset, fmt::format("error parsing regexp: {}", regex.error()));
    }
    return absl::OkStatus();
}

bool SelectorParser::matchesEmpty(const LabelMatcher& matcher) const
{
    switch (matcher.type) {
    case MatchType::Equal:
        return matcher.value.empty();
    case MatchType::NotEqual:
        return !matcher.value.empty();
    case MatchType::Regex:
        return RE2::FullMatch("", RE2(matcher.value, regexOptions(compat())));
    case MatchType::NotRegex:
        return !RE2::FullMatch("", RE2(matcher.value, regexOptions(compat())));
    }
    return false;
}

} // namespace pilothouse::metrics::promql
