// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/query/QueryEngine.h"

#include <absl/status/statusor.h>

#include <stop_token>
#include <string>
#include <vector>

namespace pilothouse::metrics {

/// Answers what series, label names and label values there are. Blocking; made for one question.
class SeriesCatalogue
{
public:
    SeriesCatalogue(
        const SampleSource& source, const promql::EngineOptions& options, std::stop_token stop);

    absl::StatusOr<std::vector<Labels>> series(const SeriesFilter& filter) const;
    absl::StatusOr<std::vector<std::string>> labelNames(const SeriesFilter& filter) const;
    absl::StatusOr<std::vector<std::string>> labelValues(
        const std::string& label, const SeriesFilter& filter) const;

private:
    absl::StatusOr<std::vector<std::vector<LabelMatcher>>> selectorsOf(
        const SeriesFilter& filter) const;
    /// Calls ask(matchers) for each selector and unites the lists that it answers.
    template <typename Ask>
    absl::StatusOr<std::vector<std::string>> unite(const SeriesFilter& filter, Ask ask) const;
    absl::Status goOn() const;

    const SampleSource& m_source;
    promql::Compat m_compat;
    std::stop_token m_stop;
};

} // namespace pilothouse::metrics
