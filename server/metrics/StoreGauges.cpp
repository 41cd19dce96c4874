// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/StoreGauges.h"

namespace pilothouse::metrics {

namespace {

prometheus::Gauge& gauge(prometheus::Registry& registry, const char* name, const char* help)
{
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

} // namespace

StoreGauges::StoreGauges(prometheus::Registry& registry)
    : m_series(gauge(registry, "pilothouse_store_series", "Series in the store.")),
      m_seriesLimit(gauge(registry, "pilothouse_store_series_limit", "Series that are allowed.")),
      m_samples(gauge(registry, "pilothouse_store_samples", "Samples in the store.")),
      m_memoryBytes(
          gauge(registry, "pilothouse_store_memory_bytes", "Memory that the store holds.")),
      m_diskBytes(
          gauge(registry, "pilothouse_store_disk_bytes", "Disk space that the store holds.")),
      m_rejected(gauge(
          registry,
          "pilothouse_store_series_rejected",
          "Series refused because of the limit since the start."))
{}

void StoreGauges::show(const StoreStatus& status)
{
    m_series.Set(static_cast<double>(status.series));
    m_seriesLimit.Set(static_cast<double>(status.seriesLimit));
    m_samples.Set(static_cast<double>(status.samples));
    m_memoryBytes.Set(static_cast<double>(status.memoryBytes));
    m_diskBytes.Set(static_cast<double>(status.diskBytes));
    m_rejected.Set(static_cast<double>(status.seriesRejected));
}

} // namespace pilothouse::metrics
