// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/exposition/Exposition.h"

#include <absl/status/status.h>

#include <deque>
#include <string>
#include <string_view>

namespace pilothouse::metrics {

/// Parses single lines of an exposition, without their line feed. Messages say what is wrong; the
/// caller adds which line. One object may parse any number of lines; not thread-safe.
class LineParser
{
public:
    LineParser(ExpositionFormat format, const ExpositionLimits& limits);

    /// A line that is neither empty nor a comment. `out` is valid until the next call.
    absl::Status parseSample(std::string_view line, SampleLine& out);
    /// Value, timestamp and exemplar: what follows the name and the labels.
    absl::Status parseTail(
        std::string_view text, double& value, std::optional<TimestampMs>& time) const;

    enum class Comment { Other, Metadata, End };
    /// A line that begins with '#'. Metadata fills `out` with the name and the one thing that this
    /// line says; which of type, help and unit it is, is told by `field`.
    enum class Field { Type, Help, Unit };
    absl::StatusOr<Comment> parseComment(std::string_view line, Metric& out, Field& field) const;

private:
    absl::Status parseLabels(std::string_view& text, SampleLine& out);
    absl::Status parseLabel(std::string_view& text, SampleLine& out);
    absl::StatusOr<std::string_view> takeQuoted(std::string_view& text, std::string_view what);
    absl::Status checkLabels(const SampleLine& sample) const;

    const ExpositionFormat m_format;
    const ExpositionLimits m_limits;
    /// Label values of the current line in which escapes were undone.
    std::deque<std::string> m_unescaped;
};

} // namespace pilothouse::metrics
