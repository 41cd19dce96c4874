// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/MetricsClient.h"
#include "shared/client/grpc/Link.h"

#include <memory>

namespace pilothouse::client {

class GrpcMetricsClient final : public MetricsClient
{
public:
    explicit GrpcMetricsClient(std::shared_ptr<Link> link) : m_link(std::move(link)) {}

    CallPtr query(
        const std::string& expression,
        absl::Time time,
        OnDone<metrics::QueryResult> onDone) override;
    CallPtr queryRange(const QueryRange& range, OnDone<metrics::Matrix> onDone) override;
    CallPtr listLabels(
        const std::vector<std::string>& matches, OnDone<std::vector<std::string>> onDone) override;
    CallPtr listLabelValues(
        const std::string& label,
        const std::vector<std::string>& matches,
        OnDone<std::vector<std::string>> onDone) override;
    CallPtr listSeries(
        const std::vector<std::string>& matches,
        int limit,
        OnDone<std::vector<metrics::Labels>> onDone) override;
    CallPtr listTargets(OnDone<std::vector<metrics::Target>> onDone) override;
    CallPtr listMetrics(
        const std::string& search, int limit, OnDone<std::vector<metrics::Metric>> onDone) override;
    CallPtr getStoreStatus(OnDone<metrics::StoreStatus> onDone) override;
    CallPtr watchQuery(
        const metrics::LiveQueryRequest& request,
        OnMessage<metrics::LiveQueryUpdate> onMessage,
        OnEnd onEnd) override;
    CallPtr watchSeries(
        const metrics::LiveSeriesRequest& request,
        OnMessage<metrics::LiveSeriesUpdate> onMessage,
        OnEnd onEnd) override;

private:
    std::shared_ptr<Link> m_link;
};

} // namespace pilothouse::client
