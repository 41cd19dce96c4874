// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/MetricsService.h"

#include "shared/base/StatusHelpers.h"
#include "shared/base/proto/TimeProto.h"
#include "shared/metrics/Decimate.h"
#include "shared/metrics/proto/MetricsProto.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::metrics {

namespace {

constexpr int kDefaultPage = 100;
constexpr int kLargestPage = 5000;

template <typename Request>
SeriesFilter filterOf(const Request& request, std::optional<absl::Duration> timeout)
{
    SeriesFilter filter;
    filter.matches.assign(request.matches().begin(), request.matches().end());
    if (request.has_start()) {
        filter.start = pilothouse::fromProto(request.start());
    }
    if (request.has_end()) {
        filter.end = pilothouse::fromProto(request.end());
    }
    filter.timeout = timeout;
    return filter;
}

absl::StatusOr<std::size_t> pageSize(int asked)
{
    if (asked < 0) {
        return absl::InvalidArgumentError("page_size is negative");
    }
    return static_cast<std::size_t>(std::min(asked == 0 ? kDefaultPage : asked, kLargestPage));
}

/// What a page token of ListSeries belongs to: everything but the page.
std::string questionOf(const v1::ListSeriesRequest& request)
{
    v1::ListSeriesRequest rest = request;
    rest.clear_page_size();
    rest.clear_page_token();
    return "series " + rest.SerializeAsString();
}

/// A label set as the place in a listing, and back.
std::vector<std::string> placeOf(const Labels& labels)
{
    std::vector<std::string> place;
    for (const auto& [name, value] : labels.pairs()) {
        place.push_back(name);
        place.push_back(value);
    }
    return place;
}

Labels labelsAt(const std::vector<std::string>& place)
{
    std::vector<Labels::Pair> pairs;
    for (std::size_t at = 0; at + 1 < place.size(); at += 2) {
        pairs.emplace_back(place[at], place[at + 1]);
    }
    return Labels(std::move(pairs));
}

/// Where the page begins; nothing for the first one.
absl::StatusOr<std::vector<std::string>> placeIn(
    const rpc::PageTokens& tokens, const std::string& question, const std::string& token)
{
    return token.empty() ? std::vector<std::string>() : tokens.open(question, token);
}

class QuerySource final : public rpc::Source<v1::WatchQueryResponse>
{
public:
    explicit QuerySource(std::unique_ptr<LiveWatch> watch) : m_watch(std::move(watch)) {}

    bool next(v1::WatchQueryResponse& response) override
    {
        const auto message = m_watch->take();
        if (!message) {
            return false;
        }
        response = toProto(message->update);
        response.set_resume_token(message->resumeToken);
        *response.mutable_evaluation_time() = pilothouse::toProto(message->evaluationTime);
        return true;
    }

private:
    const std::unique_ptr<LiveWatch> m_watch;
};

class SeriesSource final : public rpc::Source<v1::WatchSeriesResponse>
{
public:
    explicit SeriesSource(std::unique_ptr<LiveSeriesWatch> watch) : m_watch(std::move(watch)) {}

    bool next(v1::WatchSeriesResponse& response) override
    {
        const auto update = m_watch->take();
        if (!update) {
            return false;
        }
        response = toProto(*update);
        return true;
    }

private:
    const std::unique_ptr<LiveSeriesWatch> m_watch;
};

} // namespace

MetricsService::MetricsService(rpc::Guard& guard, const Parts& parts)
    : rpc::Service(guard, v1::QueryRequest::descriptor()->file()->service(0)), m_parts(parts)
{
    unaryLater("Query", &MetricsService::query);
    unaryLater("QueryRange", &MetricsService::queryRange);
    unaryLater("ListLabels", &MetricsService::listLabels);
    unaryLater("ListLabelValues", &MetricsService::listLabelValues);
    unaryLater("ListSeries", &MetricsService::listSeries);
    unary("ListTargets", &MetricsService::listTargets);
    unaryOn(parts.executor, "ListMetrics", &MetricsService::listMetrics);
    unaryOn(parts.executor, "GetStoreStatus", &MetricsService::getStoreStatus);
    watch("WatchQuery", &MetricsService::watchQuery);
    watch("WatchSeries", &MetricsService::watchSeries);
}

std::optional<absl::Duration> MetricsService::timeoutOf(const rpc::Call& call) const
{
    if (call.deadline() == absl::InfiniteFuture()) {
        return std::nullopt;
    }
    return call.deadline() - m_parts.clock.now();
}

void MetricsService::query(
    const rpc::Call& call, const v1::QueryRequest& request, v1::QueryResponse& response, Done done)
{
    InstantQuery query{
        .expression = request.expression(), .time = std::nullopt, .timeout = timeoutOf(call)};
    if (request.has_time()) {
        query.time = pilothouse::fromProto(request.time());
    }
    m_parts.queries.instant(
        query, [&response, done = std::move(done)](absl::StatusOr<QueryResult> result) {
            if (result.ok()) {
                response = toProto(*result);
            }
            done(result.status());
        });
}

void MetricsService::queryRange(
    const rpc::Call& call,
    const v1::QueryRangeRequest& request,
    v1::QueryRangeResponse& response,
    Done done)
{
    if (!request.has_start() || !request.has_end()) {
        done(absl::InvalidArgumentError("start and end are needed"));
        return;
    }
    if (request.max_points() < 0) {
        done(absl::InvalidArgumentError("max_points is negative"));
        return;
    }
    RangeQuery query{
        .expression = request.expression(),
        .start = pilothouse::fromProto(request.start()),
        .end = pilothouse::fromProto(request.end()),
        .timeout = timeoutOf(call)};
    if (request.has_step()) {
        query.step = pilothouse::fromProto(request.step());
    }
    const TimestampMs start = absl::ToUnixMillis(query.start);
    const TimestampMs end = absl::ToUnixMillis(query.end);
    m_parts.queries.range(
        query,
        [&response, start, end, maxPoints = request.max_points(), done = std::move(done)](
            absl::StatusOr<QueryResult> result) {
            if (!result.ok()) {
                done(result.status());
                return;
            }
            for (const SeriesPoints& series : std::get<Matrix>(result->value)) {
                *response.add_series() =
                    toProto(maxPoints > 0 ? decimate(series, start, end, maxPoints) : series);
            }
            for (const std::string& warning : result->warnings) {
                response.add_warnings(warning);
            }
            done(absl::OkStatus());
        });
}

void MetricsService::listLabels(
    const rpc::Call& call,
    const v1::ListLabelsRequest& request,
    v1::ListLabelsResponse& response,
    Done done)
{
    m_parts.queries.labelNames(
        filterOf(request, timeoutOf(call)),
        [&response, done = std::move(done)](absl::StatusOr<std::vector<std::string>> names) {
            if (names.ok()) {
                response.mutable_labels()->Assign(names->begin(), names->end());
            }
            done(names.status());
        });
}

void MetricsService::listLabelValues(
    const rpc::Call& call,
    const v1::ListLabelValuesRequest& request,
    v1::ListLabelValuesResponse& response,
    Done done)
{
    if (request.label().empty()) {
        done(absl::InvalidArgumentError("label is empty"));
        return;
    }
    m_parts.queries.labelValues(
        request.label(),
        filterOf(request, timeoutOf(call)),
        [&response, done = std::move(done)](absl::StatusOr<std::vector<std::string>> values) {
            if (values.ok()) {
                response.mutable_values()->Assign(values->begin(), values->end());
            }
            done(values.status());
        });
}

void MetricsService::listSeries(
    const rpc::Call& call,
    const v1::ListSeriesRequest& request,
    v1::ListSeriesResponse& response,
    Done done)
{
    const auto size = pageSize(request.page_size());
    const std::string question = questionOf(request);
    const auto place = placeIn(m_tokens, question, request.page_token());
    if (!size.ok() || !place.ok()) {
        done(size.ok() ? place.status() : size.status());
        return;
    }
    m_parts.queries.series(
        filterOf(request, timeoutOf(call)),
        [this, &response, size = *size, question, place = *place, done = std::move(done)](
            absl::StatusOr<std::vector<Labels>> series) {
            if (!series.ok()) {
                done(series.status());
                return;
            }
            std::sort(series->begin(), series->end());
            auto first = series->begin();
            if (!place.empty()) {
                first = std::upper_bound(series->begin(), series->end(), labelsAt(place));
            }
            const auto left = static_cast<std::size_t>(series->end() - first);
            const auto last = first + static_cast<std::ptrdiff_t>(std::min(left, size));
            for (auto labels = first; labels != last; ++labels) {
                *response.add_series()->mutable_labels() = toProto(*labels);
            }
            if (last != series->end()) {
                response.set_next_page_token(m_tokens.make(question, placeOf(*(last - 1))));
            }
            done(absl::OkStatus());
        });
}

absl::Status MetricsService::listTargets(
    const rpc::Call&, const v1::ListTargetsRequest&, v1::ListTargetsResponse& response)
{
    for (const Target& target : m_parts.board.targets()) {
        *response.add_targets() = toProto(target);
    }
    return absl::OkStatus();
}

absl::Status MetricsService::listMetrics(
    const rpc::Call&, const v1::ListMetricsRequest& request, v1::ListMetricsResponse& response)
{
    PH_ASSIGN_OR_RETURN(const std::size_t size, pageSize(request.page_size()));
    const std::string search = absl::AsciiStrToLower(request.search());
    const std::string question = "metrics " + search;
    PH_ASSIGN_OR_RETURN(const auto place, placeIn(m_tokens, question, request.page_token()));
    const std::string after = place.empty() ? std::string() : place.front();
    std::vector<Metric> metrics = m_parts.store.metrics();
    std::sort(metrics.begin(), metrics.end(), [](const Metric& left, const Metric& right) {
        return left.name < right.name;
    });
    for (const Metric& metric : metrics) {
        if ((!after.empty() && metric.name <= after) ||
            !absl::StrContains(absl::AsciiStrToLower(metric.name), search)) {
            continue;
        }
        if (static_cast<std::size_t>(response.metrics_size()) == size) {
            response.set_next_page_token(
                m_tokens.make(question, {response.metrics(response.metrics_size() - 1).name()}));
            break;
        }
        *response.add_metrics() = toProto(metric);
    }
    return absl::OkStatus();
}

absl::Status MetricsService::getStoreStatus(
    const rpc::Call&, const v1::GetStoreStatusRequest&, v1::GetStoreStatusResponse& response)
{
    response = toProto(m_parts.store.status());
    return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<rpc::Source<v1::WatchQueryResponse>>> MetricsService::watchQuery(
    const rpc::Call&, const v1::WatchQueryRequest& request, rpc::Waker waker)
{
    PH_ASSIGN_OR_RETURN(
        auto live,
        m_parts.liveQueries.watch(
            fromProto(request), request.resume_token(), [waker = std::move(waker)] {
                waker.wake();
            }));
    return std::make_unique<QuerySource>(std::move(live));
}

absl::StatusOr<std::unique_ptr<rpc::Source<v1::WatchSeriesResponse>>> MetricsService::watchSeries(
    const rpc::Call&, const v1::WatchSeriesRequest& request, rpc::Waker waker)
{
    PH_ASSIGN_OR_RETURN(
        auto live,
        m_parts.liveSeries.watch(fromProto(request), [waker = std::move(waker)] { waker.wake(); }));
    return std::make_unique<SeriesSource>(std::move(live));
}

} // namespace pilothouse::metrics
