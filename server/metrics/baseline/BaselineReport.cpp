// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/baseline/BaselineReport.h"

#include "server/metrics/baseline/BaselineTables.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pilothouse::metrics {

namespace {

using Json = nlohmann::json;
using baseline::spanText;

constexpr const char* kStyle =
    "body{font:14px/1.5 system-ui,sans-serif;margin:32px;color:#1b1f24}"
    "table{border-collapse:collapse;margin:16px 0}th,td{padding:4px 12px;border-bottom:1px solid "
    "#d0d7de;text-align:right;font-variant-numeric:tabular-nums}th:first-child,td:first-child{"
    "text-align:left}code{color:#57606a;font-size:12px}@media print{body{margin:0}}";

std::string escaped(const std::string& text)
{
    std::string result;
    for (const char letter : text) {
        switch (letter) {
        case '&':
            result += "&amp;";
            break;
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '"':
            result += "&quot;";
            break;
        default:
            result += letter;
        }
    }
    return result;
}

std::string htmlOf(const baseline::Table& table)
{
    std::string html = "<table><tr>";
    for (const std::string& head : table.heads) {
        html += fmt::format("<th>{}</th>", head);
    }
    html += "</tr>";
    for (const baseline::Row& row : table.rows) {
        html += fmt::format(
            "<tr><td>{}<br><code>{}</code></td>", escaped(row.name), escaped(row.expression));
        for (const std::string& value : row.values) {
            html += fmt::format("<td>{}</td>", value);
        }
        html += "</tr>";
    }
    return html + "</table>";
}

} // namespace

std::string baselineJson(const Baseline& baseline)
{
    Json series = Json::array();
    for (const BaselineSeries& one : baseline.series) {
        const Summary& summary = one.summary;
        series.push_back(
            {{"name", one.name},
             {"expression", one.expression},
             {"labels", one.labels},
             {"samples", summary.samples},
             {"mean", summary.mean},
             {"std", summary.standardDeviation},
             {"min", summary.minimum},
             {"max", summary.maximum},
             {"p50", summary.p50},
             {"p90", summary.p90},
             {"p95", summary.p95},
             {"p99", summary.p99}});
    }
    const Json json{
        {"name", baseline.name},
        {"start", absl::ToUnixMillis(baseline.start)},
        {"end", absl::ToUnixMillis(baseline.end)},
        {"series", std::move(series)},
        {"empty", baseline.empty}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

absl::StatusOr<Baseline> baselineOf(const std::string& text)
{
    try {
        const Json json = Json::parse(text);
        Baseline baseline;
        baseline.name = json.at("name").get<std::string>();
        baseline.start = absl::FromUnixMillis(json.at("start").get<std::int64_t>());
        baseline.end = absl::FromUnixMillis(json.at("end").get<std::int64_t>());
        baseline.empty = json.at("empty").get<std::vector<std::string>>();
        for (const Json& one : json.at("series")) {
            BaselineSeries series;
            series.name = one.at("name").get<std::string>();
            series.expression = one.at("expression").get<std::string>();
            series.labels = one.at("labels").get<std::string>();
            Summary& summary = series.summary;
            summary.samples = one.at("samples").get<std::size_t>();
            summary.mean = one.at("mean").get<double>();
            summary.standardDeviation = one.at("std").get<double>();
            summary.minimum = one.at("min").get<double>();
            summary.maximum = one.at("max").get<double>();
            summary.p50 = one.at("p50").get<double>();
            summary.p90 = one.at("p90").get<double>();
            summary.p95 = one.at("p95").get<double>();
            summary.p99 = one.at("p99").get<double>();
            baseline.series.push_back(std::move(series));
        }
        return baseline;
    } catch (const Json::exception& error) {
        return absl::DataLossError(fmt::format("a stored baseline is damaged: {}", error.what()));
    }
}

std::string baselineHtml(const Baseline& report, const std::optional<Baseline>& then)
{
    std::string html = fmt::format(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Baseline {0}"
        "</title><style>{1}</style></head><body><h1>Baseline {0}</h1><p>{2}, {3} "
        "series.</p>",
        escaped(report.name),
        kStyle,
        spanText(report),
        report.series.size());
    html += htmlOf(baseline::summaries(report));
    if (then) {
        html += fmt::format("<h2>Against {}, {}</h2>", escaped(then->name), spanText(*then)) +
                htmlOf(baseline::changes(report, *then));
    }
    if (!report.empty.empty()) {
        html += "<h2>Without data</h2><ul>";
        for (const std::string& expression : report.empty) {
            html += fmt::format("<li><code>{}</code></li>", escaped(expression));
        }
        html += "</ul>";
    }
    return html + "</body></html>\n";
}

} // namespace pilothouse::metrics
