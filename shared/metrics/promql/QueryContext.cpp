// SPDX-License-Identifier: Apache-2.0
#include "shared/metrics/promql/QueryContext.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace pilothouse::metrics::promql {

namespace {

/// Reading the clock costs about as much as decoding ten samples, so it is read once in this many
/// checks.
constexpr std::size_t kChecksPerClockRead = 32;
/// A window of this many samples takes about as long as a series of a few.
constexpr std::size_t kSamplesPerCheck = 256;
/// A read cannot be broken off, so a query that was cancelled finishes this many series: a few
/// milliseconds.
constexpr std::size_t kSeriesPerRead = 4096;

} // namespace

QueryContext::QueryContext(
    const EngineOptions& options,
    const Clock& clock,
    const SampleSource& source,
    PlanCache& plans,
    TimestampMs start,
    TimestampMs end,
    std::stop_token stop)
    : m_options(options),
      m_clock(clock),
      m_source(source),
      m_plans(plans),
      m_queryStart(start),
      m_queryEnd(end),
      m_stop(std::move(stop)),
      m_deadline(clock.monotonic() + options.timeout),
      m_budget(options.maxSamples)
{}

absl::Status QueryContext::checkInterrupt(std::size_t samples)
{
    const std::size_t now = m_checks;
    m_checks += 1 + samples / kSamplesPerCheck;
    if (now < m_nextClockRead) {
        return absl::OkStatus();
    }
    m_nextClockRead = now + kChecksPerClockRead;
    if (m_stop.stop_requested()) {
        return absl::CancelledError("query was canceled in expression evaluation");
    }
    if (m_clock.monotonic() > m_deadline) {
        return absl::DeadlineExceededError("query timed out in expression evaluation");
    }
    return absl::OkStatus();
}

absl::Status QueryContext::readSeries(
    std::span<const SeriesId> ids,
    TimestampMs start,
    TimestampMs end,
    const std::function<absl::Status(std::size_t index, const SampleColumns& samples)>& visit)
{
    absl::Status status;
    for (std::size_t first = 0; first < ids.size() && status.ok(); first += kSeriesPerRead) {
        const auto batch = ids.subspan(first, std::min(kSeriesPerRead, ids.size() - first));
        m_source.readMany(batch, start, end, [&](std::size_t index, const SampleColumns& samples) {
            if (status.ok()) {
                status = checkInterrupt();
            }
            if (status.ok()) {
                status = visit(first + index, samples);
            }
        });
    }
    return status;
}

absl::StatusOr<Block> QueryContext::makeBlock(SeriesSetPtr series, std::size_t steps)
{
    const std::size_t rows = series->size();
    if (rows > 0 && steps > static_cast<std::size_t>(m_options.maxSamples) / rows) {
        return m_budget.take(std::numeric_limits<std::int64_t>::max());
    }
    const auto cells = static_cast<std::int64_t>(rows * steps);
    PH_RETURN_IF_ERROR(m_budget.take(cells));
    Block block;
    block.share = BudgetShare(m_budget, cells);
    block.series = std::move(series);
    block.steps = steps;
    block.values.assign(rows * steps, absentValue());
    return block;
}

} // namespace pilothouse::metrics::promql
