// SPDX-License-Identifier: Apache-2.0
#include "server/platform/process/Supervisor.h"

#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>

namespace pilothouse::platform {

namespace {

const absl::Duration kReadyPoll = absl::Milliseconds(5);
const absl::Duration kFirstBackOff = absl::Milliseconds(100);
const absl::Duration kLongestBackOff = absl::Seconds(30);
/// A program that ran so long did not die of its start: the next pause is short again.
const absl::Duration kStableAfter = absl::Minutes(1);

} // namespace

struct Supervisor::State
{
    Options options;
    int wakeFd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    std::atomic<bool> isStopping = false;
    std::thread thread;
    mutable std::mutex mutex;
    system::ComponentHealth health;
    pid_t pid = -1;
    /// Of the supervisor's thread alone.
    std::optional<ChildProcess> child;

    ~State() { close(wakeFd); }

    void setHealth(system::HealthState state, const std::string& message)
    {
        system::ComponentHealth copy;
        {
            const std::lock_guard lock(mutex);
            const absl::Time now = absl::Now();
            health.since = health.state == state ? health.since : now;
            health.state = state;
            health.message = message;
            health.lastCheck = now;
            copy = health;
        }
        if (options.onChange) {
            options.onChange(copy);
        }
    }

    void setPid(pid_t value)
    {
        const std::lock_guard lock(mutex);
        pid = value;
    }

    /// A pause that a stop ends at once.
    void pause(absl::Duration time) const { ProcessHandle(getpid()).waitForEnd(time, wakeFd); }

    absl::Status startOnce();
    void run();
};

absl::Status Supervisor::State::startOnce()
{
    auto started = ChildProcess::start(options.command);
    PH_RETURN_IF_ERROR(started.status());
    child.emplace(std::move(*started));
    const absl::Time end = absl::Now() + options.readyLimit;
    while (!isStopping && !options.isReady()) {
        if (child->handle().waitForEnd(kReadyPoll)) {
            const auto exit = child->exit();
            return withHint(
                absl::UnavailableError(fmt::format(
                    "{} {} before it was ready", options.name, exit ? exit->text() : "ended")),
                fmt::format("See {}.", options.command.logFile.string()));
        }
        if (absl::Now() > end) {
            child->stop(options.stopSignal, options.stopPatience);
            return absl::DeadlineExceededError(fmt::format(
                "{} was not ready after {}",
                options.name,
                absl::FormatDuration(options.readyLimit)));
        }
    }
    setPid(child->handle().pid());
    return absl::OkStatus();
}

void Supervisor::State::run()
{
    absl::Duration backOff = kFirstBackOff;
    while (!isStopping) {
        const absl::Status status = startOnce();
        const absl::Time startedAt = absl::Now();
        if (status.ok() && !isStopping) {
            setHealth(system::HealthState::Healthy, "");
            while (!isStopping && !child->handle().waitForEnd(absl::Hours(1), wakeFd)) {
            }
        }
        if (isStopping) {
            break;
        }
        setPid(-1);
        if (status.ok()) {
            const auto exit = child->exit();
            const std::string how = exit ? exit->text() : "ended";
            spdlog::error("{} {}; starting it again", options.name, how);
            setHealth(
                system::HealthState::Degraded,
                fmt::format("{} {}; it is being started again.", options.name, how));
        } else {
            spdlog::error("{} does not start: {}", options.name, describe(status));
            setHealth(system::HealthState::Unhealthy, describe(status));
        }
        backOff = absl::Now() - startedAt > kStableAfter ? kFirstBackOff : backOff;
        pause(backOff);
        backOff = std::min(backOff * 2, kLongestBackOff);
    }
    if (child) {
        child->stop(options.stopSignal, options.stopPatience);
    }
}

Supervisor::Supervisor(Options options) : m_state(std::make_unique<State>())
{
    m_state->options = std::move(options);
    m_state->health.name = m_state->options.name;
    m_state->health.state = system::HealthState::Degraded;
    m_state->health.message = m_state->options.name + " is being started.";
    m_state->thread = std::thread([state = m_state.get()] { state->run(); });
    pthread_setname_np(
        m_state->thread.native_handle(), (m_state->options.name + "-guard").substr(0, 15).c_str());
}

Supervisor::~Supervisor()
{
    m_state->isStopping = true;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(m_state->wakeFd, &one, sizeof(one));
    m_state->thread.join();
}

system::ComponentHealth Supervisor::health() const
{
    const std::lock_guard lock(m_state->mutex);
    return m_state->health;
}

pid_t Supervisor::pid() const
{
    const std::lock_guard lock(m_state->mutex);
    return m_state->pid;
}

} // namespace pilothouse::platform
