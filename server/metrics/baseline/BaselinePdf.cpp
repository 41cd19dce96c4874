// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/baseline/BaselineReport.h"

#include "server/metrics/baseline/BaselineText.h"
#include "server/metrics/baseline/Paper.h"

#include <fmt/format.h>

namespace pilothouse::metrics {

namespace {

using baseline::change;
using baseline::number;
using baseline::Paper;
using baseline::timeText;

std::string nameOf(const BaselineSeries& series)
{
    return series.labels.empty() ? series.name : series.name + ' ' + series.labels;
}

void addSummaries(Paper& paper, const Baseline& report)
{
    paper.table({"Series", "mean", "std", "min", "p50", "p90", "p95", "p99", "max", "samples"});
    for (const BaselineSeries& series : report.series) {
        const Summary& summary = series.summary;
        paper.row(
            nameOf(series),
            series.expression,
            {number(summary.mean),
             number(summary.standardDeviation),
             number(summary.minimum),
             number(summary.p50),
             number(summary.p90),
             number(summary.p95),
             number(summary.p99),
             number(summary.maximum),
             fmt::to_string(summary.samples)});
    }
}

void addChanges(Paper& paper, const Baseline& now, const Baseline& then)
{
    paper.heading(fmt::format(
        "Against {}, {} to {} UTC", then.name, timeText(then.start), timeText(then.end)));
    paper.table({"Series", "mean then", "mean now", "change", "p95 then", "p95 now", "change"});
    for (const BaselineChange& one : compare(now.series, then.series)) {
        paper.row(
            nameOf(one.now),
            one.now.expression,
            {number(one.then.mean),
             number(one.now.summary.mean),
             change(one.meanRatio),
             number(one.then.p95),
             number(one.now.summary.p95),
             change(one.p95Ratio)});
    }
}

} // namespace

absl::StatusOr<std::string> baselinePdf(const Baseline& report, const std::optional<Baseline>& then)
{
    const std::string title = fmt::format("Baseline {}", report.name);
    Paper paper(title);
    paper.title(title);
    paper.paragraph(fmt::format(
        "{} to {} UTC, {} series.",
        timeText(report.start),
        timeText(report.end),
        report.series.size()));
    addSummaries(paper, report);
    if (then) {
        addChanges(paper, report, *then);
    }
    if (!report.empty.empty()) {
        paper.heading("Without data");
        for (const std::string& expression : report.empty) {
            paper.code(expression);
        }
    }
    return paper.finish();
}

} // namespace pilothouse::metrics
