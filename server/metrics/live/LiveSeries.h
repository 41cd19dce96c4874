// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/metrics/instruments/Instruments.h"
#include "server/platform/executor/Executor.h"
#include "shared/base/Clock.h"
#include "shared/metrics/LiveQuery.h"
#include "shared/metrics/SampleSource.h"

#include <absl/status/statusor.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace pilothouse::metrics {

using ParseSelector = std::function<absl::StatusOr<std::vector<LabelMatcher>>(const std::string&)>;

struct LiveSeriesLimits
{
    int watchers = 200;
    int series = 1000;
    int historyPoints = 300;
    /// How far back the first message looks, and for how long a series without samples is still
    /// shown.
    absl::Duration lookback = absl::Minutes(10);
    /// How often the selectors are matched again.
    absl::Duration reselect = absl::Seconds(5);
};

/// A watcher's end of a live list of series. As LiveWatch.
class LiveSeriesWatch
{
public:
    virtual ~LiveSeriesWatch() = default;
    virtual std::optional<LiveSeriesUpdate> take() = 0;
};

/// The newest raw samples of many series, each second: the sparklines of a metric list. Samples are
/// read on an executor, and only when the watcher has taken what was read before: a slow one gets
/// more at a time, at most historyPoints of each series. Thread-safe.
class LiveSeries
{
public:
    /// All references must outlive the object and its watches.
    LiveSeries(
        const SampleSource& source,
        ParseSelector parse,
        platform::Executor& executor,
        const Clock& clock,
        Instruments& instruments,
        LiveSeriesLimits limits = {});
    /// Waits for reading under way.
    ~LiveSeries();
    LiveSeries(const LiveSeries&) = delete;
    LiveSeries& operator=(const LiveSeries&) = delete;

    /// INVALID_ARGUMENT for a bad selector, RESOURCE_EXHAUSTED at the limit of watchers.
    absl::StatusOr<std::unique_ptr<LiveSeriesWatch>> watch(
        const LiveSeriesRequest& request, std::function<void()> onReady);

    /// Starts reading for those who wait. Call each second; never blocks.
    void tick();

private:
    struct State;
    class Feed;
    class Watch;
    std::shared_ptr<State> m_state; // shared with tasks and watches
};

} // namespace pilothouse::metrics
