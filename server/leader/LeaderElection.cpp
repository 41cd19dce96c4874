// SPDX-License-Identifier: Apache-2.0
#include "server/leader/LeaderElection.h"

#include "server/platform/crypto/Random.h"
#include "shared/base/StatusHelpers.h"

#include <absl/time/clock.h>
#include <spdlog/spdlog.h>

namespace pilothouse::leader {

namespace {

/// Of the lease: a leader that has not renewed for so long stops acting.
constexpr double kActShare = 2.0 / 3;
/// Of the lease: how often it is renewed, or tried for. Three tries fit before acting must stop.
constexpr double kStepShare = 0.2;

/// One statement, so that two servers that try at once cannot both succeed. The fence stays while
/// the same process renews in time, and grows in every other case.
constexpr postgres::Statement kTake{
    "leader.take",
    "INSERT INTO pilothouse.leader AS l (instance, server_id, host, fence, since, expires_at) "
    "VALUES ($1, $2, $3, 1, clock_timestamp(), clock_timestamp() + $4::interval) "
    "ON CONFLICT (id) DO UPDATE SET "
    "fence = CASE WHEN l.instance = $1 AND l.expires_at > clock_timestamp() THEN l.fence "
    "ELSE l.fence + 1 END, "
    "since = CASE WHEN l.instance = $1 AND l.expires_at > clock_timestamp() THEN l.since "
    "ELSE clock_timestamp() END, "
    "instance = $1, server_id = $2, host = $3, expires_at = clock_timestamp() + $4::interval "
    "WHERE l.instance = $1 OR l.server_id = $2 OR l.expires_at <= clock_timestamp() "
    "RETURNING fence"};
constexpr postgres::Statement kLook{
    "leader.look",
    "SELECT host, server_id, fence FROM pilothouse.leader WHERE expires_at > clock_timestamp()"};
constexpr postgres::Statement kResign{
    "leader.resign",
    "UPDATE pilothouse.leader SET expires_at = clock_timestamp() WHERE instance = $1"};

} // namespace

LeaderElection::LeaderElection(postgres::Database& database, const Clock& clock, Options options)
    : m_database(database),
      m_clock(clock),
      m_options(std::move(options)),
      m_instance(platform::newId()),
      m_thread([this] { run(); })
{}

LeaderElection::~LeaderElection()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isStopping = true;
    }
    m_wake.notify_all();
    m_thread.join();
    resign();
}

std::optional<Fence> LeaderElection::fence() const
{
    const std::lock_guard lock(m_mutex);
    if (m_isStopping || m_clock.monotonic() >= m_seen.actUntil) {
        return std::nullopt;
    }
    return Fence{m_seen.leader.fence};
}

Leader LeaderElection::leader() const
{
    const std::lock_guard lock(m_mutex);
    Leader leader = m_seen.leader;
    if (leader.isThisServer && m_clock.monotonic() >= m_seen.actUntil) {
        return {};
    }
    return leader;
}

void LeaderElection::run()
{
    while (true) {
        const absl::Duration wait = step();
        std::unique_lock lock(m_mutex);
        m_wake.wait_for(lock, absl::ToChronoMilliseconds(wait), [this] { return m_isStopping; });
        if (m_isStopping) {
            return;
        }
    }
}

absl::Duration LeaderElection::step()
{
    const absl::Duration wait = m_options.lease * kStepShare;
    // Measured from before the question: whatever its way took is not acted in.
    const absl::Duration asked = m_clock.monotonic();
    const absl::Time deadline = absl::Now() + m_options.lease / 3;
    const auto taken = m_database.queryOne(
        kTake,
        {m_instance, m_options.serverId, m_options.host, m_options.lease},
        [](const postgres::Row& row) { return row.integer("fence"); },
        deadline);
    if (!taken.ok()) {
        spdlog::debug("leader election: {}", std::string(taken.status().message()));
        return wait;
    }
    if (*taken) {
        see({m_options.host, m_options.serverId, **taken, true},
            asked + m_options.lease * kActShare);
        return wait;
    }
    const auto other = m_database.queryOne(
        kLook,
        {},
        [](const postgres::Row& row) {
            return Leader{row.text("host"), row.text("server_id"), row.integer("fence"), false};
        },
        deadline);
    if (other.ok()) {
        see(other->value_or(Leader{}), -absl::InfiniteDuration());
    }
    return wait;
}

void LeaderElection::see(const Leader& leader, absl::Duration actUntil)
{
    bool isNew = false;
    {
        const std::lock_guard lock(m_mutex);
        isNew = leader.fence != m_seen.leader.fence;
        m_seen = {leader, actUntil};
    }
    if (isNew && leader.fence != 0) {
        spdlog::info(
            "leader: {} with fence {}",
            leader.isThisServer ? "this server" : leader.host,
            leader.fence);
    }
}

void LeaderElection::resign()
{
    // Without the database the lease runs out by itself.
    m_database.execute(kResign, {m_instance}, absl::Now() + absl::Seconds(1)).IgnoreError();
}

} // namespace pilothouse::leader
