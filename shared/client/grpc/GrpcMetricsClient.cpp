// SPDX-License-Identifier: Apache-2.0
#include "shared/client/grpc/GrpcMetricsClient.h"

#include "shared/base/proto/TimeProto.h"
#include "shared/client/grpc/ClientCall.h"
#include "shared/client/grpc/PagedCall.h"
#include "shared/client/grpc/StreamCall.h"
#include "shared/metrics/proto/MetricsProto.h"

namespace pilothouse::client {

namespace {

using Async = v1::MetricsService::StubInterface::async_interface;
using Strings = std::vector<std::string>;

template <typename Request>
Request withMatches(const Strings& matches)
{
    Request request;
    for (const auto& match : matches) {
        request.add_matches(match);
    }
    return request;
}

} // namespace

CallPtr GrpcMetricsClient::query(
    const std::string& expression, absl::Time time, OnDone<metrics::QueryResult> onDone)
{
    v1::QueryRequest request;
    request.set_expression(expression);
    setTime(request, &v1::QueryRequest::mutable_time, time);
    return callUnary<v1::QueryRequest, v1::QueryResponse>(
        m_link,
        read(*m_link),
        std::move(request),
        invoking(&Link::Stubs::metrics, &Async::Query),
        std::move(onDone),
        [](const v1::QueryResponse& response) { return metrics::fromProto(response); });
}

CallPtr GrpcMetricsClient::queryRange(const QueryRange& range, OnDone<metrics::Matrix> onDone)
{
    v1::QueryRangeRequest request;
    request.set_expression(range.expression);
    setTime(request, &v1::QueryRangeRequest::mutable_start, range.start);
    setTime(request, &v1::QueryRangeRequest::mutable_end, range.end);
    *request.mutable_step() = toProto(range.step);
    request.set_max_points(range.maxPoints);
    return callUnary<v1::QueryRangeRequest, v1::QueryRangeResponse>(
        m_link,
        read(*m_link),
        std::move(request),
        invoking(&Link::Stubs::metrics, &Async::QueryRange),
        std::move(onDone),
        [](const v1::QueryRangeResponse& response) {
            return metrics::fromProto(response.series());
        });
}

CallPtr GrpcMetricsClient::listLabels(const Strings& matches, OnDone<Strings> onDone)
{
    return callUnary<v1::ListLabelsRequest, v1::ListLabelsResponse>(
        m_link,
        read(*m_link),
        withMatches<v1::ListLabelsRequest>(matches),
        invoking(&Link::Stubs::metrics, &Async::ListLabels),
        std::move(onDone),
        [](const v1::ListLabelsResponse& response) {
            return Strings(response.labels().begin(), response.labels().end());
        });
}

CallPtr GrpcMetricsClient::listLabelValues(
    const std::string& label, const Strings& matches, OnDone<Strings> onDone)
{
    auto request = withMatches<v1::ListLabelValuesRequest>(matches);
    request.set_label(label);
    return callUnary<v1::ListLabelValuesRequest, v1::ListLabelValuesResponse>(
        m_link,
        read(*m_link),
        std::move(request),
        invoking(&Link::Stubs::metrics, &Async::ListLabelValues),
        std::move(onDone),
        [](const v1::ListLabelValuesResponse& response) {
            return Strings(response.values().begin(), response.values().end());
        });
}

CallPtr GrpcMetricsClient::listSeries(
    const Strings& matches, int limit, OnDone<std::vector<metrics::Labels>> onDone)
{
    return PagedCall<v1::ListSeriesRequest, v1::ListSeriesResponse, metrics::Labels>::start(
        m_link,
        withMatches<v1::ListSeriesRequest>(matches),
        limit,
        invoking(&Link::Stubs::metrics, &Async::ListSeries),
        [](const v1::ListSeriesResponse& page, std::vector<metrics::Labels>& series) {
            for (const auto& one : page.series()) {
                series.push_back(metrics::fromProto(one.labels()));
            }
        },
        std::move(onDone));
}

CallPtr GrpcMetricsClient::listTargets(OnDone<std::vector<metrics::Target>> onDone)
{
    return callUnary<v1::ListTargetsRequest, v1::ListTargetsResponse>(
        m_link,
        read(*m_link),
        {},
        invoking(&Link::Stubs::metrics, &Async::ListTargets),
        std::move(onDone),
        [](const v1::ListTargetsResponse& response) {
            std::vector<metrics::Target> targets;
            for (const auto& target : response.targets()) {
                targets.push_back(metrics::fromProto(target));
            }
            return targets;
        });
}

CallPtr GrpcMetricsClient::listMetrics(
    const std::string& search, int limit, OnDone<std::vector<metrics::Metric>> onDone)
{
    v1::ListMetricsRequest request;
    request.set_search(search);
    return PagedCall<v1::ListMetricsRequest, v1::ListMetricsResponse, metrics::Metric>::start(
        m_link,
        std::move(request),
        limit,
        invoking(&Link::Stubs::metrics, &Async::ListMetrics),
        [](const v1::ListMetricsResponse& page, std::vector<metrics::Metric>& families) {
            for (const auto& metric : page.metrics()) {
                families.push_back(metrics::fromProto(metric));
            }
        },
        std::move(onDone));
}

CallPtr GrpcMetricsClient::getStoreStatus(OnDone<metrics::StoreStatus> onDone)
{
    return callUnary<v1::GetStoreStatusRequest, v1::GetStoreStatusResponse>(
        m_link,
        read(*m_link),
        {},
        invoking(&Link::Stubs::metrics, &Async::GetStoreStatus),
        std::move(onDone),
        [](const v1::GetStoreStatusResponse& response) { return metrics::fromProto(response); });
}

CallPtr GrpcMetricsClient::watchQuery(
    const metrics::LiveQueryRequest& request,
    OnMessage<metrics::LiveQueryUpdate> onMessage,
    OnEnd onEnd)
{
    return StreamCall<v1::WatchQueryRequest, v1::WatchQueryResponse>::start(
        m_link,
        metrics::toProto(request),
        opening(&Link::Stubs::metrics, &Async::WatchQuery),
        [receive =
             std::move(onMessage)](v1::WatchQueryResponse& response, v1::WatchQueryRequest& next) {
            next.set_resume_token(response.resume_token());
            receive(metrics::fromProto(response));
        },
        std::move(onEnd));
}

CallPtr GrpcMetricsClient::watchSeries(
    const metrics::LiveSeriesRequest& request,
    OnMessage<metrics::LiveSeriesUpdate> onMessage,
    OnEnd onEnd)
{
    return StreamCall<v1::WatchSeriesRequest, v1::WatchSeriesResponse>::start(
        m_link,
        metrics::toProto(request),
        opening(&Link::Stubs::metrics, &Async::WatchSeries),
        [receive = std::move(onMessage)](
            v1::WatchSeriesResponse& response, v1::WatchSeriesRequest& /*request*/) {
            receive(metrics::fromProto(response));
        },
        std::move(onEnd));
}

} // namespace pilothouse::client
