// SPDX-License-Identifier: GPL-3.0-or-later
// metrics targets, labels, values, series, list, store.
#include "app/cli/commands/Command.h"
#include "app/cli/input/TimeText.h"
#include "app/cli/output/Bytes.h"
#include "shared/base/StatusHelpers.h"
#include "shared/client/MetricsClient.h"

#include <absl/time/clock.h>
#include <fmt/format.h>

namespace pilothouse::cli {

namespace {

using Strings = std::vector<std::string>;

constexpr int kDefaultLimit = 1000;

struct ListFlags
{
    Strings matches;
    std::string name;
    int limit = kDefaultLimit;
};

std::string_view targetHealthName(metrics::TargetHealth health)
{
    switch (health) {
    case metrics::TargetHealth::Unknown:
        return "unknown";
    case metrics::TargetHealth::Up:
        return "up";
    case metrics::TargetHealth::Down:
        return "down";
    }
    return "unknown";
}

std::string_view typeName(metrics::MetricType type)
{
    switch (type) {
    case metrics::MetricType::Unknown:
        return "unknown";
    case metrics::MetricType::Counter:
        return "counter";
    case metrics::MetricType::Gauge:
        return "gauge";
    case metrics::MetricType::Histogram:
        return "histogram";
    case metrics::MetricType::Summary:
        return "summary";
    case metrics::MetricType::Info:
        return "info";
    case metrics::MetricType::StateSet:
        return "stateset";
    }
    return "unknown";
}

Json targetJson(const metrics::Target& target)
{
    return {
        {"job", target.job},
        {"url", target.url},
        {"health", std::string(targetHealthName(target.health))},
        {"lastError", target.lastError},
        {"lastScrape", jsonTime(target.lastScrape)},
        {"lastScrapeSeconds", jsonSeconds(target.lastScrapeDuration)},
        {"lastSamples", target.lastSamples},
        {"intervalSeconds", jsonSeconds(target.interval)},
        {"labels", jsonLabels(target.labels)}};
}

absl::Status listTargets(Context& context, ServerSession& session)
{
    PH_ASSIGN_OR_RETURN(
        const std::vector<metrics::Target> targets,
        await<std::vector<metrics::Target>>(
            [&](auto done) { return session.metrics().listTargets(std::move(done)); }));
    if (context.printer.isJson()) {
        Json list = Json::array();
        for (const auto& target : targets) {
            list.push_back(targetJson(target));
        }
        context.printer.print(Json{{"targets", std::move(list)}});
        return absl::OkStatus();
    }
    Table table(
        {{"JOB"},
         {"TARGET", Align::Left, true},
         {"HEALTH"},
         {"SCRAPED"},
         {"TOOK", Align::Right},
         {"SAMPLES", Align::Right},
         {"ERROR", Align::Left, true}});
    const absl::Time now = absl::Now();
    for (const auto& target : targets) {
        table.add(
            {target.job,
             target.url,
             std::string(targetHealthName(target.health)),
             sinceText(target.lastScrape, now),
             shortDuration(target.lastScrapeDuration),
             std::to_string(target.lastSamples),
             target.lastError});
    }
    context.printer.print(table);
    return absl::OkStatus();
}

absl::Status printStrings(
    Printer& printer, const char* member, const absl::StatusOr<Strings>& strings)
{
    PH_RETURN_IF_ERROR(strings.status());
    if (printer.isJson()) {
        printer.print(Json{{member, *strings}});
        return absl::OkStatus();
    }
    for (const auto& one : *strings) {
        printer.line(one);
    }
    return absl::OkStatus();
}

absl::Status listSeries(Context& context, ServerSession& session, const ListFlags& flags)
{
    PH_ASSIGN_OR_RETURN(
        const std::vector<metrics::Labels> series,
        await<std::vector<metrics::Labels>>([&](auto done) {
            // One more than asked for tells whether there are more.
            return session.metrics().listSeries(flags.matches, flags.limit + 1, std::move(done));
        }));
    const std::size_t shown = std::min(series.size(), static_cast<std::size_t>(flags.limit));
    Json list = Json::array();
    for (std::size_t index = 0; index < shown; ++index) {
        if (context.printer.isJson()) {
            list.push_back(jsonLabels(series[index]));
        } else {
            context.printer.line(series[index].toString());
        }
    }
    if (context.printer.isJson()) {
        context.printer.print(Json{{"series", std::move(list)}, {"more", series.size() > shown}});
    }
    if (series.size() > shown) {
        printNote(fmt::format("only the first {} series. Give --limit for more.", shown));
    }
    return absl::OkStatus();
}

absl::Status listMetrics(Context& context, ServerSession& session, const ListFlags& flags)
{
    PH_ASSIGN_OR_RETURN(
        const std::vector<metrics::Metric> families,
        await<std::vector<metrics::Metric>>([&](auto done) {
            return session.metrics().listMetrics(flags.name, flags.limit, std::move(done));
        }));
    Json list = Json::array();
    Table table(
        {{"METRIC"}, {"TYPE"}, {"UNIT"}, {"SERIES", Align::Right}, {"HELP", Align::Left, true}});
    for (const auto& metric : families) {
        list.push_back(
            {{"name", metric.name},
             {"type", std::string(typeName(metric.type))},
             {"unit", metric.unit},
             {"help", metric.help},
             {"series", metric.series}});
        table.add(
            {metric.name,
             std::string(typeName(metric.type)),
             metric.unit,
             std::to_string(metric.series),
             metric.help});
    }
    if (context.printer.isJson()) {
        context.printer.print(Json{{"metrics", std::move(list)}});
    } else {
        context.printer.print(table);
    }
    return absl::OkStatus();
}

absl::Status showStore(Context& context, ServerSession& session)
{
    PH_ASSIGN_OR_RETURN(
        const metrics::StoreStatus store, await<metrics::StoreStatus>([&](auto done) {
            return session.metrics().getStoreStatus(std::move(done));
        }));
    if (context.printer.isJson()) {
        context.printer.print(Json{
            {"series", store.series},
            {"seriesLimit", store.seriesLimit},
            {"seriesRejected", store.seriesRejected},
            {"samples", store.samples},
            {"samplesPerSecond", jsonValue(store.samplesPerSecond)},
            {"memoryBytes", store.memoryBytes},
            {"diskBytes", store.diskBytes},
            {"oldestSample", jsonTime(store.oldestSample)},
            {"retentionSeconds", jsonSeconds(store.retention)}});
        return absl::OkStatus();
    }
    Table table({{"STORE"}, {"", Align::Right}});
    table.add({"series", std::to_string(store.series)});
    table.add({"series limit", std::to_string(store.seriesLimit)});
    table.add({"series rejected", std::to_string(store.seriesRejected)});
    table.add({"samples", std::to_string(store.samples)});
    table.add({"samples per second", fmt::format("{:.0f}", store.samplesPerSecond)});
    table.add({"in memory", bytesText(store.memoryBytes)});
    table.add({"on disk", bytesText(store.diskBytes)});
    table.add({"oldest sample (UTC)", shortTime(store.oldestSample)});
    table.add({"retention", shortDuration(store.retention)});
    context.printer.print(table);
    return absl::OkStatus();
}

void addMatches(CLI::App& command, ListFlags& flags)
{
    command.add_option("--match", flags.matches, "series selector, may be given more than once")
        ->type_name("SELECTOR")
        ->take_all()
        ->allow_extra_args(false);
}

void addLimit(CLI::App& command, ListFlags& flags)
{
    command.add_option("--limit", flags.limit, "at most this many (default 1000)")
        ->type_name("N")
        ->check(CLI::Range(1, 10000000));
}

void addLabelCommands(CLI::App& metrics, Context& context)
{
    CLI::App* labels = metrics.add_subcommand("labels", "Names of labels");
    const auto labelFlags = std::make_shared<ListFlags>();
    addMatches(*labels, *labelFlags);
    runsWithSession(labels, context, [&context, labelFlags](ServerSession& session) {
        return printStrings(context.printer, "labels", await<Strings>([&](auto done) {
                                return session.metrics().listLabels(
                                    labelFlags->matches, std::move(done));
                            }));
    });

    CLI::App* values = metrics.add_subcommand("values", "Values of a label");
    const auto valueFlags = std::make_shared<ListFlags>();
    values->add_option("LABEL", valueFlags->name, "for example job")->required();
    addMatches(*values, *valueFlags);
    values->footer(
        "\nExample:\n  pilothousectl metrics values instance --match 'up{job=\"node\"}'");
    runsWithSession(values, context, [&context, valueFlags](ServerSession& session) {
        return printStrings(context.printer, "values", await<Strings>([&](auto done) {
                                return session.metrics().listLabelValues(
                                    valueFlags->name, valueFlags->matches, std::move(done));
                            }));
    });
}

} // namespace

void addCatalogueCommands(CLI::App& metrics, Context& context)
{
    runsWithSession(
        metrics.add_subcommand("targets", "Scrape targets and their last scrape"),
        context,
        [&context](ServerSession& session) { return listTargets(context, session); });
    addLabelCommands(metrics, context);

    CLI::App* series = metrics.add_subcommand("series", "Label sets of the series that match");
    const auto seriesFlags = std::make_shared<ListFlags>();
    series->add_option(
        "SELECTOR", seriesFlags->matches, "for example up{job=\"node\"}; none = all");
    addLimit(*series, *seriesFlags);
    runsWithSession(series, context, [&context, seriesFlags](ServerSession& session) {
        return listSeries(context, session, *seriesFlags);
    });

    CLI::App* list = metrics.add_subcommand("list", "Metrics with type, unit and help");
    const auto listFlags = std::make_shared<ListFlags>();
    list->add_option("SEARCH", listFlags->name, "part of the name");
    addLimit(*list, *listFlags);
    runsWithSession(list, context, [&context, listFlags](ServerSession& session) {
        return listMetrics(context, session, *listFlags);
    });

    runsWithSession(
        metrics.add_subcommand("store", "Size and limits of the time-series store"),
        context,
        [&context](ServerSession& session) { return showStore(context, session); });
}

} // namespace pilothouse::cli
