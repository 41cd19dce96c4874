// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/live/LiveSeries.h"

#include "server/metrics/live/LiveNotifier.h"
#include "shared/base/StatusHelpers.h"

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

namespace pilothouse::metrics {

namespace {

constexpr absl::Duration kRetry = absl::Seconds(5);
constexpr int kDefaultHistory = 90;
constexpr int kDefaultLimit = 500;

} // namespace

struct LiveSeries::State
{
    const SampleSource& source;
    const ParseSelector parse;
    platform::Executor& executor;
    const Clock& clock;
    Instruments& instruments;
    const LiveSeriesLimits limits;

    std::mutex mutex;
    std::condition_variable idle;
    bool isClosed = false;
    int reading = 0;
    std::vector<std::weak_ptr<Feed>> feeds;

    bool begin()
    {
        const std::lock_guard lock(mutex);
        reading += isClosed ? 0 : 1;
        return !isClosed;
    }
    void end()
    {
        const std::lock_guard lock(mutex);
        --reading;
        idle.notify_all();
    }
};

/// What one watcher reads. read() runs on the executor, one at a time.
class LiveSeries::Feed
{
public:
    Feed(
        std::shared_ptr<State> state,
        std::vector<std::vector<LabelMatcher>> selectors,
        LiveSeriesRequest request,
        std::function<void()> onReady)
        : notifier(std::move(onReady)),
          m_state(std::move(state)),
          m_selectors(std::move(selectors)),
          m_request(std::move(request))
    {}

    LiveNotifier notifier;

    /// True when the watcher waits for something new and nobody is reading it; the caller then
    /// reads or calls postpone().
    bool tryBegin()
    {
        const std::lock_guard lock(m_mutex);
        if (m_isReading || m_update) {
            return false;
        }
        m_isReading = true;
        return true;
    }

    void postpone()
    {
        const std::lock_guard lock(m_mutex);
        m_isReading = false;
    }

    void read()
    {
        LiveSeriesUpdate update;
        const absl::Time now = m_state->clock.now();
        if (now - m_selectedAt >= m_state->limits.reselect || now < m_selectedAt) {
            select(now);
        }
        update.snapshot = !m_hasSnapshot;
        update.totalSeries = m_total;
        readSamples(absl::ToUnixMillis(now), update.series);
        {
            const std::lock_guard lock(m_mutex);
            m_hasSnapshot = true;
            m_isReading = false;
            m_update = std::move(update);
        }
        notifier.notify();
    }

    std::optional<LiveSeriesUpdate> take()
    {
        const std::lock_guard lock(m_mutex);
        return std::exchange(m_update, std::nullopt);
    }

private:
    struct Shown
    {
        SelectedSeries series;
        TimestampMs last = 0;
    };

    void select(absl::Time now)
    {
        m_selectedAt = now;
        const TimestampMs end = absl::ToUnixMillis(now);
        const TimestampMs start = end - absl::ToInt64Milliseconds(m_state->limits.lookback);
        absl::flat_hash_set<SeriesId> seen;
        std::vector<SelectedSeries> found;
        for (const auto& matchers : m_selectors) {
            // The selectors were checked when the watch began; what fails now finds nothing.
            auto selected = m_state->source.select(matchers, start, end);
            for (SelectedSeries& series : selected.ok() ? *selected : NoSeries()) {
                if (series.labels && seen.insert(series.id).second) {
                    found.push_back(std::move(series));
                }
            }
        }
        m_total = static_cast<std::int64_t>(found.size());
        const auto limit = std::min(found.size(), static_cast<std::size_t>(m_request.limit));
        std::partial_sort(
            found.begin(),
            found.begin() + static_cast<std::ptrdiff_t>(limit),
            found.end(),
            [](const SelectedSeries& left, const SelectedSeries& right) {
                return *left.labels < *right.labels;
            });
        absl::flat_hash_map<SeriesId, TimestampMs> cursors;
        for (const Shown& shown : m_shown) {
            cursors.emplace(shown.series.id, shown.last);
        }
        m_shown.clear();
        for (std::size_t at = 0; at < limit; ++at) {
            const auto cursor = cursors.find(found[at].id);
            m_shown.push_back(
                {.series = std::move(found[at]),
                 .last = cursor == cursors.end() ? start : cursor->second});
        }
    }

    void readSamples(TimestampMs now, Matrix& out)
    {
        SampleColumns columns;
        for (Shown& shown : m_shown) {
            columns.clear();
            m_state->source.read(shown.series.id, shown.last + 1, now, columns);
            if (columns.times.empty()) {
                continue;
            }
            shown.last = columns.times.back();
            const auto surplus =
                static_cast<std::ptrdiff_t>(columns.size()) - m_request.historyPoints;
            const std::ptrdiff_t skipped = std::max<std::ptrdiff_t>(surplus, 0);
            out.push_back(
                {.labels = *shown.series.labels,
                 .times = {columns.times.begin() + skipped, columns.times.end()},
                 .values = {columns.values.begin() + skipped, columns.values.end()}});
        }
    }

    using NoSeries = std::vector<SelectedSeries>;

    const std::shared_ptr<State> m_state; // shared with the other feeds
    const std::vector<std::vector<LabelMatcher>> m_selectors;
    const LiveSeriesRequest m_request;

    // Of the one who reads.
    std::vector<Shown> m_shown;
    std::int64_t m_total = 0;
    absl::Time m_selectedAt = absl::InfinitePast();

    std::mutex m_mutex;
    bool m_isReading = false;
    bool m_hasSnapshot = false;
    std::optional<LiveSeriesUpdate> m_update;
};

class LiveSeries::Watch final : public LiveSeriesWatch
{
public:
    Watch(std::shared_ptr<State> state, std::shared_ptr<Feed> feed)
        : m_state(std::move(state)), m_feed(std::move(feed))
    {
        m_state->instruments.liveWatchers.Increment();
    }
    ~Watch() override
    {
        m_feed->notifier.close();
        m_state->instruments.liveWatchers.Decrement();
    }

    std::optional<LiveSeriesUpdate> take() override { return m_feed->take(); }

private:
    const std::shared_ptr<State> m_state; // shared with tasks
    const std::shared_ptr<Feed> m_feed;   // shared with the task that reads
};

LiveSeries::LiveSeries(
    const SampleSource& source,
    ParseSelector parse,
    platform::Executor& executor,
    const Clock& clock,
    Instruments& instruments,
    LiveSeriesLimits limits)
    : m_state(new State{
          .source = source,
          .parse = std::move(parse),
          .executor = executor,
          .clock = clock,
          .instruments = instruments,
          .limits = limits,
          .mutex = {},
          .idle = {},
          .feeds = {}})
{}

LiveSeries::~LiveSeries()
{
    std::unique_lock lock(m_state->mutex);
    m_state->isClosed = true;
    m_state->idle.wait(lock, [&] { return m_state->reading == 0; });
}

absl::StatusOr<std::unique_ptr<LiveSeriesWatch>> LiveSeries::watch(
    const LiveSeriesRequest& request, std::function<void()> onReady)
{
    LiveSeriesRequest good = request;
    const LiveSeriesLimits& limits = m_state->limits;
    if (good.historyPoints < 0 || good.limit < 0) {
        return absl::InvalidArgumentError("history_points and limit must not be negative");
    }
    good.historyPoints = good.historyPoints == 0 ? kDefaultHistory : good.historyPoints;
    good.historyPoints = std::min(good.historyPoints, limits.historyPoints);
    good.limit = std::min(good.limit == 0 ? kDefaultLimit : good.limit, limits.series);
    std::vector<std::vector<LabelMatcher>> selectors;
    for (const std::string& match : good.matches) {
        PH_ASSIGN_OR_RETURN(auto matchers, m_state->parse(match));
        selectors.push_back(std::move(matchers));
    }
    if (selectors.empty()) {
        return withHint(
            absl::InvalidArgumentError("there is no selector"),
            "Name the series, for example {job=\"node\"}.");
    }
    auto feed =
        std::make_shared<Feed>(m_state, std::move(selectors), std::move(good), std::move(onReady));
    {
        const std::lock_guard lock(m_state->mutex);
        std::erase_if(m_state->feeds, [](const auto& other) { return other.expired(); });
        if (std::cmp_greater_equal(m_state->feeds.size(), limits.watchers)) {
            return withRetryDelay(
                withHint(
                    absl::ResourceExhaustedError(fmt::format(
                        "{} lists of series are watched, the most allowed", limits.watchers)),
                    "Close metric lists that are not needed."),
                kRetry);
        }
        m_state->feeds.push_back(feed);
    }
    auto watch = std::make_unique<Watch>(m_state, std::move(feed));
    tick();
    return watch;
}

void LiveSeries::tick()
{
    std::vector<std::shared_ptr<Feed>> waiting;
    {
        const std::lock_guard lock(m_state->mutex);
        for (const auto& weak : m_state->feeds) {
            if (auto feed = weak.lock(); feed && feed->tryBegin()) {
                waiting.push_back(std::move(feed));
            }
        }
    }
    for (const auto& feed : waiting) {
        const absl::Status submitted = m_state->executor.submit([state = m_state, feed] {
            if (state->begin()) {
                feed->read();
                state->end();
            }
        });
        if (!submitted.ok()) {
            feed->postpone();
        }
    }
}

} // namespace pilothouse::metrics
