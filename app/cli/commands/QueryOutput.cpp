// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/commands/QueryOutput.h"

#include "app/cli/input/TimeText.h"

#include <fmt/format.h>

#include <cmath>

namespace pilothouse::cli {

namespace {

struct ToJson
{
    Json operator()(const metrics::Sample& scalar) const
    {
        return {
            {"type", "scalar"},
            {"time", jsonTime(absl::FromUnixMillis(scalar.time))},
            {"value", jsonValue(scalar.value)}};
    }
    Json operator()(const metrics::Vector& vector) const
    {
        Json result = Json::array();
        for (const auto& [labels, sample] : vector) {
            result.push_back(
                {{"labels", jsonLabels(labels)},
                 {"time", jsonTime(absl::FromUnixMillis(sample.time))},
                 {"value", jsonValue(sample.value)}});
        }
        return {{"type", "vector"}, {"result", std::move(result)}};
    }
    Json operator()(const metrics::Matrix& matrix) const
    {
        Json result = Json::array();
        for (const auto& series : matrix) {
            result.push_back(seriesJson(series));
        }
        return {{"type", "matrix"}, {"result", std::move(result)}};
    }
    Json operator()(const std::string& text) const { return {{"type", "string"}, {"value", text}}; }
};

struct ToText
{
    Printer& printer;

    void operator()(const metrics::Sample& scalar) const { printer.line(valueText(scalar.value)); }
    void operator()(const std::string& text) const { printer.line(text); }
    void operator()(const metrics::Vector& vector) const
    {
        Table table({{"SERIES", Align::Left, true}, {"VALUE", Align::Right}});
        for (const auto& [labels, sample] : vector) {
            table.add({labels.toString(), valueText(sample.value)});
        }
        printer.print(table);
    }
    void operator()(const metrics::Matrix& matrix) const
    {
        Table table({{"SERIES", Align::Left, true}, {"TIME (UTC)"}, {"VALUE", Align::Right}});
        for (const auto& series : matrix) {
            const std::string name = series.labels.toString();
            for (std::size_t index = 0; index < series.times.size(); ++index) {
                table.add({name, timeText(series.times[index]), valueText(series.values[index])});
            }
        }
        printer.print(table);
    }
};

} // namespace

std::string valueText(double value)
{
    if (std::isnan(value)) {
        return "NaN";
    }
    if (std::isinf(value)) {
        return value > 0 ? "+Inf" : "-Inf";
    }
    return fmt::format("{}", value);
}

std::string timeText(metrics::TimestampMs time)
{
    const absl::Time at = absl::FromUnixMillis(time);
    const bool isWhole = time % 1000 == 0;
    return absl::FormatTime(
        isWhole ? "%Y-%m-%d %H:%M:%S" : "%Y-%m-%d %H:%M:%E3S", at, absl::UTCTimeZone());
}

Json seriesJson(const metrics::SeriesPoints& series)
{
    Json points = Json::array();
    for (std::size_t index = 0; index < series.times.size(); ++index) {
        points.push_back(
            {jsonTime(absl::FromUnixMillis(series.times[index])), jsonValue(series.values[index])});
    }
    return {{"labels", jsonLabels(series.labels)}, {"points", std::move(points)}};
}

void printResult(Printer& printer, const metrics::QueryResult& result)
{
    for (const auto& warning : result.warnings) {
        printNote("warning: " + warning);
    }
    if (printer.isJson()) {
        Json json = std::visit(ToJson(), result.value);
        json["warnings"] = result.warnings;
        printer.print(json);
    } else {
        std::visit(ToText{printer}, result.value);
    }
}

} // namespace pilothouse::cli
