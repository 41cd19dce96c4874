// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/Printer.h"

#include "shared/metrics/promql/Functions.h"
#include "shared/metrics/promql/Text.h"

#include <fmt/format.h>

#include <array>

namespace pilothouse::metrics::promql {

namespace {

std::string labelName(const std::string& name)
{
    return isLabelName(name) ? name : quote(name);
}

std::string labelList(const std::vector<std::string>& labels)
{
    std::string out = "(";
    for (const auto& label : labels) {
        out += out.size() > 1 ? ", " : "";
        out += labelName(label);
    }
    return out + ")";
}

std::string shiftText(const TimeShift& shift)
{
    std::string out;
    switch (shift.at) {
    case AtKind::None:
        break;
    case AtKind::Time:
        out = fmt::format(
            " @ {}{}.{:03}",
            shift.atTime < 0 ? "-" : "",
            std::abs(shift.atTime / 1000),
            std::abs(shift.atTime % 1000));
        break;
    case AtKind::Start:
        out = " @ start()";
        break;
    case AtKind::End:
        out = " @ end()";
        break;
    }
    if (shift.offsetMs != 0) {
        out += fmt::format(" offset {}", formatDuration(shift.offsetMs));
    }
    return out;
}

std::string selectorText(const VectorSelector& selector)
{
    static constexpr std::array<std::string_view, 4> kOps = {"=", "!=", "=~", "!~"};
    const bool plainName = isMetricName(selector.name);
    std::string conditions;
    const auto add = [&](const std::string& condition) {
        conditions += (conditions.empty() ? "" : ",") + condition;
    };
    if (!selector.name.empty() && !plainName) {
        add(quote(selector.name));
    }
    for (const LabelMatcher& matcher : selector.matchers) {
        const bool isTheName = !selector.name.empty() && matcher.type == MatchType::Equal &&
                               matcher.name == kMetricName && matcher.value == selector.name;
        if (!isTheName) {
            add(labelName(matcher.name) +
                std::string(kOps[static_cast<std::size_t>(matcher.type)]) + quote(matcher.value));
        }
    }
    const std::string name = plainName ? selector.name : "";
    return conditions.empty() && plainName ? name : fmt::format("{}{{{}}}", name, conditions);
}

struct PrintVisitor
{
    std::string operator()(const NumberLiteral& number) const { return formatNumber(number.value); }
    std::string operator()(const StringLiteral& text) const { return quote(text.value); }
    std::string operator()(const VectorSelector& selector) const
    {
        return selectorText(selector) + shiftText(selector.shift);
    }
    std::string operator()(const MatrixSelector& matrix) const
    {
        return fmt::format(
            "{}[{}]{}",
            selectorText(matrix.selector),
            formatDuration(matrix.rangeMs),
            shiftText(matrix.selector.shift));
    }
    std::string operator()(const Subquery& subquery) const
    {
        return fmt::format(
            "{}[{}:{}]{}",
            print(*subquery.expr),
            formatDuration(subquery.rangeMs),
            subquery.stepMs > 0 ? formatDuration(subquery.stepMs) : "",
            shiftText(subquery.shift));
    }
    std::string operator()(const Call& call) const
    {
        std::string list;
        for (const auto& argument : call.arguments) {
            list += list.empty() ? "" : ", ";
            list += print(*argument);
        }
        return fmt::format("{}({})", call.function->name, list);
    }
    std::string operator()(const Unary& unary) const
    {
        return fmt::format("{}{}", unary.negate ? '-' : '+', print(*unary.expr));
    }
    std::string operator()(const Binary& binary) const
    {
        std::string op(opName(binary.op));
        const VectorMatching& matching = binary.matching;
        if (binary.returnBool) {
            op += " bool";
        }
        const bool grouped = matching.cardinality == Cardinality::ManyToOne ||
                             matching.cardinality == Cardinality::OneToMany;
        if (matching.on || !matching.labels.empty() || grouped) {
            op += matching.on ? " on " : " ignoring ";
            op += labelList(matching.labels);
        }
        if (grouped) {
            op += matching.cardinality == Cardinality::ManyToOne ? " group_left " : " group_right ";
            op += labelList(matching.include);
        }
        return fmt::format("{} {} {}", print(*binary.left), op, print(*binary.right));
    }
    std::string operator()(const Aggregate& aggregate) const
    {
        std::string out(opName(aggregate.op));
        if (aggregate.without || !aggregate.grouping.empty()) {
            out += aggregate.without ? " without " : " by ";
            out += labelList(aggregate.grouping);
            out += ' ';
        }
        const std::string parameter = aggregate.parameter ? print(*aggregate.parameter) + ", " : "";
        return fmt::format("{}({}{})", out, parameter, print(*aggregate.expr));
    }
    std::string operator()(const Paren& paren) const
    {
        return fmt::format("({})", print(*paren.expr));
    }
};

} // namespace

std::string print(const Expr& expr)
{
    return std::visit(PrintVisitor(), expr.node);
}

} // namespace pilothouse::metrics::promql
