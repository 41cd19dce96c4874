// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/promql/QueryGenerator.h"

#include <fmt/format.h>

namespace pilothouse::test {

int QueryGenerator::below(int limit)
{
    return std::uniform_int_distribution<int>(0, limit - 1)(m_random);
}

const std::string& QueryGenerator::pick(const std::vector<std::string>& from)
{
    return from[static_cast<std::size_t>(below(static_cast<int>(from.size())))];
}

std::string QueryGenerator::selector()
{
    static const std::vector<std::string> kSelectors = {
        "http_requests_total",
        "http_requests_total{job=\"api\"}",
        "http_requests_total{code=~\"4..|5..\"}",
        "http_requests_total{code!=\"200\",instance!~\"1|2\"}",
        "http_requests_total{code=\"200\"}",
        "memory_bytes",
        "memory_bytes{job!=\"db\"}",
        "temperature",
        "temperature{instance=\"0\"}",
        "odd_values",
        "comes_and_goes",
        "constant",
        "states",
        "build_info",
        "memory_limit_bytes",
        "latency_seconds_bucket",
        "twin_a",
        "twin_b",
        "{__name__=~\"twin_.\"}",
        "{__name__=~\"memory.*\",job=\"api\"}",
        "nothing_here",
        "{job=\"web\"}"};
    return pick(kSelectors);
}

std::string QueryGenerator::modifiers()
{
    static const std::vector<std::string> kModifiers = {
        " offset 5m",
        " offset 1m30s",
        " offset -2m",
        " @ 1700001800",
        " @ 1700001800.5 offset 1m",
        " @ start()",
        " @ end() offset 2m"};
    return below(5) == 0 ? pick(kModifiers) : "";
}

std::string QueryGenerator::rangeVector(int depth)
{
    static const std::vector<std::string> kRanges = {
        "30s", "1m", "2m", "5m", "7m", "15m", "1h", "45s", "31s"};
    static const std::vector<std::string> kSteps = {"", "15s", "1m", "37s", "2m"};
    if (depth > 0 && below(5) == 0) {
        return fmt::format(
            "({})[{}:{}]{}", vector(depth - 1), pick(kRanges), pick(kSteps), modifiers());
    }
    return fmt::format("{}[{}]{}", selector(), pick(kRanges), modifiers());
}

std::string QueryGenerator::rangeCall(int depth)
{
    static const std::vector<std::string> kRanges = {"30s", "2m", "10m", "1h"};
    static const std::vector<std::string> kPlain = {
        "rate",
        "irate",
        "increase",
        "delta",
        "idelta",
        "deriv",
        "changes",
        "resets",
        "avg_over_time",
        "min_over_time",
        "max_over_time",
        "sum_over_time",
        "count_over_time",
        "stddev_over_time",
        "stdvar_over_time",
        "last_over_time",
        "present_over_time",
        "absent_over_time"};
    switch (below(9)) {
    case 0:
        return fmt::format(
            "quantile_over_time({}, {})",
            pick({"0.5", "0", "1", "0.99", "-1", "2", "NaN"}),
            rangeVector(depth));
    case 1:
        // Without @: in a range query Prometheus 2.42 lets the window slide on from there.
        return fmt::format(
            "predict_linear({}[{}], {})", selector(), pick(kRanges), pick({"60", "-30", "3600"}));
    case 2:
        return fmt::format(
            "holt_winters({}, {}, {})",
            rangeVector(depth),
            pick({"0.5", "0.1", "0.9"}),
            pick({"0.5", "0.3"}));
    default:
        return fmt::format("{}({})", pick(kPlain), rangeVector(depth));
    }
}

std::string QueryGenerator::scalar(int depth)
{
    static const std::vector<std::string> kNumbers = {
        "0", "1", "2", "-3", "0.5", "1e3", "Inf", "NaN", "0x1F", "100"};
    switch (below(6)) {
    case 0:
        return "time()";
    case 1:
        return depth > 0 ? fmt::format("scalar({})", vector(depth - 1)) : "pi()";
    default:
        return pick(kNumbers);
    }
}

std::string QueryGenerator::aggregation(int depth)
{
    static const std::vector<std::string> kOps = {
        "sum", "avg", "min", "max", "count", "group", "stddev", "stdvar"};
    static const std::vector<std::string> kGroups = {
        "",
        " by (job)",
        " by (job, instance)",
        " without (instance)",
        " without (job, code)",
        " by (__name__)",
        " by ()",
        " without ()",
        " by (missing)"};
    const std::string inner = vector(depth - 1);
    switch (below(8)) {
    case 0:
        return fmt::format(
            "quantile{} ({}, {})", pick(kGroups), pick({"0.5", "0.9", "0", "1", "-1"}), inner);
    case 1:
        return fmt::format("count_values{} (\"value\", round({}))", pick(kGroups), inner);
    default:
        return fmt::format("{}{} ({})", pick(kOps), pick(kGroups), inner);
    }
}

std::string QueryGenerator::binary(int depth)
{
    static const std::vector<std::string> kArithmetic = {"+", "-", "*", "/", "%", "^", "atan2"};
    static const std::vector<std::string> kComparison = {"==", "!=", ">", "<", ">=", "<="};
    static const std::vector<std::string> kSets = {"and", "or", "unless"};
    static const std::vector<std::string> kMatching = {
        "",
        " on (job)",
        " on (job, instance)",
        " ignoring (code)",
        " ignoring (instance)",
        " on ()",
        " ignoring (le)"};
    static const std::vector<std::string> kGroup = {
        "", "", " group_left", " group_right", " group_left (version)", " group_right (code)"};
    const std::string left = vector(depth - 1);
    const std::string right = vector(depth - 1);
    const bool isComparing = below(3) == 0;
    const std::string op =
        isComparing ? pick(kComparison) + (below(2) == 0 ? " bool" : "") : pick(kArithmetic);
    switch (below(5)) {
    case 0:
        return fmt::format("({}) {}{} ({})", left, pick(kSets), pick(kMatching), right);
    case 1:
        return fmt::format("({}) {} {}", left, op, scalar(depth - 1));
    case 2:
        return fmt::format("{} {} ({})", scalar(depth - 1), op, right);
    default: {
        const std::string& matching = pick(kMatching);
        return fmt::format(
            "({}) {}{}{} ({})", left, op, matching, matching.empty() ? "" : pick(kGroup), right);
    }
    }
}

std::string QueryGenerator::function(int depth)
{
    static const std::vector<std::string> kPlain = {
        "abs",         "ceil",         "floor",         "exp",         "sqrt",      "ln",
        "log2",        "log10",        "sgn",           "sort",        "sort_desc", "timestamp",
        "absent",      "round",        "hour",          "minute",      "month",     "year",
        "day_of_week", "day_of_month", "days_in_month", "day_of_year", "deg",       "rad",
        "sin",         "cos",          "tan",           "asin",        "acos",      "atan",
        "sinh",        "cosh",         "tanh",          "asinh",       "acosh",     "atanh"};
    switch (below(8)) {
    case 0:
        return fmt::format("clamp({}, {}, {})", vector(depth - 1), scalar(0), scalar(0));
    case 1:
        return fmt::format(
            "{}({}, {})", pick({"clamp_min", "clamp_max"}), vector(depth - 1), scalar(0));
    case 2:
        return fmt::format("round({}, {})", vector(depth - 1), pick({"0.1", "5", "0"}));
    case 3:
        return fmt::format(
            "label_replace({}, \"{}\", \"{}\", \"{}\", \"{}\")",
            vector(depth - 1),
            pick({"job", "new", "__name__", "instance"}),
            pick({"$1", "x-${1}-y", "", "fixed", "$1$2", "$name", "$$1", "${name}"}),
            pick({"job", "instance", "missing", "__name__"}),
            pick({"(.*)", "(a)(.*)", "(?P<name>.+)b", "", "nomatch"}));
    case 4:
        return fmt::format(
            "label_join({}, \"{}\", \"-\", \"job\", \"instance\")",
            vector(depth - 1),
            pick({"joined", "job", "__name__"}));
    case 5:
        return fmt::format(
            "histogram_quantile({}, {})",
            pick({"0.5", "0.99", "0", "1", "-1", "1.5", "NaN"}),
            below(2) == 0 ? "rate(latency_seconds_bucket[5m])" : vector(depth - 1));
    default:
        return fmt::format("{}({})", pick(kPlain), vector(depth - 1));
    }
}

std::string QueryGenerator::vector(int depth)
{
    if (depth <= 0) {
        return below(3) == 0 ? rangeCall(0) : selector() + modifiers();
    }
    switch (below(7)) {
    case 0:
        return selector() + modifiers();
    case 1:
        return rangeCall(depth);
    case 2:
    case 3:
        return aggregation(depth);
    case 4:
        return function(depth);
    case 5:
        return below(4) == 0 ? "-" + selector() : fmt::format("vector({})", scalar(depth - 1));
    default:
        return binary(depth);
    }
}

std::string QueryGenerator::query()
{
    return below(12) == 0 ? fmt::format("{} + {}", scalar(1), scalar(1)) : vector(3);
}

} // namespace pilothouse::test
