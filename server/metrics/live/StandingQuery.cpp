// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/live/StandingQuery.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::metrics {

namespace {

/// A query that takes t is evaluated again after this many t at the earliest: a fifth of one
/// thread.
constexpr int kRestFactor = 4;
/// A clock that was set back by less than this many steps just waits until it caught up.
constexpr TimestampMs kBackwardSteps = 10;

} // namespace

StandingQuery::StandingQuery(
    std::string expression,
    TimestampMs step,
    std::unique_ptr<StandingExpression> prepared,
    const Clock& clock)
    : m_expression(std::move(expression)),
      m_step(step),
      m_clock(clock),
      m_prepared(std::move(prepared)),
      m_history(step),
      m_abandonedAt(clock.monotonic())
{}

void StandingQuery::addWatcher(std::shared_ptr<LiveNotifier> notifier, TimestampMs window)
{
    const std::lock_guard lock(m_mutex);
    m_watchers.push_back(std::move(notifier));
    if (window > m_window) {
        m_window = window;
        m_needsMore = true;
    }
    m_dueAt = absl::ZeroDuration();
}

void StandingQuery::removeWatcher(const std::shared_ptr<LiveNotifier>& notifier)
{
    const std::lock_guard lock(m_mutex);
    std::erase(m_watchers, notifier);
    if (m_watchers.empty()) {
        m_abandonedAt = m_clock.monotonic();
    }
}

bool StandingQuery::isAbandonedFor(absl::Duration linger) const
{
    const std::lock_guard lock(m_mutex);
    return m_watchers.empty() && !m_isRunning && m_clock.monotonic() - m_abandonedAt > linger;
}

bool StandingQuery::tryBegin()
{
    const std::lock_guard lock(m_mutex);
    if (m_isRunning || m_watchers.empty() || m_clock.monotonic() < m_dueAt) {
        return false;
    }
    m_isRunning = true;
    return true;
}

void StandingQuery::postpone()
{
    const std::lock_guard lock(m_mutex);
    m_isRunning = false;
}

StandingQuery::Outcome StandingQuery::evaluate(Budget budget)
{
    const absl::Duration begin = m_clock.monotonic();
    const TimestampMs now = absl::ToUnixMillis(m_clock.now());
    Span span{};
    TimestampMs window = 0;
    {
        const std::lock_guard lock(m_mutex);
        span = spanTo(now - now % m_step);
        window = m_window;
    }
    Outcome outcome;
    if (span.from <= span.to) {
        const absl::StatusOr<Matrix> answer = evaluateSpan(span, window, budget);
        outcome = {
            .isEvaluated = true, .status = answer.status(), .took = m_clock.monotonic() - begin};
        record(span, answer, outcome.took);
    }
    {
        const std::lock_guard lock(m_mutex);
        m_isRunning = false;
        // A watcher that came meanwhile and looks further back has its turn at once.
        m_dueAt =
            m_needsMore ? absl::ZeroDuration() : m_clock.monotonic() + delayAfter(outcome.took);
    }
    tellWatchers();
    return outcome;
}

StandingQuery::Span StandingQuery::spanTo(TimestampMs to) const
{
    const TimestampMs start = to - m_window;
    if (m_history.empty() || m_needsMore || m_history.last() < start ||
        m_history.last() > to + kBackwardSteps * m_step) {
        return {.from = start - start % m_step, .to = to, .isWhole = true};
    }
    return {.from = m_history.last() + m_step, .to = to, .isWhole = false};
}

absl::StatusOr<Matrix> StandingQuery::evaluateSpan(
    const Span& span, TimestampMs window, Budget budget)
{
    PH_ASSIGN_OR_RETURN(Matrix answer, m_prepared->range(span.from, span.to, m_step));
    if (std::cmp_greater(answer.size(), budget.series)) {
        return withHint(
            absl::ResourceExhaustedError(fmt::format(
                "the expression gives {} series; at most {} can be watched",
                answer.size(),
                budget.series)),
            "Aggregate with sum by (...) or pick some with topk.");
    }
    const auto points = static_cast<std::int64_t>(answer.size()) * (window / m_step + 1);
    if (points > budget.points) {
        return withHint(
            absl::ResourceExhaustedError(fmt::format(
                "{} series over this window are {} points; there is room for {}",
                answer.size(),
                points,
                budget.points)),
            "Choose a shorter window or fewer series.");
    }
    return answer;
}

void StandingQuery::record(
    const Span& span, const absl::StatusOr<Matrix>& answer, absl::Duration took)
{
    const std::lock_guard lock(m_mutex);
    if (span.isWhole) {
        m_history.clear();
        // The window can have grown since the span was chosen.
        m_needsMore = span.from > span.to - m_window + m_step;
    }
    m_history.append(span.from, span.to, answer.ok() ? *answer : Matrix());
    m_history.dropBefore(span.to - m_window - m_step);
    m_error = answer.ok() ? std::string() : describe(answer.status());
    m_evaluatedAt = absl::FromUnixMillis(span.to);
    m_evaluationTime = took;
    ++m_sequence;
}

/// To the next step, a little after it by a share that differs from query to query, so that they do
/// not all start at once.
absl::Duration StandingQuery::delayAfter(absl::Duration took) const
{
    const TimestampMs now = absl::ToUnixMillis(m_clock.now());
    const auto phase = static_cast<TimestampMs>(
        std::hash<std::string>()(m_expression) % static_cast<std::size_t>(m_step));
    TimestampMs wait = (phase - now % m_step + m_step) % m_step;
    wait = wait == 0 ? m_step : wait;
    return std::max(absl::Milliseconds(wait), kRestFactor * took);
}

void StandingQuery::tellWatchers()
{
    std::vector<std::shared_ptr<LiveNotifier>> watchers;
    {
        const std::lock_guard lock(m_mutex);
        watchers = m_watchers;
    }
    for (const auto& watcher : watchers) {
        watcher->notify();
    }
}

std::optional<StandingQuery::Reading> StandingQuery::read(
    Cursor cursor, TimestampMs window, bool wantsWhole) const
{
    const std::lock_guard lock(m_mutex);
    if (m_sequence == cursor.sequence || m_history.empty()) {
        return std::nullopt;
    }
    const TimestampMs start = m_history.last() - window;
    Reading reading;
    reading.isWhole = wantsWhole || cursor.last == 0 || cursor.last < start ||
                      cursor.last < m_history.first() - m_step || cursor.last > m_history.last();
    reading.series = m_history.since(reading.isWhole ? start - 1 : cursor.last);
    reading.first = start;
    reading.last = m_history.last();
    reading.sequence = m_sequence;
    reading.evaluatedAt = m_evaluatedAt;
    reading.evaluationTime = m_evaluationTime;
    reading.error = m_error;
    return reading;
}

std::int64_t StandingQuery::points() const
{
    const std::lock_guard lock(m_mutex);
    return static_cast<std::int64_t>(m_history.points());
}

} // namespace pilothouse::metrics
