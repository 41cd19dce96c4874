// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/Catalogue.h"
#include "shared/metrics/Labels.h"
#include "shared/metrics/SlotValue.h"
#include "shared/metrics/exposition/Exposition.h"
#include "shared/metrics/exposition/LineParser.h"

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::metrics {

/// A sample that carries a time of its own.
struct StampedSample
{
    Labels labels;
    TimestampMs time = 0;
    double value = 0;
};

/// What a body said. The span is valid until the parser's next begin().
struct ParsedScrape
{
    /// In the order of the body; samples without a slot and stamped ones left out.
    std::span<const SlotValue> values;
    std::vector<StampedSample> stamped;
    /// TYPE, HELP and UNIT lines that the previous body did not have in their place: an absent
    /// field is empty or Unknown.
    std::vector<Metric> metadata;
    /// Sample lines in the body, whatever became of them.
    std::int64_t samples = 0;
    /// Lines that were not as in the previous body.
    std::int64_t newLines = 0;
};

/// Parses the scrapes of one target. It remembers the previous body's lines up to the value: a line
/// that begins with the same bytes is the same series, and only its number is read. Anything else
/// is parsed in full, and its labels are resolved to a slot once. The body may come in pieces of
/// any size. Errors name the line and what is wrong with it; nothing of such a body counts, and the
/// memory stays that of the last good one. Not thread-safe.
class ScrapeParser
{
public:
    /// Gives the slot of a label set; kNoSlot to drop the series for good, kRetrySlot to be asked
    /// again at the next scrape.
    using Resolve = std::function<Slot(const Labels& labels)>;

    explicit ScrapeParser(ExpositionLimits limits = {});

    /// Starts a body. `generation` is that of the slots (ScrapeGroup::generation()): when it
    /// changes, all slots are asked for again.
    void begin(ExpositionFormat format, std::uint64_t generation = 0);
    absl::Status feed(std::string_view piece);
    absl::StatusOr<ParsedScrape> finish(const Resolve& resolve);

    /// A whole body at once.
    absl::StatusOr<ParsedScrape> parse(
        std::string_view body,
        ExpositionFormat format,
        std::uint64_t generation,
        const Resolve& resolve);

    std::size_t memoryBytes() const;

private:
    /// A line of the previous body: a sample up to its value, or a whole comment with its line
    /// feed.
    struct Line
    {
        std::uint32_t offset = 0;
        std::uint32_t length = 0;
        Slot slot = kNoSlot;
    };
    struct Memory
    {
        std::string text;
        std::vector<Line> lines;

        std::string_view prefix(const Line& line) const
        {
            return {text.data() + line.offset, line.length};
        }
        void add(std::string_view prefix, Slot slot);
        void clear();
    };
    struct Pending
    {
        std::size_t value = 0;
        std::size_t line = 0;
        Labels labels;
    };

    absl::Status parseLines(std::string_view text);
    bool takeKnownLine(std::string_view& text);
    absl::Status parseNewLine(std::string_view line);
    absl::Status parseNewSample(std::string_view line);
    absl::Status parseNewComment(std::string_view line);
    absl::Status addValue(Slot slot, double value);
    void startRebuilding();
    Slot rememberedSlot(std::string_view prefix);
    absl::Status failure(const absl::Status& status) const;

    const ExpositionLimits m_limits;
    std::uint64_t m_generation = 0;
    Memory m_memory;

    // The body under way.
    ExpositionFormat m_format = ExpositionFormat::PrometheusText;
    std::optional<LineParser> m_lineParser;
    std::size_t m_cursor = 0;
    bool m_isRebuilding = false;
    Memory m_next;
    /// Made when a body has lines in another order; keys point into m_memory.
    absl::flat_hash_map<std::string_view, std::size_t> m_byPrefix;
    std::vector<Pending> m_pending;
    std::vector<SlotValue> m_values;
    ParsedScrape m_result;
    SampleLine m_sample;
    std::string m_rest;
    std::int64_t m_bytes = 0;
    std::int64_t m_lineNumber = 0;
    bool m_isEnded = false;
};

} // namespace pilothouse::metrics
