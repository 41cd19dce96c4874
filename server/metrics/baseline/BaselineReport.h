// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/metrics/Baseline.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <optional>
#include <string>
#include <vector>

namespace pilothouse::metrics {

/// A named measurement of a span, as it is kept and compared.
struct Baseline
{
    std::string name;
    absl::Time start;
    absl::Time end;
    std::vector<BaselineSeries> series;
    /// Expressions that found nothing.
    std::vector<std::string> empty;
};

std::string baselineJson(const Baseline& baseline);
absl::StatusOr<Baseline> baselineOf(const std::string& json);

/// One page that needs nothing else, for a browser; with `then` each series stands
/// beside what it was.
std::string baselineHtml(const Baseline& report, const std::optional<Baseline>& then);

/// The same on paper. INTERNAL when the PDF could not be made.
absl::StatusOr<std::string> baselinePdf(
    const Baseline& report, const std::optional<Baseline>& then);

} // namespace pilothouse::metrics
