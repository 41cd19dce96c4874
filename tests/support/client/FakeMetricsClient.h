// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/client/MetricsClient.h"
#include "tests/support/client/FakeMethod.h"
#include "tests/support/client/FakeStream.h"

namespace pilothouse::test {

/// A MetricsClient that a test answers through its public members.
class FakeMetricsClient final : public client::MetricsClient
{
public:
    struct QueryRequest
    {
        std::string expression;
        absl::Time time;
    };
    struct ValuesRequest
    {
        std::string label;
        std::vector<std::string> matches;
    };
    struct SeriesRequest
    {
        std::vector<std::string> matches;
        int limit = 0;
    };
    struct MetricsRequest
    {
        std::string search;
        int limit = 0;
    };
    using Strings = std::vector<std::string>;

    FakeMethod<QueryRequest, metrics::QueryResult> queries;
    FakeMethod<client::QueryRange, metrics::Matrix> rangeQueries;
    FakeMethod<Strings, Strings> labels;
    FakeMethod<ValuesRequest, Strings> labelValues;
    FakeMethod<SeriesRequest, std::vector<metrics::Labels>> series;
    FakeMethod<client::Nothing, std::vector<metrics::Target>> targets;
    FakeMethod<MetricsRequest, std::vector<metrics::Metric>> metricFamilies;
    FakeMethod<client::Nothing, metrics::StoreStatus> storeStatus;
    FakeStream<metrics::LiveQueryRequest, metrics::LiveQueryUpdate> queryStream;
    FakeStream<metrics::LiveSeriesRequest, metrics::LiveSeriesUpdate> seriesStream;

    client::CallPtr query(
        const std::string& expression,
        absl::Time time,
        client::OnDone<metrics::QueryResult> onDone) override;
    client::CallPtr queryRange(
        const client::QueryRange& range, client::OnDone<metrics::Matrix> onDone) override;
    client::CallPtr listLabels(const Strings& matches, client::OnDone<Strings> onDone) override;
    client::CallPtr listLabelValues(
        const std::string& label, const Strings& matches, client::OnDone<Strings> onDone) override;
    client::CallPtr listSeries(
        const Strings& matches,
        int limit,
        client::OnDone<std::vector<metrics::Labels>> onDone) override;
    client::CallPtr listTargets(client::OnDone<std::vector<metrics::Target>> onDone) override;
    client::CallPtr listMetrics(
        const std::string& search,
        int limit,
        client::OnDone<std::vector<metrics::Metric>> onDone) override;
    client::CallPtr getStoreStatus(client::OnDone<metrics::StoreStatus> onDone) override;
    client::CallPtr watchQuery(
        const metrics::LiveQueryRequest& request,
        client::OnMessage<metrics::LiveQueryUpdate> onMessage,
        client::OnEnd onEnd) override;
    client::CallPtr watchSeries(
        const metrics::LiveSeriesRequest& request,
        client::OnMessage<metrics::LiveSeriesUpdate> onMessage,
        client::OnEnd onEnd) override;
};

} // namespace pilothouse::test
