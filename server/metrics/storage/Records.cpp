// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/storage/Records.h"

#include "shared/metrics/store/ColumnCodec.h"
#include "shared/metrics/store/RowCodec.h"

namespace pilothouse::metrics {

namespace {

/// More labels or slots than the store ever writes: such a record is damaged.
constexpr std::uint64_t kMaxLabels = 4096;
constexpr std::uint64_t kMaxSlots = 16U << 20;

} // namespace

void RecordWriter::group(std::uint32_t id, std::string_view key)
{
    m_writer.fixed(RecordType::Group);
    m_writer.varint(id);
    m_writer.text(key);
}

void RecordWriter::groupGone(std::uint32_t id)
{
    m_writer.fixed(RecordType::GroupGone);
    m_writer.varint(id);
}

void RecordWriter::series(std::uint32_t group, Slot slot, const Labels& labels)
{
    m_writer.fixed(RecordType::Series);
    m_writer.varint(group);
    m_writer.varint(slot);
    m_writer.varint(labels.size());
    for (const auto& [name, value] : labels.pairs()) {
        m_writer.text(name);
        m_writer.text(value);
    }
}

void RecordWriter::seriesGone(std::uint32_t group, std::span<const Slot> slots)
{
    m_writer.fixed(RecordType::SeriesGone);
    m_writer.varint(group);
    m_writer.varint(slots.size());
    for (const Slot slot : slots) {
        m_writer.varint(slot);
    }
}

void RecordWriter::metric(const Metric& metric)
{
    m_writer.fixed(RecordType::Metric);
    m_writer.text(metric.name);
    m_writer.varint(static_cast<std::uint64_t>(metric.type));
    m_writer.text(metric.unit);
    m_writer.text(metric.help);
}

void RecordWriter::row(
    std::uint32_t group,
    TimestampMs time,
    std::span<const double> row,
    std::span<const double> previous)
{
    m_writer.fixed(RecordType::Row);
    m_writer.varint(group);
    m_writer.signedVarint(time);
    m_writer.fixed(static_cast<std::uint8_t>(previous.empty() ? 0 : 1));
    m_writer.varint(row.size());
    encodeRow(row, previous, m_out);
}

void RecordWriter::block(const GroupBlock& block)
{
    m_writer.fixed(RecordType::Block);
    const Bytes bytes = block.bytes();
    m_writer.text({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

bool RecordReader::read(std::string_view frame)
{
    ByteReader reader({reinterpret_cast<const std::uint8_t*>(frame.data()), frame.size()});
    while (reader.ok() && reader.left() > 0) {
        if (!readOne(reader)) {
            return false;
        }
    }
    return reader.ok();
}

bool RecordReader::readOne(ByteReader& reader)
{
    switch (reader.fixed<RecordType>()) {
    case RecordType::Group: {
        const auto id = static_cast<std::uint32_t>(reader.varint());
        const std::string_view key = reader.text();
        if (reader.ok() && m_handler.group) {
            m_handler.group(id, key);
        }
        return reader.ok();
    }
    case RecordType::GroupGone: {
        const auto id = static_cast<std::uint32_t>(reader.varint());
        if (reader.ok() && m_handler.groupGone) {
            m_handler.groupGone(id);
        }
        return reader.ok();
    }
    case RecordType::Series:
        return readSeries(reader);
    case RecordType::SeriesGone: {
        const auto group = static_cast<std::uint32_t>(reader.varint());
        const std::uint64_t count = reader.varint();
        for (std::uint64_t at = 0; at < count && reader.ok(); ++at) {
            const auto slot = static_cast<Slot>(reader.varint());
            if (reader.ok() && m_handler.seriesGone) {
                m_handler.seriesGone(group, slot);
            }
        }
        return reader.ok();
    }
    case RecordType::Metric: {
        Metric metric;
        metric.name = reader.text();
        const std::uint64_t type = reader.varint();
        metric.unit = reader.text();
        metric.help = reader.text();
        metric.type = type <= static_cast<std::uint64_t>(MetricType::StateSet)
                          ? static_cast<MetricType>(type)
                          : MetricType::Unknown;
        if (reader.ok() && m_handler.metric) {
            m_handler.metric(metric);
        }
        return reader.ok();
    }
    case RecordType::Row:
        return readRow(reader);
    case RecordType::Block: {
        const std::string_view bytes = reader.text();
        if (reader.ok() && m_handler.block) {
            m_handler.block({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
        }
        return reader.ok();
    }
    }
    return false;
}

bool RecordReader::readSeries(ByteReader& reader)
{
    const auto group = static_cast<std::uint32_t>(reader.varint());
    const std::uint64_t slot = reader.varint();
    const std::uint64_t count = reader.varint();
    if (!reader.ok() || slot >= kMaxSlots || count > kMaxLabels) {
        return false;
    }
    std::vector<Labels::Pair> pairs;
    pairs.reserve(count);
    for (std::uint64_t at = 0; at < count && reader.ok(); ++at) {
        const std::string_view name = reader.text();
        const std::string_view value = reader.text();
        pairs.emplace_back(name, value);
    }
    if (reader.ok() && m_handler.series) {
        m_handler.series(group, static_cast<Slot>(slot), Labels(std::move(pairs)));
    }
    return reader.ok();
}

bool RecordReader::readRow(ByteReader& reader)
{
    const auto group = static_cast<std::uint32_t>(reader.varint());
    const TimestampMs time = reader.signedVarint();
    const bool hasPrevious = reader.fixed<std::uint8_t>() != 0;
    const std::uint64_t slots = reader.varint();
    // A row needs a bit for each of its slots: a greater number is damaged.
    if (!reader.ok() || slots > kMaxSlots || slots / 8 > reader.left()) {
        return false;
    }
    std::vector<double>& row = m_rows[group];
    if (!hasPrevious) {
        row.clear();
    }
    row.resize(slots, absentValue());
    if (!decodeRow(reader, hasPrevious, row)) {
        return false;
    }
    if (m_handler.row) {
        m_handler.row(group, time, row);
    }
    return true;
}

} // namespace pilothouse::metrics
