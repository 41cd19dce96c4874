// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/baseline/BaselineReport.h"

#include "server/metrics/baseline/BaselineTables.h"
#include "server/metrics/baseline/Paper.h"

#include <fmt/format.h>

namespace pilothouse::metrics {

namespace {

using baseline::Paper;
using baseline::spanText;

void add(Paper& paper, const baseline::Table& table)
{
    paper.table(table.heads);
    for (const baseline::Row& row : table.rows) {
        paper.row(row.name, row.expression, row.values);
    }
}

} // namespace

absl::StatusOr<std::string> baselinePdf(const Baseline& report, const std::optional<Baseline>& then)
{
    const std::string title = fmt::format("Baseline {}", report.name);
    Paper paper(title);
    paper.title(title);
    paper.paragraph(fmt::format("{}, {} series.", spanText(report), report.series.size()));
    add(paper, baseline::summaries(report));
    if (then) {
        paper.heading(fmt::format("Against {}, {}", then->name, spanText(*then)));
        add(paper, baseline::changes(report, *then));
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
