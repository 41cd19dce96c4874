// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/LabelFunctions.h"

#include "shared/base/StatusHelpers.h"
#include "shared/metrics/promql/RowLabels.h"
#include "shared/metrics/promql/Text.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

namespace pilothouse::metrics::promql {

namespace {

/// A replacement in Go's notation: $1, ${1}, $name, ${name}, $$.
class Template
{
public:
    explicit Template(std::string_view text) : m_text(text) {}

    std::string expand(
        std::span<const re2::StringPiece> groups, const std::map<std::string, int>& names) const
    {
        std::string out;
        for (std::size_t at = 0; at < m_text.size();) {
            if (m_text[at] != '$' || at + 1 >= m_text.size()) {
                out += m_text[at++];
            } else if (m_text[at + 1] == '$') {
                out += '$';
                at += 2;
            } else {
                at = expandReference(out, at, groups, names);
            }
        }
        return out;
    }

private:
    static bool isWordChar(char c)
    {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    }

    /// Appends the group that the reference at `at` names; a malformed reference stands for itself.
    std::size_t expandReference(
        std::string& out,
        std::size_t at,
        std::span<const re2::StringPiece> groups,
        const std::map<std::string, int>& names) const
    {
        const bool braced = m_text[at + 1] == '{';
        const std::size_t start = at + (braced ? 2 : 1);
        std::size_t end = start;
        while (end < m_text.size() && isWordChar(m_text[end])) {
            ++end;
        }
        const bool isClosed = !braced || (end < m_text.size() && m_text[end] == '}');
        if (end == start || !isClosed) {
            out += m_text[at];
            return at + 1;
        }
        const std::string name(m_text.substr(start, end - start));
        std::size_t group = groups.size();
        const bool isNumber =
            std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
        if (isNumber) {
            std::from_chars(name.data(), name.data() + name.size(), group);
        } else if (const auto found = names.find(name); found != names.end()) {
            group = static_cast<std::size_t>(found->second);
        }
        if (group < groups.size()) {
            out.append(groups[group].data(), groups[group].size());
        }
        return end + (braced ? 1 : 0);
    }

    std::string_view m_text;
};

absl::Status invalidLabel(std::string_view function, const std::string& name)
{
    return absl::FailedPreconditionError(
        fmt::format("invalid label name in {}(): {}", function, name));
}

absl::StatusOr<Block> withLabels(QueryContext& context, Block input, std::shared_ptr<SeriesSet> set)
{
    set->keepAlive = {input.series};
    input.series = std::move(set);
    // Prometheus 3 rewrites the labels of whole series, Prometheus 2 those of each step's vector.
    return mergeEqualRows(
        context,
        std::move(input),
        context.isVersion3() ? Duplicates::PerSeries : Duplicates::PerStep);
}

absl::StatusOr<Block> reorder(
    QueryContext& context, const Block& input, const std::vector<std::size_t>& order)
{
    auto set = std::make_shared<SeriesSet>();
    set->nameDropped = input.series->nameDropped;
    set->sameName = input.series->sameName;
    set->keepAlive = {input.series};
    for (const std::size_t row : order) {
        set->rows.push_back(input.series->rows[row]);
    }
    PH_ASSIGN_OR_RETURN(Block output, context.makeBlock(std::move(set), input.steps));
    for (std::size_t row = 0; row < order.size(); ++row) {
        std::copy_n(input.row(order[row]), input.steps, output.row(row));
    }
    return output;
}

std::vector<std::size_t> allRows(const Block& block)
{
    std::vector<std::size_t> rows(block.rows());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    return rows;
}

/// Natural order: runs of digits compare as numbers.
int compareNaturally(std::string_view left, std::string_view right)
{
    std::size_t leftAt = 0;
    std::size_t rightAt = 0;
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    const auto digits = [&](std::string_view text, std::size_t& at) {
        while (at < text.size() && text[at] == '0') {
            ++at;
        }
        const std::size_t start = at;
        while (at < text.size() && isDigit(text[at])) {
            ++at;
        }
        return text.substr(start, at - start);
    };
    while (leftAt < left.size() && rightAt < right.size()) {
        if (isDigit(left[leftAt]) && isDigit(right[rightAt])) {
            const std::string_view leftDigits = digits(left, leftAt);
            const std::string_view rightDigits = digits(right, rightAt);
            if (leftDigits.size() != rightDigits.size()) {
                return leftDigits.size() < rightDigits.size() ? -1 : 1;
            }
            if (const int order = leftDigits.compare(rightDigits); order != 0) {
                return order;
            }
            continue;
        }
        if (left[leftAt] != right[rightAt]) {
            return left[leftAt] < right[rightAt] ? -1 : 1;
        }
        ++leftAt;
        ++rightAt;
    }
    if (leftAt == left.size() && rightAt == right.size()) {
        return left.compare(right);
    }
    return leftAt == left.size() ? -1 : 1;
}

} // namespace

absl::StatusOr<Block> labelReplace(
    QueryContext& context, Block input, std::span<const std::string> arguments)
{
    const std::string& destination = arguments[0];
    const std::string& source = arguments[2];
    RE2::Options options(RE2::Quiet);
    options.set_dot_nl(context.isVersion3());
    const RE2 regex(arguments[3], options);
    if (!regex.ok()) {
        return absl::FailedPreconditionError(
            fmt::format("invalid regular expression in label_replace(): {}", arguments[3]));
    }
    if (!isLabelName(destination)) {
        return invalidLabel("label_replace", destination);
    }
    const Template replacement(arguments[1]);
    const auto& names = regex.NamedCapturingGroups();
    std::vector<re2::StringPiece> groups(
        static_cast<std::size_t>(regex.NumberOfCapturingGroups()) + 1);
    auto set = std::make_shared<SeriesSet>();
    for (std::size_t row = 0; row < input.rows(); ++row) {
        PH_RETURN_IF_ERROR(context.checkInterrupt());
        Labels labels = input.series->labels(row);
        const std::string value(labels.get(source));
        if (regex.Match(
                value,
                0,
                value.size(),
                RE2::ANCHOR_BOTH,
                groups.data(),
                static_cast<int>(groups.size()))) {
            labels.set(destination, replacement.expand(groups, names));
        }
        set->add(std::move(labels));
    }
    return withLabels(context, std::move(input), std::move(set));
}

absl::StatusOr<Block> labelJoin(
    QueryContext& context, Block input, std::span<const std::string> arguments)
{
    const std::string& destination = arguments[0];
    const std::string& separator = arguments[1];
    const auto sources = arguments.subspan(2);
    if (!isLabelName(destination)) {
        return invalidLabel("label_join", destination);
    }
    for (const std::string& source : sources) {
        if (!isLabelName(source)) {
            return invalidLabel("label_join", source);
        }
    }
    auto set = std::make_shared<SeriesSet>();
    for (std::size_t row = 0; row < input.rows(); ++row) {
        PH_RETURN_IF_ERROR(context.checkInterrupt());
        Labels labels = input.series->labels(row);
        std::string joined;
        for (std::size_t index = 0; index < sources.size(); ++index) {
            joined += index > 0 ? separator : "";
            joined += labels.get(sources[index]);
        }
        labels.set(destination, joined);
        set->add(std::move(labels));
    }
    return withLabels(context, std::move(input), std::move(set));
}

Labels labelsOfAbsent(const Expr& argument)
{
    const VectorSelector* selector = argument.as<VectorSelector>();
    if (const auto* matrix = argument.as<MatrixSelector>()) {
        selector = &matrix->selector;
    }
    Labels labels;
    if (selector == nullptr) {
        return labels;
    }
    // A name that is asked for twice says nothing certain about the missing series.
    std::set<std::string> seen;
    for (const LabelMatcher& matcher : selector->matchers) {
        if (matcher.name == kMetricName) {
            continue;
        }
        if (matcher.type == MatchType::Equal && seen.insert(matcher.name).second) {
            labels.set(matcher.name, matcher.value);
        } else {
            labels.remove(matcher.name);
        }
    }
    return labels;
}

absl::StatusOr<Block> sortByLabels(
    QueryContext& context, Block input, std::span<const std::string> names, bool descending)
{
    std::vector<Labels> labels;
    for (std::size_t row = 0; row < input.rows(); ++row) {
        labels.push_back(input.series->labels(row));
    }
    auto order = allRows(input);
    std::sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
        if (descending) {
            std::swap(left, right);
        }
        for (const std::string& name : names) {
            const int comparison =
                compareNaturally(labels[left].get(name), labels[right].get(name));
            if (comparison != 0) {
                return comparison < 0;
            }
        }
        return labels[left] < labels[right];
    });
    return reorder(context, input, order);
}

absl::StatusOr<Block> sortByValue(QueryContext& context, Block input, bool descending)
{
    auto order = allRows(input);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
        const double leftValue = input.row(left)[0];
        const double rightValue = input.row(right)[0];
        if (std::isnan(leftValue) || std::isnan(rightValue)) {
            return !std::isnan(leftValue) && std::isnan(rightValue);
        }
        return descending ? leftValue > rightValue : leftValue < rightValue;
    });
    return reorder(context, input, order);
}

} // namespace pilothouse::metrics::promql
