// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/OfflineController.h"

#include "shared/base/StatusHelpers.h"

#include <chrono>

namespace pilothouse::rollouts {

namespace {

constexpr auto kPeriod = std::chrono::milliseconds(250);
/// With a database that answers, an entry of the journal is taken over sooner.
constexpr absl::Duration kTakenOver = absl::Seconds(1);
/// Whoever acts on the same application may hang on the database.
constexpr auto kActingLimit = std::chrono::milliseconds(500);

} // namespace

OfflineController::OfflineController(const Parts& parts) : m_parts(parts)
{
    for (const auto& application : parts.applications) {
        m_watched.push_back({application.get()});
    }
    m_thread = std::thread([this] { run(); });
}

OfflineController::~OfflineController()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_wake.notify_all();
    m_thread.join();
}

void OfflineController::run()
{
    std::unique_lock lock(m_mutex);
    while (!m_isStopping) {
        lock.unlock();
        for (Watched& watched : m_watched) {
            look(watched);
        }
        lock.lock();
        m_wake.wait_for(lock, kPeriod, [this] { return m_isStopping; });
    }
}

std::optional<JournalEntry> OfflineController::waiting(const ManagedApplication& application) const
{
    std::optional<JournalEntry> newest;
    for (JournalEntry& entry : m_parts.journal.entries()) {
        if (entry.application == application.name &&
            m_parts.clock.now() - entry.time > kTakenOver) {
            newest = std::move(entry);
        }
    }
    return newest;
}

void OfflineController::look(Watched& watched)
{
    ManagedApplication& application = *watched.application;
    const auto entry = waiting(application);
    const auto isAway = [&] { return m_parts.board.isDatabaseAway(m_parts.clock.monotonic()); };
    const absl::Time now = m_parts.clock.now();
    const absl::Time due = watched.lastLook + application.driver->lookInterval();
    if ((!entry && !isAway()) || (now < due && now >= watched.lastLook)) {
        return;
    }
    watched.lastLook = now;
    const auto observation = application.driver->observe();
    std::string problem =
        observation.ok() ? "the control database does not answer" : describe(observation.status());
    // Ordered, and not done or undone by somebody else since.
    if (entry && observation.ok() && !observation->isRouted({entry->stable, 0})) {
        const absl::Status status = goBack(application, *entry);
        problem = status.ok() ? problem : describe(status);
    }
    if (isAway()) {
        m_parts.board.putObservation(
            application.name,
            application.driver->name(),
            observation.ok() ? std::optional(*observation) : std::nullopt,
            std::move(problem));
    }
}

absl::Status OfflineController::goBack(ManagedApplication& application, const JournalEntry& entry)
{
    const auto fence = m_parts.leadership.lastFence();
    if (!fence) {
        return absl::FailedPreconditionError("this server does not know that it may switch");
    }
    std::unique_lock acting(application.acting, std::defer_lock);
    static_cast<void>(acting.try_lock_for(kActingLimit));
    // Taken over meanwhile, it is not the newest that is known any more.
    return m_parts.journal.hasEntryFor(application.name)
               ? application.driver->route(
                     {{entry.stable, 0}, {m_parts.board.realmOf(application.name), *fence}})
               : absl::OkStatus();
}

} // namespace pilothouse::rollouts
