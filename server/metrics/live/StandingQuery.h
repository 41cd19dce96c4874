// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/live/LiveHistory.h"
#include "server/metrics/live/LiveNotifier.h"
#include "server/metrics/live/StandingExpression.h"
#include "shared/base/Clock.h"

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace pilothouse::metrics {

/// One expression at one step, with its history. Thread-safe.
class StandingQuery
{
public:
    struct Budget
    {
        int series;
        std::int64_t points;
    };

    /// Where a reader stands.
    struct Cursor
    {
        /// Evaluations that the reader knows of.
        std::uint64_t sequence = 0;
        /// Newest step that the reader has; 0 = nothing yet.
        TimestampMs last = 0;
    };

    /// What happened after a cursor.
    struct Reading
    {
        /// The reader has nothing, or fell behind its window: `series` is the whole window.
        bool isWhole = false;
        Matrix series;
        TimestampMs first = 0;
        TimestampMs last = 0;
        std::uint64_t sequence = 0;
        absl::Time evaluatedAt;
        absl::Duration evaluationTime;
        std::string error;
    };

    struct Outcome
    {
        /// False when the newest step was there already.
        bool isEvaluated = false;
        absl::Status status;
        absl::Duration took;
    };

    /// `clock` must outlive the object.
    StandingQuery(
        std::string expression,
        TimestampMs step,
        std::unique_ptr<StandingExpression> prepared,
        const Clock& clock);

    const std::string& expression() const { return m_expression; }
    TimestampMs step() const { return m_step; }

    void addWatcher(std::shared_ptr<LiveNotifier> notifier, TimestampMs window);
    void removeWatcher(const std::shared_ptr<LiveNotifier>& notifier);
    /// Nobody has watched for that long.
    bool isAbandonedFor(absl::Duration linger) const;

    /// True when an evaluation is due; the caller then runs evaluate(), or postpone() when it
    /// cannot.
    bool tryBegin();
    void postpone();
    /// Fills the history up to now and tells the watchers. Blocks for as long as the engine needs.
    Outcome evaluate(Budget budget);

    /// Nothing when there was no evaluation after the cursor. `window` is how far back the reader
    /// looks; `wantsWhole` asks for all of it whatever the cursor says.
    std::optional<Reading> read(Cursor cursor, TimestampMs window, bool wantsWhole) const;
    std::int64_t points() const;

private:
    struct Span
    {
        TimestampMs from;
        TimestampMs to;
        /// Nothing of the history can be kept.
        bool isWhole;
    };

    Span spanTo(TimestampMs to) const;
    absl::StatusOr<Matrix> evaluateSpan(const Span& span, TimestampMs window, Budget budget);
    void record(const Span& span, const absl::StatusOr<Matrix>& answer, absl::Duration took);
    absl::Duration delayAfter(absl::Duration took) const;
    void tellWatchers();

    const std::string m_expression;
    const TimestampMs m_step;
    const Clock& m_clock;
    /// Used by the one evaluation that is under way.
    const std::unique_ptr<StandingExpression> m_prepared;

    mutable std::mutex m_mutex;
    LiveHistory m_history;
    TimestampMs m_window = 0;
    /// A watcher wants to look further back than the history goes.
    bool m_needsMore = false;
    bool m_isRunning = false;
    absl::Duration m_dueAt = absl::ZeroDuration();
    std::uint64_t m_sequence = 0;
    absl::Time m_evaluatedAt = absl::InfinitePast();
    absl::Duration m_evaluationTime;
    std::string m_error;
    std::vector<std::shared_ptr<LiveNotifier>> m_watchers; // shared with the watches
    absl::Duration m_abandonedAt;
};

} // namespace pilothouse::metrics
