// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/baseline/BaselineHandler.h"

#include "server/platform/faults/Faults.h"
#include "shared/base/Counted.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <chrono>
#include <future>
#include <memory>

namespace pilothouse::metrics {

namespace {

using jobs::Parameters;
using jobs::ParameterType;

constexpr const char* kNamePattern = "[a-zA-Z0-9][a-zA-Z0-9._ -]{0,63}";
/// The report must stay readable and within an artefact.
constexpr std::size_t kMostExpressions = 200;
constexpr std::size_t kMostSeries = 1000;
constexpr std::int64_t kMostSteps = 11000;
constexpr auto kPoll = std::chrono::milliseconds(100);

jobs::Kind describeKind()
{
    jobs::Kind kind;
    kind.name = "metrics.baseline";
    kind.title = "Baseline";
    kind.description = "Measures expressions over a span and keeps the result under a name.";
    kind.parameters = {
        {"name",
         ParameterType::Text,
         true,
         "",
         "Name of the baseline, for example before-release."},
        {"span", ParameterType::Duration, false, "1h", "How far back from now."},
        {"step", ParameterType::Duration, false, "15s", "Between two samples."},
        {"expressions", ParameterType::List, false, "", "name=PromQL, one a line."},
        {"prefix",
         ParameterType::Text,
         false,
         "",
         "Every counter, gauge and histogram whose name begins so."},
        {"success_rate", ParameterType::Text, false, "", "PromQL of the share that succeeds."},
        {"throughput", ParameterType::Text, false, "", "PromQL of what is done a second."},
        {"compare_with", ParameterType::Text, false, "", "Name of an earlier baseline."},
    };
    kind.concurrency = 2;
    kind.cancelConsequence = "The baseline is not kept; an earlier one of the name stays.";
    return kind;
}

std::string valueOf(const Parameters& parameters, const std::string& name)
{
    const auto found = parameters.find(name);
    return found == parameters.end() ? std::string() : found->second;
}

/// What is worth knowing of a metric, by its type.
void addFor(const Metric& metric, std::vector<BaselineHandler::Expression>& expressions)
{
    const std::string& name = metric.name;
    switch (metric.type) {
    case MetricType::Counter:
        expressions.push_back({name + " per second", fmt::format("sum(rate({}[1m]))", name)});
        break;
    case MetricType::Gauge:
        expressions.push_back({name, fmt::format("sum({})", name)});
        break;
    case MetricType::Histogram:
        for (const char* quantile : {"0.5", "0.95", "0.99"}) {
            expressions.push_back(
                {fmt::format("{} q{}", name, quantile),
                 fmt::format(
                     "histogram_quantile({}, sum by (le) (rate({}_bucket[1m])))", quantile, name)});
        }
        break;
    default:
        break;
    }
}

} // namespace

BaselineHandler::BaselineHandler(
    const QueryEngine& queries,
    const Store& store,
    postgres::Database& database,
    const Clock& clock)
    : m_queries(queries),
      m_store(store),
      m_clock(clock),
      m_baselines(database),
      m_kind(describeKind())
{}

absl::StatusOr<std::vector<BaselineHandler::Expression>> BaselineHandler::expressionsOf(
    const Parameters& parameters) const
{
    std::vector<Expression> expressions;
    for (const char* name : {"success_rate", "throughput"}) {
        if (std::string promql = valueOf(parameters, name); !promql.empty()) {
            expressions.push_back({name, std::move(promql)});
        }
    }
    for (const std::string& line : jobs::listOf(valueOf(parameters, "expressions"))) {
        std::string name;
        std::string promql;
        // A name holds no operator, so that "up == 1" is not taken for one.
        if (!RE2::FullMatch(line, "([A-Za-z0-9_ .-]*[A-Za-z0-9])\\s*=([^=~].*)", &name, &promql)) {
            name = line;
            promql = line;
        }
        expressions.push_back({std::move(name), std::move(promql)});
    }
    if (const std::string prefix = valueOf(parameters, "prefix"); !prefix.empty()) {
        for (const Metric& metric : m_store.metrics()) {
            if (metric.name.starts_with(prefix)) {
                addFor(metric, expressions);
            }
        }
    }
    if (expressions.size() > kMostExpressions) {
        return absl::InvalidArgumentError(fmt::format(
            "{} expressions; {} is the limit. Choose a longer prefix.",
            expressions.size(),
            kMostExpressions));
    }
    return expressions;
}

absl::StatusOr<jobs::JobPlan> BaselineHandler::plan(const Parameters& parameters) const
{
    const std::string name = valueOf(parameters, "name");
    if (!RE2::FullMatch(name, kNamePattern)) {
        return withHint(
            absl::InvalidArgumentError(fmt::format("'{}' cannot name a baseline", name)),
            "Use letters, digits, spaces and . _ -, at most 64.");
    }
    PH_ASSIGN_OR_RETURN(const auto span, jobs::parseDuration(valueOf(parameters, "span")));
    PH_ASSIGN_OR_RETURN(const auto step, jobs::parseDuration(valueOf(parameters, "step")));
    if (step < absl::Seconds(1) || span < step || span / step > kMostSteps) {
        return absl::InvalidArgumentError(fmt::format(
            "step must be at least 1s, and span between one step and {} steps", kMostSteps));
    }
    const bool hasPrefix = !valueOf(parameters, "prefix").empty();
    PH_ASSIGN_OR_RETURN(const auto expressions, expressionsOf(parameters));
    if (expressions.empty() && !hasPrefix) {
        return withHint(
            absl::InvalidArgumentError("there is nothing to measure"),
            "Give expressions, a prefix, success_rate or throughput.");
    }
    for (const Expression& expression : expressions) {
        PH_RETURN_IF_ERROR(m_queries.prepare(expression.promql).status());
    }
    jobs::JobPlan plan;
    plan.title = fmt::format("Baseline {}", name);
    plan.target = "metrics";
    plan.concurrencyKey = fmt::format("metrics.baseline/{}", name);
    jobs::TaskPlan measure;
    measure.name = "measure";
    measure.title = hasPrefix ? std::string("Measure")
                              : "Measure " + counted(std::ssize(expressions), "expression");
    measure.weight = 9;
    jobs::TaskPlan report;
    report.name = "report";
    report.title = "Write the report";
    report.dependsOn = {"measure"};
    plan.tasks = {std::move(measure), std::move(report)};
    return plan;
}

absl::Status BaselineHandler::run(jobs::TaskContext& context)
{
    return context.task() == "measure" ? measure(context) : report(context);
}

absl::Status BaselineHandler::measure(jobs::TaskContext& context)
{
    const Parameters& parameters = context.parameters();
    PH_ASSIGN_OR_RETURN(const auto span, jobs::parseDuration(valueOf(parameters, "span")));
    PH_ASSIGN_OR_RETURN(const auto step, jobs::parseDuration(valueOf(parameters, "step")));
    PH_ASSIGN_OR_RETURN(const auto expressions, expressionsOf(parameters));
    Baseline baseline;
    baseline.name = valueOf(parameters, "name");
    baseline.end = m_clock.now();
    baseline.start = baseline.end - span;
    RangeQuery query;
    query.start = baseline.start;
    query.end = baseline.end;
    query.step = step;
    std::int64_t done = 0;
    for (const Expression& expression : expressions) {
        PH_ASSIGN_OR_RETURN(const Matrix matrix, evaluate(context, expression, query));
        const std::size_t before = baseline.series.size();
        for (const SeriesPoints& points : matrix) {
            const Summary summary = summarize(points.values);
            if (summary.samples > 0) {
                baseline.series.push_back(
                    {expression.name,
                     expression.promql,
                     points.labels.pairs().empty() ? "" : points.labels.toString(),
                     summary});
            }
        }
        if (baseline.series.size() > kMostSeries) {
            return absl::OutOfRangeError(fmt::format(
                "more than {} series; aggregate the expressions, for example with sum()",
                kMostSeries));
        }
        if (baseline.series.size() == before) {
            baseline.empty.push_back(expression.promql);
            context.log(jobs::LogLevel::Warning, fmt::format("no data: {}", expression.promql));
        }
        context.progress(++done, static_cast<std::int64_t>(expressions.size()), "expressions");
    }
    if (baseline.series.empty()) {
        return absl::FailedPreconditionError("none of the expressions has data in the span");
    }
    context.log(
        jobs::LogLevel::Info,
        fmt::format(
            "{} series of {}",
            baseline.series.size(),
            counted(std::ssize(expressions), "expression")));
    context.setResult(baselineJson(baseline));
    return absl::OkStatus();
}

absl::StatusOr<Matrix> BaselineHandler::evaluate(
    jobs::TaskContext& context, const Expression& expression, const RangeQuery& span) const
{
    RangeQuery query = span;
    query.expression = expression.promql;
    // Shared with the answer, which may come after this has given up.
    const auto promise = std::make_shared<std::promise<absl::StatusOr<QueryResult>>>();
    auto answer = promise->get_future();
    std::stop_source stop;
    m_queries.range(
        query,
        [promise](absl::StatusOr<QueryResult> result) { promise->set_value(std::move(result)); },
        stop.get_token());
    while (answer.wait_for(kPoll) != std::future_status::ready) {
        if (context.isCancelled()) {
            stop.request_stop();
            return absl::CancelledError("stopped while measuring");
        }
    }
    auto result = answer.get();
    if (!result.ok()) {
        return withContext(result.status(), expression.name);
    }
    if (auto* matrix = std::get_if<Matrix>(&result->value)) {
        return std::move(*matrix);
    }
    return absl::InternalError("a range query did not answer with a matrix");
}

absl::Status BaselineHandler::report(jobs::TaskContext& context)
{
    PH_ASSIGN_OR_RETURN(const std::string measured, context.resultOf("measure"));
    PH_ASSIGN_OR_RETURN(const Baseline baseline, baselineOf(measured));
    // An earlier try did all of it; a second one would compare the baseline with itself.
    PH_ASSIGN_OR_RETURN(const bool isSaved, m_baselines.isOf(baseline.name, context.jobId()));
    if (isSaved) {
        return absl::OkStatus();
    }
    std::optional<Baseline> then;
    if (const std::string other = valueOf(context.parameters(), "compare_with"); !other.empty()) {
        PH_ASSIGN_OR_RETURN(then, m_baselines.find(other));
    }
    PH_RETURN_IF_ERROR(
        context.addArtefact("baseline.json", "application/json", baselineJson(baseline)));
    PH_RETURN_IF_ERROR(
        context.addArtefact("baseline.html", "text/html", baselineHtml(baseline, then)));
    PH_ASSIGN_OR_RETURN(const std::string pdf, baselinePdf(baseline, then));
    PH_RETURN_IF_ERROR(context.addArtefact("baseline.pdf", "application/pdf", pdf));
    PH_RETURN_IF_ERROR(m_baselines.save(context, baseline));
    PH_FAULT("metrics.after_baseline");
    return absl::OkStatus();
}

} // namespace pilothouse::metrics
