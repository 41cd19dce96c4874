// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/live/LiveQueries.h"
#include "server/metrics/live/LiveSeries.h"
#include "server/metrics/query/QueryEngine.h"
#include "server/metrics/scrape/TargetBoard.h"
#include "server/platform/rpc/PageTokens.h"
#include "server/platform/rpc/Service.h"
#include "shared/base/Clock.h"
#include "shared/metrics/store/Store.h"

#include <pilothouse/v1/metrics.pb.h>

#include <memory>

namespace pilothouse::metrics {

/// pilothouse.v1.MetricsService: asks, lists and watches.
class MetricsService final : public rpc::Service
{
public:
    struct Parts
    {
        const QueryEngine& queries;
        const Store& store;
        const TargetBoard& board;
        LiveQueries& liveQueries;
        LiveSeries& liveSeries;
        /// For what reads the whole catalogue.
        platform::Executor& executor;
        const Clock& clock;
    };

    /// The parts must outlive the service.
    MetricsService(rpc::Guard& guard, const Parts& parts);

private:
    void query(
        const rpc::Call& call,
        const v1::QueryRequest& request,
        v1::QueryResponse& response,
        Done done);
    void queryRange(
        const rpc::Call& call,
        const v1::QueryRangeRequest& request,
        v1::QueryRangeResponse& response,
        Done done);
    void listLabels(
        const rpc::Call& call,
        const v1::ListLabelsRequest& request,
        v1::ListLabelsResponse& response,
        Done done);
    void listLabelValues(
        const rpc::Call& call,
        const v1::ListLabelValuesRequest& request,
        v1::ListLabelValuesResponse& response,
        Done done);
    void listSeries(
        const rpc::Call& call,
        const v1::ListSeriesRequest& request,
        v1::ListSeriesResponse& response,
        Done done);
    absl::Status listTargets(
        const rpc::Call& call,
        const v1::ListTargetsRequest& request,
        v1::ListTargetsResponse& response);
    absl::Status listMetrics(
        const rpc::Call& call,
        const v1::ListMetricsRequest& request,
        v1::ListMetricsResponse& response);
    absl::Status getStoreStatus(
        const rpc::Call& call,
        const v1::GetStoreStatusRequest& request,
        v1::GetStoreStatusResponse& response);
    absl::StatusOr<std::unique_ptr<rpc::Source<v1::WatchQueryResponse>>> watchQuery(
        const rpc::Call& call, const v1::WatchQueryRequest& request, rpc::Waker waker);
    absl::StatusOr<std::unique_ptr<rpc::Source<v1::WatchSeriesResponse>>> watchSeries(
        const rpc::Call& call, const v1::WatchSeriesRequest& request, rpc::Waker waker);

    std::optional<absl::Duration> timeoutOf(const rpc::Call& call) const;

    const Parts m_parts;
    const rpc::PageTokens m_tokens;
};

} // namespace pilothouse::metrics
