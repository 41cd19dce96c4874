// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/Catalogue.h"
#include "shared/metrics/Sample.h"

#include <absl/container/inlined_vector.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace pilothouse::metrics {

/// How a target writes its metrics.
enum class ExpositionFormat { PrometheusText, OpenMetrics };

/// From an HTTP Content-Type; text when in doubt, as Prometheus does.
ExpositionFormat expositionFormatOf(std::string_view contentType);
/// What a scrape asks for in its Accept header.
inline constexpr std::string_view kExpositionAccept =
    "application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

/// Bounds of one body. Exceeding one is RESOURCE_EXHAUSTED and the whole body is refused.
struct ExpositionLimits
{
    std::int64_t bodyBytes = 32 << 20;
    std::int64_t lineBytes = 256 << 10;
    std::int64_t samples = 100000;
    std::int64_t labels = 64;
    std::int64_t labelNameLength = 512;
    std::int64_t labelValueLength = 4096;
};

/// A label of a sample line. The value points into the line, or into the parser's own memory where
/// escapes had to be undone: valid until the next line is parsed.
struct LabelView
{
    std::string_view name;
    std::string_view value;
};

/// A parsed sample line, as views.
struct SampleLine
{
    std::string_view name;
    absl::InlinedVector<LabelView, 16> labels;
    /// Length of the line's part that names the series, with the blanks before the value.
    std::size_t prefixLength = 0;
    double value = 0;
    std::optional<TimestampMs> time;
};

} // namespace pilothouse::metrics
