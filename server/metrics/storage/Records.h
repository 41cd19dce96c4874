// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/Catalogue.h"
#include "shared/metrics/Labels.h"
#include "shared/metrics/SlotValue.h"
#include "shared/metrics/store/ByteIo.h"
#include "shared/metrics/store/GroupBlock.h"

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::metrics {

/// What the storage's files say, one record after the other inside a frame.
enum class RecordType : std::uint8_t {
    Group = 1,
    GroupGone = 2,
    Series = 3,
    SeriesGone = 4,
    Metric = 5,
    Row = 6,
    Block = 7
};

/// Appends records to a buffer that becomes a frame.
class RecordWriter
{
public:
    explicit RecordWriter(std::string& out) : m_out(out), m_writer(out) {}

    void group(std::uint32_t id, std::string_view key);
    void groupGone(std::uint32_t id);
    void series(std::uint32_t group, Slot slot, const Labels& labels);
    void seriesGone(std::uint32_t group, std::span<const Slot> slots);
    void metric(const Metric& metric);
    void row(
        std::uint32_t group,
        TimestampMs time,
        std::span<const double> row,
        std::span<const double> previous);
    void block(const GroupBlock& block);

private:
    std::string& m_out;
    ByteWriter m_writer;
};

/// Reads the records of a file's frames and hands them on. One object for one file: a row is stored
/// as its difference from the row before.
class RecordReader
{
public:
    struct Handler
    {
        std::function<void(std::uint32_t id, std::string_view key)> group;
        std::function<void(std::uint32_t id)> groupGone;
        std::function<void(std::uint32_t group, Slot slot, Labels labels)> series;
        std::function<void(std::uint32_t group, Slot slot)> seriesGone;
        std::function<void(const Metric& metric)> metric;
        std::function<void(std::uint32_t group, TimestampMs time, std::span<const double> row)> row;
        std::function<void(Bytes bytes)> block;
    };

    explicit RecordReader(Handler handler) : m_handler(std::move(handler)) {}

    /// False when the content is not a sequence of records; what came before is handed on.
    bool read(std::string_view frame);

private:
    bool readOne(ByteReader& reader);
    bool readSeries(ByteReader& reader);
    bool readRow(ByteReader& reader);

    Handler m_handler;
    /// The row before, by group.
    absl::flat_hash_map<std::uint32_t, std::vector<double>> m_rows;
};

} // namespace pilothouse::metrics
