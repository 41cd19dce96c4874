// SPDX-License-Identifier: Apache-2.0
// What the append path tells: put into buffers, no more.
#include "server/metrics/storage/MetricsStorage.h"
#include "server/metrics/storage/Records.h"

namespace pilothouse::metrics {

void MetricsStorage::groupAdded(std::uint32_t group, std::string_view key)
{
    const std::lock_guard lock(m_mutex);
    RecordWriter(m_catalogueBuffer).group(group, key);
}

void MetricsStorage::groupRemoved(std::uint32_t group)
{
    const std::lock_guard lock(m_mutex);
    RecordWriter(m_catalogueBuffer).groupGone(group);
}

void MetricsStorage::seriesAdded(std::uint32_t group, Slot slot, const Labels& labels)
{
    const std::lock_guard lock(m_mutex);
    RecordWriter(m_catalogueBuffer).series(group, slot, labels);
}

void MetricsStorage::seriesRemoved(std::uint32_t group, std::span<const Slot> slots)
{
    const std::lock_guard lock(m_mutex);
    RecordWriter(m_catalogueBuffer).seriesGone(group, slots);
}

void MetricsStorage::metricDescribed(const Metric& metric)
{
    const std::lock_guard lock(m_mutex);
    RecordWriter(m_catalogueBuffer).metric(metric);
}

void MetricsStorage::rowAppended(
    std::uint64_t epoch,
    std::uint32_t group,
    TimestampMs time,
    std::span<const double> row,
    std::span<const double> previous)
{
    if (m_isFailing.load(std::memory_order_relaxed)) {
        return; // told again when the disk works
    }
    // Encoded outside the lock, so that many groups can append at once.
    thread_local std::string record;
    record.clear();
    RecordWriter(record).row(group, time, row, previous);
    const std::lock_guard lock(m_mutex);
    std::string& buffer =
        epoch == m_epoch.load(std::memory_order_relaxed) ? m_rowBuffer : m_lateBuffer;
    if (static_cast<std::int64_t>(buffer.size() + record.size()) > m_options.bufferBytes) {
        m_hasOverflowed = true;
        return;
    }
    buffer += record;
}

void MetricsStorage::rowsPacked(const std::shared_ptr<const GroupBlock>& block)
{
    if (m_isFailing.load(std::memory_order_relaxed)) {
        return;
    }
    const std::lock_guard lock(m_mutex);
    RecordWriter(m_rowBuffer).block(*block);
}

void MetricsStorage::blockSealed(const std::shared_ptr<const GroupBlock>& block)
{
    const std::lock_guard lock(m_mutex);
    m_sealed.push_back(block);
}

void MetricsStorage::blockDropped(const std::shared_ptr<const GroupBlock>& block)
{
    const std::lock_guard lock(m_mutex);
    m_dropped.push_back(block);
}

} // namespace pilothouse::metrics
