// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/Call.h"
#include "shared/metrics/Catalogue.h"
#include "shared/metrics/LiveQuery.h"
#include "shared/metrics/QueryResult.h"

#include <absl/time/time.h>

#include <string>
#include <vector>

namespace pilothouse::client {

struct QueryRange
{
    std::string expression;
    absl::Time start;
    absl::Time end;
    absl::Duration step;
    /// 0: every step; otherwise decimated without losing extremes.
    int maxPoints = 0;
};

/// pilothouse.v1.MetricsService. Thread-safe.
class MetricsClient
{
public:
    virtual ~MetricsClient() = default;
    virtual CallPtr query(
        const std::string& expression, absl::Time time, OnDone<metrics::QueryResult> onDone) = 0;
    virtual CallPtr queryRange(const QueryRange& range, OnDone<metrics::Matrix> onDone) = 0;
    virtual CallPtr listLabels(
        const std::vector<std::string>& matches, OnDone<std::vector<std::string>> onDone) = 0;
    virtual CallPtr listLabelValues(
        const std::string& label,
        const std::vector<std::string>& matches,
        OnDone<std::vector<std::string>> onDone) = 0;
    /// All pages, up to `limit` series.
    virtual CallPtr listSeries(
        const std::vector<std::string>& matches,
        int limit,
        OnDone<std::vector<metrics::Labels>> onDone) = 0;
    virtual CallPtr listTargets(OnDone<std::vector<metrics::Target>> onDone) = 0;
    virtual CallPtr listMetrics(
        const std::string& search, int limit, OnDone<std::vector<metrics::Metric>> onDone) = 0;
    virtual CallPtr getStoreStatus(OnDone<metrics::StoreStatus> onDone) = 0;
    virtual CallPtr watchQuery(
        const metrics::LiveQueryRequest& request,
        OnMessage<metrics::LiveQueryUpdate> onMessage,
        OnEnd onEnd) = 0;
    virtual CallPtr watchSeries(
        const metrics::LiveSeriesRequest& request,
        OnMessage<metrics::LiveSeriesUpdate> onMessage,
        OnEnd onEnd) = 0;
};

} // namespace pilothouse::client
