// SPDX-License-Identifier: Apache-2.0
#include "server/platform/pool/PoolCore.h"

#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>
#include <fmt/format.h>
#include <pthread.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

namespace pilothouse::platform {

namespace {

using Entry = PoolCore::Entry;

/// Unused for longer than this, a connection is checked before it is lent: firewalls and restarts
/// cut silently. Below it the check would cost more than it finds.
const absl::Duration kCheckAfter = absl::Seconds(30);
/// Lifetimes differ by up to this share, so that connections opened together are not replaced
/// together.
constexpr double kLifetimeJitter = 0.1;
/// The keeper looks at the idle connections at least so often.
const absl::Duration kKeeperInterval = absl::Seconds(5);
/// Acquire times that the 95th percentile is taken over.
constexpr std::size_t kAcquireWindow = 512;
/// Use over this share is reported, but not more often than the pause.
constexpr double kBusyShare = 0.8;
const absl::Duration kBusyPause = absl::Minutes(1);
const absl::Duration kRetryDelay = absl::Milliseconds(250);

absl::Duration monotonic()
{
    return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

/// Somebody who waits for a connection. Gets an entry, or an empty one: the right to open a new
/// one.
struct Waiter
{
    std::condition_variable wake;
    bool isServed = false;
    Entry entry;
};

} // namespace

struct PoolCore::State
{
    std::string name;
    config::Pool options;
    Factory factory;
    mutable std::mutex mutex;
    std::condition_variable keeperWake;
    std::thread keeper;
    bool isClosed = false;
    /// Lent last comes first, so that the rest grows idle and can be closed.
    std::vector<Entry> idle;
    /// Lent or being opened.
    int inUse = 0;
    std::deque<Waiter*> waiters;
    absl::Duration suspectBefore = -absl::InfiniteDuration();
    std::array<absl::Duration, kAcquireWindow> acquireTimes;
    std::size_t acquireCount = 0;
    std::int64_t acquired = 0;
    std::int64_t timeouts = 0;
    absl::Duration busyReportedAt = -absl::InfiniteDuration();
    std::mt19937 random{std::random_device{}()};

    int open() const { return inUse + static_cast<int>(idle.size()); }

    absl::Duration jitteredLifetime()
    {
        std::uniform_real_distribution<double> share(1 - kLifetimeJitter, 1);
        return options.lifetime * share(random);
    }

    bool isExpired(const Entry& entry, absl::Duration now) const
    {
        return now - entry.openedAt > entry.lifetime;
    }

    bool needsCheck(const Entry& entry, absl::Duration now) const
    {
        return now - entry.lastUsed > kCheckAfter || entry.lastUsed < suspectBefore;
    }

    void noteAcquired(absl::Duration took)
    {
        acquireTimes[acquireCount % kAcquireWindow] = took;
        ++acquireCount;
        ++acquired;
        const bool isBusy = static_cast<double>(inUse) / options.maximum > kBusyShare;
        if (isBusy && monotonic() - busyReportedAt > kBusyPause) {
            busyReportedAt = monotonic();
            spdlog::warn(
                "pool {}: {} of {} connections are in use; raise its maximum if this lasts",
                name,
                inUse,
                options.maximum);
        }
    }

    /// Gives a free place (and perhaps a connection with it) to who waits longest. False: nobody
    /// waits.
    bool serveWaiter(Entry& entry)
    {
        if (waiters.empty()) {
            return false;
        }
        Waiter* waiter = waiters.front();
        waiters.pop_front();
        waiter->entry = std::move(entry);
        waiter->isServed = true;
        waiter->wake.notify_one();
        return true;
    }

    void givePlaceBack()
    {
        Entry none;
        if (!serveWaiter(none)) {
            --inUse;
        }
    }

    /// Opens a connection for a place that is already counted; on failure the place is given back.
    absl::StatusOr<Entry> openFor(std::unique_lock<std::mutex>& lock)
    {
        lock.unlock();
        auto connection = factory();
        lock.lock();
        if (!connection.ok()) {
            givePlaceBack();
            return connection.status();
        }
        const absl::Duration now = monotonic();
        return Entry{std::move(*connection), now, jitteredLifetime(), now};
    }

    /// Makes what was lent usable: an empty place is filled, an old or broken connection replaced.
    absl::StatusOr<Entry> makeReady(Entry entry, std::unique_lock<std::mutex>& lock)
    {
        while (entry.connection) {
            const absl::Duration now = monotonic();
            const bool isCheckWorth = !isExpired(entry, now) && entry.connection->looksAlive();
            if (isCheckWorth && !needsCheck(entry, now)) {
                return entry;
            }
            lock.unlock();
            const bool isGood = isCheckWorth && entry.connection->validate().ok();
            if (!isGood) {
                entry.connection.reset();
            }
            lock.lock();
            if (isGood) {
                entry.lastUsed = monotonic();
                return entry;
            }
            if (!idle.empty()) {
                entry = std::move(idle.back());
                idle.pop_back();
            }
        }
        return openFor(lock);
    }

    absl::StatusOr<Entry> waitForPlace(std::unique_lock<std::mutex>& lock, absl::Time deadline);
    void keep();
    void closeIdle(std::unique_lock<std::mutex>& lock);
    void fillToMinimum(std::unique_lock<std::mutex>& lock);
};

absl::StatusOr<Entry> PoolCore::State::waitForPlace(
    std::unique_lock<std::mutex>& lock, absl::Time deadline)
{
    const absl::Duration patience = std::min(options.acquireTimeout, deadline - absl::Now());
    const auto until = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(patience);
    Waiter waiter;
    waiters.push_back(&waiter);
    waiter.wake.wait_until(lock, until, [&] { return waiter.isServed || isClosed; });
    if (waiter.isServed) {
        return std::move(waiter.entry);
    }
    waiters.erase(std::find(waiters.begin(), waiters.end(), &waiter));
    if (isClosed) {
        return absl::UnavailableError(fmt::format("pool {} is closed", name));
    }
    ++timeouts;
    if (absl::Now() >= deadline) {
        return absl::DeadlineExceededError(
            fmt::format("no connection of pool {} was free before the request's deadline", name));
    }
    return withRetryDelay(
        withHint(
            absl::ResourceExhaustedError(fmt::format(
                "no connection of pool {} was free within {}: all {} are in use, {} wait",
                name,
                absl::FormatDuration(options.acquireTimeout),
                options.maximum,
                waiters.size())),
            "Raise the pool's maximum, or look for slow queries that hold its connections."),
        kRetryDelay);
}

void PoolCore::State::closeIdle(std::unique_lock<std::mutex>& lock)
{
    std::vector<Entry> closing;
    const absl::Duration now = monotonic();
    for (auto entry = idle.begin(); entry != idle.end();) {
        const bool isSpare =
            open() > options.minimum && now - entry->lastUsed > options.idleTimeout;
        if (isSpare || isExpired(*entry, now)) {
            closing.push_back(std::move(*entry));
            entry = idle.erase(entry);
        } else {
            ++entry;
        }
    }
    lock.unlock();
    closing.clear();
    lock.lock();
}

void PoolCore::State::fillToMinimum(std::unique_lock<std::mutex>& lock)
{
    while (!isClosed && open() < options.minimum) {
        ++inUse;
        absl::StatusOr<Entry> entry = openFor(lock);
        if (!entry.ok()) {
            return; // the next round tries again; who needs a connection hears the reason
        }
        if (!serveWaiter(*entry)) {
            --inUse;
            idle.insert(idle.begin(), std::move(*entry));
        }
    }
}

void PoolCore::State::keep()
{
    std::unique_lock lock(mutex);
    while (!isClosed) {
        closeIdle(lock);
        fillToMinimum(lock);
        const absl::Duration pause =
            std::min({kKeeperInterval, options.idleTimeout / 4, options.lifetime / 4});
        keeperWake.wait_for(lock, absl::ToChronoMilliseconds(pause), [this] { return isClosed; });
    }
}

std::shared_ptr<PoolCore> PoolCore::create(
    std::string name, const config::Pool& options, Factory factory)
{
    return std::shared_ptr<PoolCore>(new PoolCore(std::move(name), options, std::move(factory)));
}

PoolCore::PoolCore(std::string name, const config::Pool& options, Factory factory)
    : m_state(std::make_unique<State>())
{
    m_state->name = std::move(name);
    m_state->options = options;
    m_state->factory = std::move(factory);
    m_state->keeper = std::thread([state = m_state.get()] { state->keep(); });
    pthread_setname_np(m_state->keeper.native_handle(), "pool-keeper");
}

PoolCore::~PoolCore()
{
    close();
}

absl::StatusOr<Entry> PoolCore::acquire(absl::Time deadline)
{
    const absl::Duration started = monotonic();
    std::unique_lock lock(m_state->mutex);
    if (m_state->isClosed) {
        return absl::UnavailableError(fmt::format("pool {} is closed", m_state->name));
    }
    if (absl::Now() >= deadline) {
        return absl::DeadlineExceededError("the request's deadline passed before it began");
    }
    Entry entry;
    if (m_state->waiters.empty() && !m_state->idle.empty()) {
        entry = std::move(m_state->idle.back());
        m_state->idle.pop_back();
        ++m_state->inUse;
    } else if (m_state->waiters.empty() && m_state->open() < m_state->options.maximum) {
        ++m_state->inUse;
    } else {
        PH_ASSIGN_OR_RETURN(entry, m_state->waitForPlace(lock, deadline));
    }
    PH_ASSIGN_OR_RETURN(entry, m_state->makeReady(std::move(entry), lock));
    m_state->noteAcquired(monotonic() - started);
    return entry;
}

void PoolCore::release(Entry entry, bool isBroken)
{
    std::unique_lock lock(m_state->mutex);
    const absl::Duration now = monotonic();
    if (isBroken) {
        m_state->suspectBefore = now;
    }
    if (isBroken || m_state->isClosed || m_state->isExpired(entry, now)) {
        lock.unlock();
        entry.connection.reset();
        lock.lock();
        m_state->givePlaceBack();
        return;
    }
    entry.lastUsed = now;
    if (!m_state->serveWaiter(entry)) {
        --m_state->inUse;
        m_state->idle.push_back(std::move(entry));
    }
}

void PoolCore::invalidate()
{
    const std::lock_guard lock(m_state->mutex);
    m_state->suspectBefore = monotonic();
}

void PoolCore::close()
{
    std::vector<Entry> closing;
    {
        const std::lock_guard lock(m_state->mutex);
        m_state->isClosed = true;
        closing.swap(m_state->idle);
        for (Waiter* waiter : m_state->waiters) {
            waiter->wake.notify_one();
        }
        m_state->keeperWake.notify_all();
    }
    if (m_state->keeper.joinable()) {
        m_state->keeper.join();
    }
}

system::PoolStatus PoolCore::status() const
{
    const std::lock_guard lock(m_state->mutex);
    system::PoolStatus status;
    status.name = m_state->name;
    status.minimum = m_state->options.minimum;
    status.maximum = m_state->options.maximum;
    status.idle = static_cast<int>(m_state->idle.size());
    status.inUse = m_state->inUse;
    status.waiting = static_cast<int>(m_state->waiters.size());
    status.acquired = m_state->acquired;
    status.timeouts = m_state->timeouts;
    const std::size_t count = std::min(m_state->acquireCount, kAcquireWindow);
    if (count > 0) {
        std::vector<absl::Duration> times(
            m_state->acquireTimes.begin(),
            m_state->acquireTimes.begin() + static_cast<std::ptrdiff_t>(count));
        const auto nth = times.begin() + static_cast<std::ptrdiff_t>(count * 95 / 100);
        std::nth_element(times.begin(), nth, times.end());
        status.acquireP95 = *nth;
    }
    return status;
}

} // namespace pilothouse::platform
