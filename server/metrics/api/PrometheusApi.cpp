// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/api/PrometheusApi.h"

#include "server/metrics/api/ApiParameters.h"
#include "server/metrics/api/ApiResponse.h"
#include "server/metrics/api/JsonText.h"
#include "server/metrics/api/ResultJson.h"
#include "shared/metrics/promql/Printer.h"
#include "shared/metrics/promql/Text.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace pilothouse::metrics {

namespace {

std::string jsonString(std::string_view text)
{
    std::string out;
    appendJsonString(out, text);
    return out;
}

std::string_view typeText(MetricType type)
{
    switch (type) {
    case MetricType::Counter:
        return "counter";
    case MetricType::Gauge:
        return "gauge";
    case MetricType::Histogram:
        return "histogram";
    case MetricType::Summary:
        return "summary";
    case MetricType::Info:
        return "info";
    case MetricType::StateSet:
        return "stateset";
    case MetricType::Unknown:
        break;
    }
    return "unknown";
}

std::string_view healthText(TargetHealth health)
{
    switch (health) {
    case TargetHealth::Up:
        return "up";
    case TargetHealth::Down:
        return "down";
    case TargetHealth::Unknown:
        break;
    }
    return "unknown";
}

std::string targetJson(const Target& target)
{
    std::string labels;
    appendJsonLabels(labels, target.labels);
    const std::string lastScrape =
        target.lastScrape == absl::InfinitePast()
            ? "0001-01-01T00:00:00Z"
            : absl::FormatTime(absl::RFC3339_full, target.lastScrape, absl::UTCTimeZone());
    const std::string interval = promql::formatDuration(absl::ToInt64Milliseconds(target.interval));
    return fmt::format(
        R"({{"discoveredLabels":{0},"labels":{0},"scrapePool":{1},"scrapeUrl":{2},"globalUrl":{2},)"
        R"("lastError":{3},"lastScrape":{4},"lastScrapeDuration":{5},"health":"{6}",)"
        R"("scrapeInterval":"{7}","scrapeTimeout":"{7}"}})",
        labels,
        jsonString(target.job),
        jsonString(target.url),
        jsonString(target.lastError),
        jsonString(lastScrape),
        absl::ToDoubleSeconds(target.lastScrapeDuration),
        healthText(target.health),
        interval);
}

/// How many names each list of /api/v1/status/tsdb has.
constexpr std::size_t kLargest = 10;

std::string countsJson(const std::vector<CountedName>& counts)
{
    std::string out = "[";
    for (const auto& [name, count] : counts) {
        out += fmt::format(
            R"({}{{"name":{},"value":{}}})", out.size() > 1 ? "," : "", jsonString(name), count);
    }
    return out + "]";
}

std::string storeStatusJson(const Cardinality& cardinality)
{
    return fmt::format(
        R"({{"headStats":{{"numSeries":{},"numLabelPairs":{}}},"seriesCountByMetricName":{},)"
        R"("labelValueCountByLabelName":{},"seriesCountByLabelValuePair":{}}})",
        cardinality.series,
        cardinality.labelPairs,
        countsJson(cardinality.seriesByMetric),
        countsJson(cardinality.valuesByLabel),
        countsJson(cardinality.seriesByPair));
}

QueryEngine::Answer<std::vector<std::string>> answerStrings(platform::HttpRespond respond)
{
    return [respond = std::move(respond)](absl::StatusOr<std::vector<std::string>> texts) {
        if (!texts.ok()) {
            respond(apiError(texts.status()));
            return;
        }
        std::string data;
        appendJsonStrings(data, *texts);
        respond(apiSuccess(data));
    };
}

QueryEngine::Answer<QueryResult> answerResult(platform::HttpRespond respond, TimestampMs time)
{
    return [respond = std::move(respond), time](absl::StatusOr<QueryResult> result) {
        respond(
            result.ok() ? apiSuccess(resultJson(*result, time), result->warnings)
                        : apiError(result.status()));
    };
}

} // namespace

PrometheusApi::PrometheusApi(
    const QueryEngine& queries, const Clock& clock, ApiBuildInfo buildInfo, Sources sources)
    : m_queries(queries),
      m_clock(clock),
      m_buildInfo(std::move(buildInfo)),
      m_sources(std::move(sources))
{}

void PrometheusApi::addTo(platform::Router& router) const
{
    using Method = void (PrometheusApi::*)(const Request&, const Respond&) const;
    const auto add = [&](const char* method, const char* path, Method handle) {
        router.add(
            method,
            std::string("/api/v1/") + path,
            [this, handle](const Request& request, const Respond& respond) {
                (this->*handle)(request, respond);
            });
    };
    for (const char* method : {"GET", "POST"}) {
        add(method, "query", &PrometheusApi::query);
        add(method, "query_range", &PrometheusApi::queryRange);
        add(method, "format_query", &PrometheusApi::formatQuery);
        add(method, "series", &PrometheusApi::series);
        add(method, "labels", &PrometheusApi::labels);
    }
    add("GET", "label/{name}/values", &PrometheusApi::labelValues);
    add("GET", "metadata", &PrometheusApi::metadata);
    add("GET", "targets", &PrometheusApi::targets);
    add("GET", "status/buildinfo", &PrometheusApi::buildInfo);
    add("GET", "status/tsdb", &PrometheusApi::storeStatus);
}

void PrometheusApi::query(const Request& request, const Respond& respond) const
{
    auto query = instantParameters(request, m_clock);
    if (!query.ok()) {
        respond(apiError(query.status()));
        return;
    }
    if (const auto expr = m_queries.engine().parse(query->expression); !expr.ok()) {
        respond(apiError(invalidParameter("query", std::string(expr.status().message()))));
        return;
    }
    const TimestampMs time = absl::ToUnixMillis(*query->time);
    m_queries.instant(*query, answerResult(respond, time));
}

void PrometheusApi::queryRange(const Request& request, const Respond& respond) const
{
    auto query = rangeParameters(request, m_queries.engine().options());
    if (!query.ok()) {
        respond(apiError(query.status()));
        return;
    }
    m_queries.range(*query, answerResult(respond, 0));
}

void PrometheusApi::formatQuery(const Request& request, const Respond& respond) const
{
    const auto expr = m_queries.engine().parse(request.parameter("query"));
    respond(
        expr.ok() ? apiSuccess(jsonString(promql::print(**expr)))
                  : apiError(invalidParameter("query", std::string(expr.status().message()))));
}

void PrometheusApi::series(const Request& request, const Respond& respond) const
{
    auto filter = seriesParameters(request);
    if (filter.ok() && filter->matches.empty()) {
        filter = absl::InvalidArgumentError("no match[] parameter provided");
    }
    if (!filter.ok()) {
        respond(apiError(filter.status()));
        return;
    }
    m_queries.series(*std::move(filter), [respond](absl::StatusOr<std::vector<Labels>> series) {
        if (!series.ok()) {
            respond(apiError(series.status()));
            return;
        }
        std::string data = "[";
        for (const Labels& labels : *series) {
            data += data.size() > 1 ? "," : "";
            appendJsonLabels(data, labels);
        }
        respond(apiSuccess(data + "]"));
    });
}

void PrometheusApi::labels(const Request& request, const Respond& respond) const
{
    auto filter = seriesParameters(request);
    if (!filter.ok()) {
        respond(apiError(filter.status()));
        return;
    }
    m_queries.labelNames(*std::move(filter), answerStrings(respond));
}

void PrometheusApi::labelValues(const Request& request, const Respond& respond) const
{
    const std::string name(request.parameter("{name}"));
    auto filter = seriesParameters(request);
    if (filter.ok() && !promql::isLabelName(name)) {
        filter =
            absl::InvalidArgumentError(fmt::format("invalid label name: {}", promql::quote(name)));
    }
    if (!filter.ok()) {
        respond(apiError(filter.status()));
        return;
    }
    m_queries.labelValues(name, *std::move(filter), answerStrings(respond));
}

void PrometheusApi::metadata(const Request& request, const Respond& respond) const
{
    const std::string_view wanted = request.parameter("metric");
    const std::string_view limitText = request.parameter("limit");
    int limit = -1;
    if (!limitText.empty()) {
        const char* const end = limitText.data() + limitText.size();
        const auto [rest, error] = std::from_chars(limitText.data(), end, limit);
        if (error != std::errc() || rest != end) {
            respond(apiError(absl::InvalidArgumentError("limit must be a number")));
            return;
        }
    }
    std::string data = "{";
    int shown = 0;
    for (const Metric& metric : m_sources.metadata()) {
        if (limit >= 0 && shown >= limit) {
            break;
        }
        if (!wanted.empty() && metric.name != wanted) {
            continue;
        }
        data += fmt::format(
            R"({}{}:[{{"type":"{}","help":{},"unit":{}}}])",
            shown++ > 0 ? "," : "",
            jsonString(metric.name),
            typeText(metric.type),
            jsonString(metric.help),
            jsonString(metric.unit));
    }
    respond(apiSuccess(data + "}"));
}

void PrometheusApi::targets(const Request& request, const Respond& respond) const
{
    const std::string_view state = request.parameter("state");
    std::string active;
    if (state != "dropped") {
        for (const Target& target : m_sources.targets()) {
            active += active.empty() ? "" : ",";
            active += targetJson(target);
        }
    }
    respond(apiSuccess(fmt::format(R"({{"activeTargets":[{}],"droppedTargets":[]}})", active)));
}

void PrometheusApi::buildInfo(const Request&, const Respond& respond) const
{
    respond(apiSuccess(fmt::format(
        R"({{"version":{},"revision":{},"branch":"","buildUser":"","buildDate":{},"goVersion":""}})",
        jsonString(m_buildInfo.version),
        jsonString(m_buildInfo.revision),
        jsonString(m_buildInfo.buildDate))));
}

void PrometheusApi::storeStatus(const Request&, const Respond& respond) const
{
    m_queries.cardinality(kLargest, [respond](absl::StatusOr<Cardinality> cardinality) {
        respond(
            cardinality.ok() ? apiSuccess(storeStatusJson(*cardinality))
                             : apiError(cardinality.status()));
    });
}

} // namespace pilothouse::metrics
