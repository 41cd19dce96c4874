// SPDX-License-Identifier: Apache-2.0
#include "server/metrics/scrape/CollectorLoop.h"

#include <condition_variable>
#include <mutex>

namespace pilothouse::metrics {

namespace {

/// The collectors are ours; the limits only stop a mistake.
constexpr PageLimits kOwnLimits{
    .bodyBytes = 32LL << 20, .samples = 100000, .labels = 64, .labelValueBytes = 4096};

} // namespace

struct CollectorLoop::State
{
    State(
        std::unique_ptr<Collector> source,
        const std::string& instance,
        Store& store,
        const Clock& time,
        TargetBoard& targets)
        : collector(std::move(source)),
          key("collector " + collector->job()),
          clock(time),
          board(targets),
          recorder(store, key, {{"job", collector->job()}, {"instance", instance}}, kOwnLimits)
    {}

    const std::unique_ptr<Collector> collector;
    const std::string key;
    const Clock& clock;
    TargetBoard& board;
    TargetRecorder recorder;

    std::mutex mutex;
    std::condition_variable idle;
    /// A tick is queued or running.
    bool isBusy = false;
    bool isRunning = false;
    bool isEnded = false;

    void run(absl::Time time);
};

void CollectorLoop::State::run(absl::Time time)
{
    {
        const std::lock_guard lock(mutex);
        if (isEnded) {
            return;
        }
        isRunning = true;
    }
    const absl::Duration begin = clock.monotonic();
    ExpositionWriter out;
    const absl::Status status = collector->collect(out);
    const absl::Duration took = clock.monotonic() - begin;
    using Page = absl::StatusOr<ScrapedPage>;
    const Page page = status.ok()
                          ? Page(ScrapedPage{.contentType = "text/plain", .body = out.text()})
                          : Page(status);
    board.report(key, time, took, recorder.record(time, took, page));
    const std::lock_guard lock(mutex);
    isBusy = false;
    isRunning = false;
    idle.notify_all();
}

CollectorLoop::CollectorLoop(
    std::unique_ptr<Collector> collector,
    const std::string& instance,
    absl::Duration interval,
    Store& store,
    const Clock& clock,
    platform::Executor& executor,
    TargetBoard& board)
    : m_state(std::make_shared<State>(std::move(collector), instance, store, clock, board)),
      m_executor(executor)
{
    m_state->recorder.endEarlierLife(clock.now(), interval);
    Target target;
    target.job = m_state->collector->job();
    target.url = "internal://" + target.job;
    target.labels = {{"job", target.job}, {"instance", instance}};
    target.interval = interval;
    board.add(m_state->key, std::move(target));
}

CollectorLoop::~CollectorLoop()
{
    end();
}

void CollectorLoop::tick(absl::Time time)
{
    {
        const std::lock_guard lock(m_state->mutex);
        if (m_state->isBusy || m_state->isEnded) {
            return;
        }
        m_state->isBusy = true;
    }
    const absl::Status submitted = m_executor.submit([state = m_state, time] { state->run(time); });
    if (!submitted.ok()) {
        m_state->board.skipped(m_state->key, std::string(submitted.message()));
        const std::lock_guard lock(m_state->mutex);
        m_state->isBusy = false;
    }
}

void CollectorLoop::end()
{
    std::unique_lock lock(m_state->mutex);
    if (m_state->isEnded) {
        return;
    }
    m_state->isEnded = true;
    m_state->idle.wait(lock, [&] { return !m_state->isRunning; });
    m_state->recorder.end(m_state->clock.now());
    m_state->board.remove(m_state->key);
}

} // namespace pilothouse::metrics
