// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/live/LiveQueries.h"

#include "server/metrics/live/LiveNotifier.h"
#include "server/metrics/live/StandingQuery.h"
#include "shared/base/StatusHelpers.h"
#include "shared/metrics/Decimate.h"

#include <absl/container/flat_hash_map.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

namespace pilothouse::metrics {

namespace {

/// More steps than this in a window make the step longer; PromQL engines stop at 11 000.
constexpr std::int64_t kMaxSteps = 7200;
constexpr int kDefaultMaxPoints = 600;
constexpr int kGreatestMaxPoints = 10000;
constexpr absl::Duration kRetry = absl::Seconds(5);

/// A snapshot leaves this share of a watcher's points free for increments; when they are used up, a
/// new snapshot is sent.
constexpr int kSnapshotNumerator = 2;
constexpr int kSnapshotDenominator = 3;

/// Where a watcher stood when its stream broke.
struct ResumePoint
{
    TimestampMs last = 0;
    std::int64_t pointsHeld = 0;
};

std::size_t fingerprint(const LiveQueryRequest& request)
{
    return std::hash<std::string>()(fmt::format(
        "{}/{}/{}",
        absl::ToInt64Milliseconds(request.window),
        request.maxPoints,
        request.expression));
}

std::string writeToken(const LiveQueryRequest& request, const ResumePoint& point)
{
    return fmt::format("{:x}.{:x}.{:x}", fingerprint(request), point.last, point.pointsHeld);
}

/// A token that is not ours, or of another request, only costs a snapshot.
ResumePoint readToken(const LiveQueryRequest& request, const std::string& token)
{
    std::size_t print = 0;
    ResumePoint point;
    const char* const end = token.data() + token.size();
    constexpr int kHex = 16;
    auto parsed = std::from_chars(token.data(), end, print, kHex);
    if (parsed.ec != std::errc() || parsed.ptr == end || *parsed.ptr != '.') {
        return {};
    }
    parsed = std::from_chars(parsed.ptr + 1, end, point.last, kHex);
    if (parsed.ec != std::errc() || parsed.ptr == end || *parsed.ptr != '.') {
        return {};
    }
    parsed = std::from_chars(parsed.ptr + 1, end, point.pointsHeld, kHex);
    const bool isGood = parsed.ec == std::errc() && parsed.ptr == end &&
                        print == fingerprint(request) && point.last > 0 && point.pointsHeld >= 0;
    return isGood ? point : ResumePoint();
}

absl::StatusOr<LiveQueryRequest> checked(LiveQueryRequest request, const LiveLimits& limits)
{
    if (request.expression.empty()) {
        return absl::InvalidArgumentError("expression is empty");
    }
    if (request.window < absl::Seconds(1) || request.window > limits.maxWindow) {
        return absl::InvalidArgumentError(fmt::format(
            "window is {}; it must be between 1s and {}",
            absl::FormatDuration(request.window),
            absl::FormatDuration(limits.maxWindow)));
    }
    if (request.maxPoints < 0) {
        return absl::InvalidArgumentError("max_points is negative");
    }
    request.maxPoints = request.maxPoints == 0 ? kDefaultMaxPoints : request.maxPoints;
    request.maxPoints = std::clamp(request.maxPoints, kMinDecimatedPoints, kGreatestMaxPoints);
    return request;
}

} // namespace

struct LiveQueries::State
{
    using Key = std::pair<std::string, TimestampMs>;

    State(
        PrepareExpression prepareExpression,
        platform::Executor& runner,
        const Clock& time,
        Instruments& meters,
        LiveLimits bounds)
        : prepare(std::move(prepareExpression)),
          executor(runner),
          clock(time),
          instruments(meters),
          limits(bounds)
    {}

    const PrepareExpression prepare;
    platform::Executor& executor;
    const Clock& clock;
    Instruments& instruments;
    const LiveLimits limits;

    std::mutex mutex;
    std::condition_variable idle;
    bool isClosed = false;
    int evaluating = 0;
    int watchers = 0;
    std::int64_t points = 0;
    absl::flat_hash_map<Key, std::shared_ptr<StandingQuery>> queries; // shared with evaluations

    absl::StatusOr<std::shared_ptr<StandingQuery>> queryFor(const Key& key);
    void evaluate(StandingQuery& query);
    void recount();
    void removeAbandoned();
};

absl::StatusOr<std::shared_ptr<StandingQuery>> LiveQueries::State::queryFor(const Key& key)
{
    if (const auto found = queries.find(key); found != queries.end()) {
        return found->second;
    }
    if (std::cmp_greater_equal(queries.size(), limits.queries)) {
        return withRetryDelay(
            withHint(
                absl::ResourceExhaustedError(fmt::format(
                    "{} standing queries are running, the most allowed", limits.queries)),
                "Close charts that are not needed."),
            kRetry);
    }
    PH_ASSIGN_OR_RETURN(auto prepared, prepare(key.first));
    auto query = std::make_shared<StandingQuery>(key.first, key.second, std::move(prepared), clock);
    queries.emplace(key, query);
    instruments.liveQueries.Set(static_cast<double>(queries.size()));
    return query;
}

void LiveQueries::State::evaluate(StandingQuery& query)
{
    StandingQuery::Budget budget{.series = limits.series, .points = limits.pointsOfOne};
    {
        const std::lock_guard lock(mutex);
        if (isClosed) {
            return;
        }
        ++evaluating;
        const std::int64_t others = points - query.points();
        budget.points = std::clamp<std::int64_t>(limits.points - others, 0, budget.points);
    }
    const StandingQuery::Outcome outcome = query.evaluate(budget);
    if (outcome.isEvaluated) {
        instruments.liveEvaluations.Increment();
        instruments.liveEvaluationSeconds.Increment(absl::ToDoubleSeconds(outcome.took));
        if (!outcome.status.ok()) {
            instruments.liveEvaluationErrors.Increment();
        }
    }
    // Under the lock, so that who waits for the last one cannot be gone before it was told.
    const std::lock_guard lock(mutex);
    recount();
    --evaluating;
    idle.notify_all();
}

void LiveQueries::State::recount()
{
    points = 0;
    for (const auto& [key, query] : queries) {
        points += query->points();
    }
    instruments.liveHistoryPoints.Set(static_cast<double>(points));
}

void LiveQueries::State::removeAbandoned()
{
    const auto removed = absl::erase_if(
        queries, [&](const auto& entry) { return entry.second->isAbandonedFor(limits.linger); });
    if (removed > 0) {
        recount();
        instruments.liveQueries.Set(static_cast<double>(queries.size()));
    }
}

class LiveQueries::Watch final : public LiveWatch
{
public:
    Watch(
        std::shared_ptr<State> state,
        std::shared_ptr<StandingQuery> query,
        LiveQueryRequest request,
        ResumePoint from,
        std::function<void()> onReady)
        : m_state(std::move(state)),
          m_query(std::move(query)),
          m_request(std::move(request)),
          m_window(absl::ToInt64Milliseconds(m_request.window)),
          m_notifier(std::make_shared<LiveNotifier>(std::move(onReady))),
          m_pointsHeld(from.pointsHeld)
    {
        m_cursor.last = from.last;
        m_query->addWatcher(m_notifier, m_window);
    }

    ~Watch() override
    {
        m_query->removeWatcher(m_notifier);
        m_notifier->close();
        const std::lock_guard lock(m_state->mutex);
        --m_state->watchers;
        m_state->instruments.liveWatchers.Decrement();
    }

    std::optional<LiveMessage> take() override
    {
        auto reading = m_query->read(m_cursor, m_window, /*wantsWhole=*/false);
        if (!reading) {
            return std::nullopt;
        }
        const std::int64_t steps = m_window / m_query->step() + 1;
        const bool isDecimated = steps > m_request.maxPoints;
        const std::int64_t added = (reading->last - m_cursor.last) / m_query->step();
        if (!reading->isWhole && isDecimated && m_pointsHeld + added > m_request.maxPoints) {
            reading = m_query->read(m_cursor, m_window, /*wantsWhole=*/true);
        }
        if (reading->isWhole) {
            m_pointsHeld = isDecimated ? decimateAll(*reading) : 0;
        } else {
            m_pointsHeld += added;
        }
        const std::int64_t folded =
            m_cursor.sequence == 0
                ? 0
                : static_cast<std::int64_t>(reading->sequence - m_cursor.sequence) - 1;
        if (folded > 0) {
            m_state->instruments.liveConflations.Increment(static_cast<double>(folded));
        }
        m_cursor = {.sequence = reading->sequence, .last = reading->last};
        return LiveMessage{
            .update =
                {.snapshot = reading->isWhole,
                 .series = std::move(reading->series),
                 .evaluatedAt = reading->evaluatedAt,
                 .conflated = static_cast<int>(folded),
                 .error = std::move(reading->error)},
            .resumeToken =
                writeToken(m_request, {.last = m_cursor.last, .pointsHeld = m_pointsHeld}),
            .evaluationTime = reading->evaluationTime};
    }

private:
    /// Returns the points that the longest series has left.
    std::int64_t decimateAll(StandingQuery::Reading& reading) const
    {
        std::size_t longest = 0;
        for (SeriesPoints& series : reading.series) {
            series = decimate(
                series,
                reading.first,
                reading.last,
                m_request.maxPoints * kSnapshotNumerator / kSnapshotDenominator);
            longest = std::max(longest, series.times.size());
        }
        return static_cast<std::int64_t>(longest);
    }

    const std::shared_ptr<State> m_state; // shared with the queries, so that the counters live
    const std::shared_ptr<StandingQuery> m_query; // shared with the map and evaluations
    const LiveQueryRequest m_request;
    const TimestampMs m_window;
    const std::shared_ptr<LiveNotifier> m_notifier; // shared with the query
    StandingQuery::Cursor m_cursor;
    std::int64_t m_pointsHeld;
};

LiveQueries::LiveQueries(
    PrepareExpression prepare,
    platform::Executor& executor,
    const Clock& clock,
    Instruments& instruments,
    LiveLimits limits)
    : m_state(std::make_shared<State>(std::move(prepare), executor, clock, instruments, limits))
{}

LiveQueries::~LiveQueries()
{
    std::unique_lock lock(m_state->mutex);
    m_state->isClosed = true;
    m_state->idle.wait(lock, [&] { return m_state->evaluating == 0; });
    m_state->queries.clear();
}

absl::StatusOr<std::unique_ptr<LiveWatch>> LiveQueries::watch(
    const LiveQueryRequest& request, const std::string& resumeToken, std::function<void()> onReady)
{
    PH_ASSIGN_OR_RETURN(const LiveQueryRequest good, checked(request, m_state->limits));
    const State::Key key{good.expression, absl::ToInt64Milliseconds(stepOf(good.window))};
    std::unique_ptr<LiveWatch> watch;
    {
        const std::lock_guard lock(m_state->mutex);
        if (m_state->watchers >= m_state->limits.watchers) {
            return withRetryDelay(
                withHint(
                    absl::ResourceExhaustedError(fmt::format(
                        "{} charts are watching, the most allowed", m_state->limits.watchers)),
                    "Close charts that are not needed."),
                kRetry);
        }
        PH_ASSIGN_OR_RETURN(auto query, m_state->queryFor(key));
        ++m_state->watchers;
        m_state->instruments.liveWatchers.Increment();
        // Under the lock, so that the query is not taken for abandoned before it is watched.
        watch = std::make_unique<Watch>(
            m_state, std::move(query), good, readToken(good, resumeToken), std::move(onReady));
    }
    tick();
    return watch;
}

void LiveQueries::tick()
{
    std::vector<std::shared_ptr<StandingQuery>> due;
    {
        const std::lock_guard lock(m_state->mutex);
        m_state->removeAbandoned();
        for (const auto& [key, query] : m_state->queries) {
            if (query->tryBegin()) {
                due.push_back(query);
            }
        }
    }
    for (const auto& query : due) {
        const absl::Status submitted =
            m_state->executor.submit([state = m_state, query] { state->evaluate(*query); });
        if (!submitted.ok()) {
            m_state->instruments.liveEvaluationsDelayed.Increment();
            query->postpone();
        }
    }
}

absl::Duration LiveQueries::stepOf(absl::Duration window)
{
    static constexpr std::array<std::int64_t, 13> kSteps = {
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600};
    const std::int64_t least = (absl::ToInt64Seconds(window) + kMaxSteps - 1) / kMaxSteps;
    const auto* const found = std::lower_bound(kSteps.begin(), kSteps.end(), least);
    return absl::Seconds(found == kSteps.end() ? kSteps.back() : *found);
}

} // namespace pilothouse::metrics
