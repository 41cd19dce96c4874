// SPDX-License-Identifier: Apache-2.0
#include "tests/support/client/FakeMetricsClient.h"

namespace pilothouse::test {

client::CallPtr FakeMetricsClient::query(
    const std::string& expression, absl::Time time, client::OnDone<metrics::QueryResult> onDone)
{
    return queries.start({expression, time}, std::move(onDone));
}

client::CallPtr FakeMetricsClient::queryRange(
    const client::QueryRange& range, client::OnDone<metrics::Matrix> onDone)
{
    return rangeQueries.start(range, std::move(onDone));
}

client::CallPtr FakeMetricsClient::listLabels(
    const Strings& matches, client::OnDone<Strings> onDone)
{
    return labels.start(matches, std::move(onDone));
}

client::CallPtr FakeMetricsClient::listLabelValues(
    const std::string& label, const Strings& matches, client::OnDone<Strings> onDone)
{
    return labelValues.start({label, matches}, std::move(onDone));
}

client::CallPtr FakeMetricsClient::listSeries(
    const Strings& matches, int limit, client::OnDone<std::vector<metrics::Labels>> onDone)
{
    return series.start({matches, limit}, std::move(onDone));
}

client::CallPtr FakeMetricsClient::listTargets(client::OnDone<std::vector<metrics::Target>> onDone)
{
    return targets.start({}, std::move(onDone));
}

client::CallPtr FakeMetricsClient::listMetrics(
    const std::string& search, int limit, client::OnDone<std::vector<metrics::Metric>> onDone)
{
    return metricFamilies.start({search, limit}, std::move(onDone));
}

client::CallPtr FakeMetricsClient::getStoreStatus(client::OnDone<metrics::StoreStatus> onDone)
{
    return storeStatus.start({}, std::move(onDone));
}

client::CallPtr FakeMetricsClient::watchQuery(
    const metrics::LiveQueryRequest& request,
    client::OnMessage<metrics::LiveQueryUpdate> onMessage,
    client::OnEnd onEnd)
{
    return queryStream.start(request, std::move(onMessage), std::move(onEnd));
}

client::CallPtr FakeMetricsClient::watchSeries(
    const metrics::LiveSeriesRequest& request,
    client::OnMessage<metrics::LiveSeriesUpdate> onMessage,
    client::OnEnd onEnd)
{
    return seriesStream.start(request, std::move(onMessage), std::move(onEnd));
}

} // namespace pilothouse::test
