// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/instruments/Instruments.h"
#include "server/metrics/live/StandingExpression.h"
#include "server/platform/executor/Executor.h"
#include "shared/base/Clock.h"
#include "shared/metrics/LiveQuery.h"

#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace pilothouse::metrics {

struct LiveLimits
{
    int queries = 300;
    int watchers = 2000;
    /// Series of one standing query: a chart with more lines says nothing.
    int series = 1000;
    /// Numbers held for the window of one standing query, and of all together (8 bytes each).
    std::int64_t pointsOfOne = 2'000'000;
    std::int64_t points = 16'000'000;
    absl::Duration maxWindow = absl::Hours(24 * 7);
    /// How long the history of a query that nobody watches is kept for those who come back.
    absl::Duration linger = absl::Seconds(60);
};

/// One message to a watcher, with what to send back to continue after it.
struct LiveMessage
{
    LiveQueryUpdate update;
    std::string resumeToken;
    absl::Duration evaluationTime;
};

/// A watcher's end of a standing query. Destroying it ends the watch: `onReady` is then not running
/// and will not run again, unless the destructor runs inside it. take() on one thread at a time.
class LiveWatch
{
public:
    virtual ~LiveWatch() = default;
    /// Everything since the last call as one message: a snapshot at first, or when the watcher fell
    /// behind its window, or when increments would exceed its maxPoints; nothing when there is
    /// nothing new.
    virtual std::optional<LiveMessage> take() = 0;
};

/// Standing queries: each is evaluated once per step for all who watch it, on an executor. A slow
/// one is evaluated less often, so that it takes a bounded share of a thread; the steps that it
/// missed are filled by the next evaluation. Watchers pull from the query's shared history, so that
/// a slow watcher costs no memory and gets what it missed folded into one message. Thread-safe.
class LiveQueries
{
public:
    /// All references must outlive the object and its watches.
    LiveQueries(
        PrepareExpression prepare,
        platform::Executor& executor,
        const Clock& clock,
        Instruments& instruments,
        LiveLimits limits = {});
    /// Waits for evaluations under way.
    ~LiveQueries();
    LiveQueries(const LiveQueries&) = delete;
    LiveQueries& operator=(const LiveQueries&) = delete;

    /// Begins a watch. `resumeToken` may be empty or from an earlier message. `onReady` is called
    /// on an executor's thread whenever take() has something: return fast. INVALID_ARGUMENT for a
    /// bad request, RESOURCE_EXHAUSTED at a limit.
    absl::StatusOr<std::unique_ptr<LiveWatch>> watch(
        const LiveQueryRequest& request,
        const std::string& resumeToken,
        std::function<void()> onReady);

    /// Starts the evaluations that are due. Call some times a second; never blocks.
    void tick();

    /// Distance of the points of a window: a second, or more for windows longer than two hours.
    static absl::Duration stepOf(absl::Duration window);

private:
    struct State;
    class Watch;
    std::shared_ptr<State> m_state; // shared with evaluations and watches
};

} // namespace pilothouse::metrics
