// SPDX-License-Identifier: Apache-2.0
// The part of MetricsProto.h about the catalogue: metrics, targets, the store.
#include "shared/metrics/proto/MetricsProto.h"

#include "shared/base/proto/TimeProto.h"

namespace pilothouse::metrics {

using pilothouse::fromProto;
using pilothouse::toProto;

namespace {

v1::MetricType typeToProto(MetricType type)
{
    switch (type) {
    case MetricType::Unknown:
        return v1::METRIC_TYPE_UNKNOWN;
    case MetricType::Counter:
        return v1::METRIC_TYPE_COUNTER;
    case MetricType::Gauge:
        return v1::METRIC_TYPE_GAUGE;
    case MetricType::Histogram:
        return v1::METRIC_TYPE_HISTOGRAM;
    case MetricType::Summary:
        return v1::METRIC_TYPE_SUMMARY;
    case MetricType::Info:
        return v1::METRIC_TYPE_INFO;
    case MetricType::StateSet:
        return v1::METRIC_TYPE_STATESET;
    }
    return v1::METRIC_TYPE_UNSPECIFIED;
}

MetricType typeFromProto(v1::MetricType type)
{
    switch (type) {
    case v1::METRIC_TYPE_COUNTER:
        return MetricType::Counter;
    case v1::METRIC_TYPE_GAUGE:
        return MetricType::Gauge;
    case v1::METRIC_TYPE_HISTOGRAM:
        return MetricType::Histogram;
    case v1::METRIC_TYPE_SUMMARY:
        return MetricType::Summary;
    case v1::METRIC_TYPE_INFO:
        return MetricType::Info;
    case v1::METRIC_TYPE_STATESET:
        return MetricType::StateSet;
    default:
        return MetricType::Unknown;
    }
}

v1::Target::Health healthToProto(TargetHealth health)
{
    switch (health) {
    case TargetHealth::Unknown:
        return v1::Target::HEALTH_UNKNOWN;
    case TargetHealth::Up:
        return v1::Target::HEALTH_UP;
    case TargetHealth::Down:
        return v1::Target::HEALTH_DOWN;
    }
    return v1::Target::HEALTH_UNSPECIFIED;
}

TargetHealth healthFromProto(v1::Target::Health health)
{
    switch (health) {
    case v1::Target::HEALTH_UP:
        return TargetHealth::Up;
    case v1::Target::HEALTH_DOWN:
        return TargetHealth::Down;
    default:
        return TargetHealth::Unknown;
    }
}

} // namespace

v1::Metric toProto(const Metric& metric)
{
    v1::Metric result;
    result.set_name(metric.name);
    result.set_type(typeToProto(metric.type));
    result.set_unit(metric.unit);
    result.set_help(metric.help);
    result.set_series(metric.series);
    return result;
}

Metric fromProto(const v1::Metric& metric)
{
    return {
        .name = metric.name(),
        .type = typeFromProto(metric.type()),
        .unit = metric.unit(),
        .help = metric.help(),
        .series = metric.series(),
    };
}

v1::Target toProto(const Target& target)
{
    v1::Target result;
    result.set_job(target.job);
    result.set_url(target.url);
    *result.mutable_labels() = toProto(target.labels);
    result.set_health(healthToProto(target.health));
    result.set_last_error(target.lastError);
    setTime(result, &v1::Target::mutable_last_scrape, target.lastScrape);
    *result.mutable_last_scrape_duration() = toProto(target.lastScrapeDuration);
    result.set_last_samples(target.lastSamples);
    *result.mutable_interval() = toProto(target.interval);
    return result;
}

Target fromProto(const v1::Target& target)
{
    Target result;
    result.job = target.job();
    result.url = target.url();
    result.labels = fromProto(target.labels());
    result.health = healthFromProto(target.health());
    result.lastError = target.last_error();
    if (target.has_last_scrape()) {
        result.lastScrape = fromProto(target.last_scrape());
    }
    result.lastScrapeDuration = fromProto(target.last_scrape_duration());
    result.lastSamples = target.last_samples();
    result.interval = fromProto(target.interval());
    return result;
}

v1::GetStoreStatusResponse toProto(const StoreStatus& status)
{
    using Response = v1::GetStoreStatusResponse;
    Response result;
    result.set_series(status.series);
    result.set_series_limit(status.seriesLimit);
    result.set_samples(status.samples);
    result.set_memory_bytes(status.memoryBytes);
    result.set_disk_bytes(status.diskBytes);
    result.set_samples_per_second(status.samplesPerSecond);
    result.set_series_rejected(status.seriesRejected);
    setTime(result, &Response::mutable_oldest_sample, status.oldestSample);
    *result.mutable_retention() = toProto(status.retention);
    return result;
}

StoreStatus fromProto(const v1::GetStoreStatusResponse& status)
{
    StoreStatus result;
    result.series = status.series();
    result.seriesLimit = status.series_limit();
    result.samples = status.samples();
    result.memoryBytes = status.memory_bytes();
    result.diskBytes = status.disk_bytes();
    result.samplesPerSecond = status.samples_per_second();
    result.seriesRejected = status.series_rejected();
    if (status.has_oldest_sample()) {
        result.oldestSample = fromProto(status.oldest_sample());
    }
    result.retention = fromProto(status.retention());
    return result;
}

} // namespace pilothouse::metrics
