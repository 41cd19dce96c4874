// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/exposition/ScrapeParser.h"

#include "shared/base/StatusHelpers.h"
#include "shared/metrics/exposition/NumberText.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace pilothouse::metrics {

namespace {

/// Marks a remembered comment line; no slot has this number.
constexpr Slot kComment = 0xfffffffd;
/// How far ahead in the previous body a line is looked for before the map of all lines is made:
/// enough for a family or a few series that vanished.
constexpr std::size_t kLookAhead = 16;

} // namespace

void ScrapeParser::Memory::add(std::string_view prefix, Slot slot)
{
    lines.push_back(
        {static_cast<std::uint32_t>(text.size()), static_cast<std::uint32_t>(prefix.size()), slot});
    text.append(prefix);
}

void ScrapeParser::Memory::clear()
{
    text.clear();
    lines.clear();
}

ScrapeParser::ScrapeParser(ExpositionLimits limits) : m_limits(limits) {}

void ScrapeParser::begin(ExpositionFormat format, std::uint64_t generation)
{
    if (generation != m_generation) {
        m_memory.clear();
        m_generation = generation;
    }
    m_format = format;
    m_lineParser.emplace(format, m_limits);
    m_cursor = 0;
    m_isRebuilding = false;
    m_next.clear();
    m_byPrefix.clear();
    m_pending.clear();
    m_values.clear();
    m_result = {};
    m_rest.clear();
    m_bytes = 0;
    m_lineNumber = 0;
    m_isEnded = false;
}

absl::Status ScrapeParser::failure(const absl::Status& status) const
{
    return withContext(status, fmt::format("line {}", m_lineNumber));
}

absl::Status ScrapeParser::feed(std::string_view piece)
{
    m_bytes += static_cast<std::int64_t>(piece.size());
    if (m_bytes > m_limits.bodyBytes) {
        return absl::ResourceExhaustedError(
            fmt::format("the body is longer than {} bytes", m_limits.bodyBytes));
    }
    if (!m_rest.empty()) {
        const std::size_t end = piece.find('\n');
        m_rest.append(piece.substr(0, end == std::string_view::npos ? end : end + 1));
        if (end == std::string_view::npos) {
            piece = {};
        } else {
            piece.remove_prefix(end + 1);
            const std::string line = std::move(m_rest);
            m_rest.clear();
            PH_RETURN_IF_ERROR(parseLines(line));
        }
    }
    const std::size_t last = piece.rfind('\n');
    const std::size_t complete = last == std::string_view::npos ? 0 : last + 1;
    PH_RETURN_IF_ERROR(parseLines(piece.substr(0, complete)));
    m_rest.append(piece.substr(complete));
    if (static_cast<std::int64_t>(m_rest.size()) > m_limits.lineBytes) {
        ++m_lineNumber;
        return failure(
            absl::ResourceExhaustedError(fmt::format("longer than {} bytes", m_limits.lineBytes)));
    }
    return absl::OkStatus();
}

absl::Status ScrapeParser::parseLines(std::string_view text)
{
    while (!text.empty()) {
        ++m_lineNumber;
        if (!m_isEnded && takeKnownLine(text)) {
            if (m_result.samples > m_limits.samples) {
                return absl::ResourceExhaustedError(
                    fmt::format("the body has more than {} samples", m_limits.samples));
            }
            continue;
        }
        const std::size_t end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end + 1);
        if (!line.empty() && line.back() == '\r') {
            line.remove_suffix(1);
        }
        if (static_cast<std::int64_t>(line.size()) > m_limits.lineBytes) {
            return failure(absl::ResourceExhaustedError(
                fmt::format("longer than {} bytes", m_limits.lineBytes)));
        }
        if (auto status = parseNewLine(line); !status.ok()) {
            return failure(status);
        }
    }
    return absl::OkStatus();
}

bool ScrapeParser::takeKnownLine(std::string_view& text)
{
    if (m_cursor >= m_memory.lines.size()) {
        return false;
    }
    const Line& known = m_memory.lines[m_cursor];
    if (text.size() < known.length ||
        std::memcmp(text.data(), m_memory.text.data() + known.offset, known.length) != 0) {
        return false;
    }
    if (known.slot != kComment) {
        std::string_view rest = text.substr(known.length);
        const auto value = known.slot == kRetrySlot ? std::nullopt : takeNumber(rest);
        if (!value || rest.empty() || rest.front() != '\n') {
            return false; // a timestamp, an exemplar, an error: not for here
        }
        if (known.slot != kNoSlot) {
            m_values.push_back({known.slot, *value});
        }
        ++m_result.samples;
        text = rest.substr(1);
    } else {
        text.remove_prefix(known.length);
    }
    if (m_isRebuilding) {
        m_next.add(m_memory.prefix(known), known.slot);
    }
    ++m_cursor;
    return true;
}

void ScrapeParser::startRebuilding()
{
    ++m_result.newLines;
    if (m_isRebuilding) {
        return;
    }
    m_isRebuilding = true;
    const auto known = m_memory.lines.begin() + static_cast<std::ptrdiff_t>(m_cursor);
    m_next.lines.assign(m_memory.lines.begin(), known);
    m_next.text.assign(
        m_memory.text, 0, m_cursor < m_memory.lines.size() ? known->offset : m_memory.text.size());
}

absl::Status ScrapeParser::parseNewLine(std::string_view line)
{
    if (m_isEnded) {
        return absl::InvalidArgumentError("there is more after # EOF");
    }
    const std::size_t start = line.find_first_not_of(" \t");
    if (start == std::string_view::npos) {
        return absl::OkStatus();
    }
    return line[start] == '#' ? parseNewComment(line.substr(start)) : parseNewSample(line);
}

absl::Status ScrapeParser::parseNewComment(std::string_view line)
{
    Metric metric;
    auto field = LineParser::Field::Type;
    const auto comment = m_lineParser->parseComment(line, metric, field);
    PH_RETURN_IF_ERROR(comment.status());
    if (*comment == LineParser::Comment::End) {
        m_isEnded = true;
        return absl::OkStatus();
    }
    startRebuilding();
    m_next.add(std::string(line) + '\n', kComment);
    if (*comment == LineParser::Comment::Metadata) {
        auto& known = m_result.metadata;
        if (known.empty() || known.back().name != metric.name) {
            known.push_back(std::move(metric));
        } else if (field == LineParser::Field::Type) {
            known.back().type = metric.type;
        } else if (field == LineParser::Field::Help) {
            known.back().help = std::move(metric.help);
        } else {
            known.back().unit = std::move(metric.unit);
        }
    }
    // The same comment may stand further on in the previous body: go on from behind it.
    const std::string_view added = m_next.prefix(m_next.lines.back());
    const std::size_t end = std::min(m_memory.lines.size(), m_cursor + kLookAhead);
    for (std::size_t at = m_cursor; at < end; ++at) {
        if (m_memory.prefix(m_memory.lines[at]) == added) {
            m_cursor = at + 1;
            break;
        }
    }
    return absl::OkStatus();
}

absl::Status ScrapeParser::addValue(Slot slot, double value)
{
    if (++m_result.samples > m_limits.samples) {
        return absl::ResourceExhaustedError(
            fmt::format("the body has more than {} samples", m_limits.samples));
    }
    if (slot != kNoSlot) {
        m_values.push_back({slot, value});
    }
    return absl::OkStatus();
}

namespace {

Labels labelsOf(const SampleLine& sample)
{
    std::vector<Labels::Pair> pairs;
    pairs.reserve(sample.labels.size() + 1);
    pairs.emplace_back(kMetricName, sample.name);
    for (const LabelView& label : sample.labels) {
        pairs.emplace_back(label.name, label.value);
    }
    return Labels(std::move(pairs));
}

} // namespace

absl::Status ScrapeParser::parseNewSample(std::string_view line)
{
    PH_RETURN_IF_ERROR(m_lineParser->parseSample(line, m_sample));
    if (m_sample.time) {
        m_result.stamped.push_back({labelsOf(m_sample), *m_sample.time, m_sample.value});
        return addValue(kNoSlot, 0);
    }
    startRebuilding();
    const std::string_view prefix = line.substr(0, m_sample.prefixLength);
    const Slot slot = rememberedSlot(prefix);
    m_next.add(prefix, slot);
    if (slot == kRetrySlot) {
        m_pending.push_back({m_values.size(), m_next.lines.size() - 1, labelsOf(m_sample)});
    }
    return addValue(slot, m_sample.value);
}

Slot ScrapeParser::rememberedSlot(std::string_view prefix)
{
    const std::size_t end = std::min(m_memory.lines.size(), m_cursor + kLookAhead);
    for (std::size_t at = m_cursor; at < end; ++at) {
        if (m_memory.prefix(m_memory.lines[at]) == prefix) {
            m_cursor = at + 1;
            return m_memory.lines[at].slot;
        }
    }
    if (m_byPrefix.empty()) {
        m_byPrefix.reserve(m_memory.lines.size());
        for (std::size_t at = 0; at < m_memory.lines.size(); ++at) {
            if (m_memory.lines[at].slot != kComment) {
                m_byPrefix.emplace(m_memory.prefix(m_memory.lines[at]), at);
            }
        }
    }
    const auto found = m_byPrefix.find(prefix);
    if (found == m_byPrefix.end()) {
        return kRetrySlot;
    }
    m_cursor = found->second + 1;
    return m_memory.lines[found->second].slot;
}

absl::StatusOr<ParsedScrape> ScrapeParser::finish(const Resolve& resolve)
{
    if (!m_rest.empty()) { // a last line without its line feed
        const std::string line = std::move(m_rest) + '\n';
        m_rest.clear();
        PH_RETURN_IF_ERROR(parseLines(line));
    }
    if (m_format == ExpositionFormat::OpenMetrics && !m_isEnded) {
        return withHint(
            absl::InvalidArgumentError(
                fmt::format("the body ends after line {} without # EOF", m_lineNumber)),
            "The answer was cut off, or the target does not write OpenMetrics.");
    }
    if (!m_isRebuilding && m_cursor < m_memory.lines.size()) { // the tail is gone
        m_memory.text.resize(m_memory.lines[m_cursor].offset);
        m_memory.lines.resize(m_cursor);
    }
    for (Pending& pending : m_pending) {
        const Slot slot = resolve(pending.labels);
        m_values[pending.value].slot = slot;
        m_next.lines[pending.line].slot = slot;
    }
    if (!m_pending.empty()) {
        std::erase_if(m_values, [](const SlotValue& value) {
            return value.slot == kNoSlot || value.slot == kRetrySlot;
        });
    }
    if (m_isRebuilding) {
        std::swap(m_memory, m_next);
        m_memory.text.shrink_to_fit();
        m_memory.lines.shrink_to_fit();
        m_next = {};
        m_byPrefix = {};
    }
    m_result.values = m_values;
    return std::move(m_result);
}

absl::StatusOr<ParsedScrape> ScrapeParser::parse(
    std::string_view body,
    ExpositionFormat format,
    std::uint64_t generation,
    const Resolve& resolve)
{
    begin(format, generation);
    PH_RETURN_IF_ERROR(feed(body));
    return finish(resolve);
}

std::size_t ScrapeParser::memoryBytes() const
{
    return sizeof(*this) + m_memory.text.capacity() + m_memory.lines.capacity() * sizeof(Line) +
           m_values.capacity() * sizeof(SlotValue);
}

} // namespace pilothouse::metrics
