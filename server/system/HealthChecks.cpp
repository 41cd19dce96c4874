// SPDX-License-Identifier: Apache-2.0
#include "server/system/HealthChecks.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <filesystem>

namespace pilothouse::system {

namespace {

constexpr int kThreads = 2;
constexpr int kQueue = 32;
constexpr std::uintmax_t kMiB = 1U << 20U;
constexpr std::uintmax_t kScarce = 1024 * kMiB;
constexpr std::uintmax_t kNothingLeft = 100 * kMiB;
constexpr double kScarceShare = 0.05;

} // namespace

struct HealthChecks::Entry
{
    std::string component;
    absl::Duration period;
    Check check;
    absl::Duration due = -absl::InfiniteDuration();
    /// Monotonic start of the run under way.
    std::atomic<std::int64_t> startedNs{0};
    std::atomic<bool> isRunning{false};
};

HealthChecks::HealthChecks(HealthRegistry& registry, const Clock& clock)
    : m_registry(registry),
      m_clock(clock),
      m_executor(std::make_unique<platform::Executor>("checks", kThreads, kQueue))
{}

HealthChecks::~HealthChecks()
{
    stop();
}

void HealthChecks::add(const std::string& component, absl::Duration period, Check check)
{
    auto entry = std::make_unique<Entry>();
    entry->component = component;
    entry->period = period;
    entry->check = std::move(check);
    const std::lock_guard lock(m_mutex);
    m_entries.push_back(std::move(entry));
}

void HealthChecks::tick()
{
    const absl::Duration now = m_clock.monotonic();
    const std::lock_guard lock(m_mutex);
    for (const auto& entry : m_entries) {
        const absl::Duration running = now - absl::Nanoseconds(entry->startedNs.load());
        if (entry->isRunning.load()) {
            if (running > kLate) {
                m_registry.report(
                    entry->component,
                    HealthState::Unhealthy,
                    running,
                    fmt::format(
                        "no answer for {}",
                        absl::FormatDuration(absl::Trunc(running, absl::Seconds(1)))));
            }
        } else if (now >= entry->due) {
            entry->due = now + entry->period;
            begin(*entry);
        }
    }
}

void HealthChecks::checkNow(const std::string& component)
{
    const std::lock_guard lock(m_mutex);
    for (const auto& entry : m_entries) {
        if (entry->component == component) {
            begin(*entry);
        }
    }
}

void HealthChecks::begin(Entry& entry)
{
    if (m_executor == nullptr || entry.isRunning.exchange(true)) {
        return;
    }
    entry.startedNs.store(absl::ToInt64Nanoseconds(m_clock.monotonic()));
    if (const absl::Status status = m_executor->submit([this, &entry] { run(entry); });
        !status.ok()) {
        entry.isRunning.store(false);
        spdlog::warn("the check of {} waits: {}", entry.component, std::string(status.message()));
    }
}

void HealthChecks::run(Entry& entry)
{
    const absl::Duration start = m_clock.monotonic();
    const ComponentHealth found = entry.check();
    const absl::Duration took = found.responseTime > absl::ZeroDuration()
                                    ? found.responseTime
                                    : m_clock.monotonic() - start;
    m_registry.report(entry.component, found.state, took, found.message);
    entry.isRunning.store(false);
}

void HealthChecks::stop()
{
    std::unique_ptr<platform::Executor> executor;
    {
        const std::lock_guard lock(m_mutex);
        executor = std::move(m_executor);
    }
    executor.reset(); // outside the lock: it waits for the checks under way
}

ComponentHealth checkDisk(const std::string& folder)
{
    ComponentHealth health;
    std::error_code error;
    const auto space = std::filesystem::space(folder, error);
    if (error) {
        health.state = HealthState::Unhealthy;
        health.message = fmt::format("cannot look at {}: {}", folder, error.message());
        return health;
    }
    health.state = HealthState::Healthy;
    const double share = static_cast<double>(space.available) / static_cast<double>(space.capacity);
    if (space.available < kScarce || share < kScarceShare) {
        health.state =
            space.available < kNothingLeft ? HealthState::Unhealthy : HealthState::Degraded;
        health.message = fmt::format(
            "{} MiB ({:.1f} %) left for {}: make room or give the data directory a larger disk",
            space.available / kMiB,
            share * 100,
            folder);
    }
    return health;
}

} // namespace pilothouse::system
