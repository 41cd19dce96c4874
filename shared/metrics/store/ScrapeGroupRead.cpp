// SPDX-License-Identifier: Apache-2.0
// The reading half of ScrapeGroup: a short look under the lock, then decoding without it.
#include "shared/metrics/store/ScrapeGroup.h"

#include <algorithm>

namespace pilothouse::metrics {

/// What a reader takes away from under the lock.
struct ScrapeGroup::View
{
    struct Stretch
    {
        std::shared_ptr<const GroupBlock>
            block; // shared with the group, which may drop it meanwhile
        BlockRows<TimestampMs> times;
        std::size_t from = 0;
        std::size_t to = 0;
    };

    std::shared_ptr<const BlockList> blocks;
    std::vector<TimestampMs> rawTimes;
    /// For each slot asked for, one after the other.
    std::vector<double> raw;
};

ScrapeGroup::View ScrapeGroup::view(
    std::span<const Slot> slots, TimestampMs start, TimestampMs end) const
{
    View view;
    const std::lock_guard lock(m_mutex);
    view.blocks = m_blocks;
    const TimestampMs* const first = m_rawTimes.data();
    const TimestampMs* const last = first + m_rawCount;
    const TimestampMs* const from = std::lower_bound(first, last, start);
    const TimestampMs* const to = std::upper_bound(from, last, end);
    view.rawTimes.assign(from, to);
    view.raw.resize(view.rawTimes.size() * slots.size(), absentValue());
    const auto firstRow = static_cast<std::size_t>(from - first);
    for (std::size_t row = 0; row < view.rawTimes.size(); ++row) {
        const double* const values = m_raw.data() + (firstRow + row) * m_stride;
        for (std::size_t at = 0; at < slots.size(); ++at) {
            if (slots[at] < m_slots.size()) {
                view.raw[at * view.rawTimes.size() + row] = values[slots[at]];
            }
        }
    }
    return view;
}

namespace {

void appendPresent(
    std::span<const TimestampMs> times, std::span<const double> values, SampleColumns& out)
{
    const std::size_t before = out.times.size();
    out.times.resize(before + times.size());
    out.values.resize(before + times.size());
    std::size_t next = before;
    for (std::size_t row = 0; row < times.size(); ++row) {
        out.times[next] = times[row];
        out.values[next] = values[row];
        next += isAbsent(values[row]) ? 0 : 1;
    }
    out.times.resize(next);
    out.values.resize(next);
}

} // namespace

void ScrapeGroup::read(
    std::span<const Slot> slots,
    TimestampMs start,
    TimestampMs end,
    const SampleSource::SeriesReader& take) const
{
    const View seen = view(slots, start, end);
    auto block =
        std::partition_point(seen.blocks->begin(), seen.blocks->end(), [&](const auto& candidate) {
            return candidate->extent().last < start;
        });
    std::vector<View::Stretch> stretches;
    for (; block != seen.blocks->end() && (*block)->extent().first <= end; ++block) {
        View::Stretch& stretch = stretches.emplace_back();
        stretch.block = *block;
        const std::size_t rows = stretch.block->extent().rows;
        if (!stretch.block->times({stretch.times.data(), rows})) {
            ++m_damaged;
            stretches.pop_back();
            continue;
        }
        const auto first = stretch.times.begin();
        const auto last = first + static_cast<std::ptrdiff_t>(rows);
        stretch.from = static_cast<std::size_t>(std::lower_bound(first, last, start) - first);
        stretch.to = static_cast<std::size_t>(std::upper_bound(first, last, end) - first);
    }
    SampleColumns samples;
    BlockRows<double> column;
    for (std::size_t at = 0; at < slots.size(); ++at) {
        samples.clear();
        for (const View::Stretch& stretch : stretches) {
            if (!stretch.block->column(slots[at], {column.data(), stretch.block->extent().rows})) {
                ++m_damaged;
                continue;
            }
            const std::size_t count = stretch.to - stretch.from;
            appendPresent(
                {stretch.times.data() + stretch.from, count},
                {column.data() + stretch.from, count},
                samples);
        }
        appendPresent(
            seen.rawTimes,
            {seen.raw.data() + at * seen.rawTimes.size(), seen.rawTimes.size()},
            samples);
        take(at, samples);
    }
}

std::optional<Sample> ScrapeGroup::latest(Slot slot, TimestampMs start, TimestampMs end) const
{
    std::shared_ptr<const BlockList> blocks; // shared with the group while this reads
    {
        const std::lock_guard lock(m_mutex);
        if (slot >= m_slots.size()) {
            return std::nullopt;
        }
        for (std::size_t row = m_rawCount; row-- > 0 && m_rawTimes[row] >= start;) {
            const double value = m_raw[row * m_stride + slot];
            if (m_rawTimes[row] <= end && !isAbsent(value)) {
                return Sample{m_rawTimes[row], value};
            }
        }
        blocks = m_blocks;
    }
    BlockRows<TimestampMs> times;
    BlockRows<double> values;
    for (auto block = blocks->rbegin(); block != blocks->rend(); ++block) {
        const GroupBlock::Extent& extent = (*block)->extent();
        if (extent.last < start) {
            break;
        }
        if (extent.first > end || !(*block)->column(slot, {values.data(), extent.rows}) ||
            !(*block)->times({times.data(), extent.rows})) {
            continue;
        }
        for (std::size_t row = extent.rows; row-- > 0 && times[row] >= start;) {
            if (times[row] <= end && !isAbsent(values[row])) {
                return Sample{times[row], values[row]};
            }
        }
    }
    return std::nullopt;
}

std::vector<bool> ScrapeGroup::mayHold(
    std::span<const Slot> slots, TimestampMs start, TimestampMs end) const
{
    const std::lock_guard lock(m_mutex);
    const TimestampMs oldest = !m_blocks->empty() ? m_blocks->front()->extent().first
                               : m_rawCount > 0   ? m_rawTimes[0]
                                                  : kPresent;
    std::vector<bool> result(slots.size());
    for (std::size_t at = 0; at < slots.size(); ++at) {
        if (slots[at] >= m_slots.size()) {
            continue;
        }
        const SlotState& state = m_slots[slots[at]];
        const TimestampMs last = state.isPresent() ? m_newest : state.gone;
        result[at] = state.isUsed() && oldest <= end && last != kUnseen && last >= start;
    }
    return result;
}

} // namespace pilothouse::metrics
