// SPDX-License-Identifier: Apache-2.0
#include "server/access/Sessions.h"

#include "server/platform/crypto/Random.h"
#include "shared/base/StatusHelpers.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

namespace pilothouse::access {

namespace {

constexpr int kLoadedAtStart = 10000;
constexpr std::size_t kRefreshedAtOnce = 10000;
constexpr absl::Duration kLookLimit = absl::Seconds(5);
constexpr absl::Duration kLoadLimit = absl::Seconds(10);

} // namespace

Sessions::Sessions(
    postgres::Database& database,
    platform::Executor& executor,
    SessionCache& cache,
    const Clock& clock,
    absl::Duration idle)
    : m_database(database), m_executor(executor), m_cache(cache), m_clock(clock), m_idle(idle)
{}

absl::StatusOr<rpc::CallerPtr> Sessions::find(std::string_view token)
{
    return m_cache.find(token);
}

void Sessions::look(std::string token, std::function<void(absl::StatusOr<rpc::CallerPtr>)> done)
{
    // Whoever destroys the task unrun (a stopping executor) still owes the answer.
    struct Task
    {
        std::function<void(absl::StatusOr<rpc::CallerPtr>)> done;
        ~Task()
        {
            if (done) {
                done(absl::UnavailableError("the server is stopping"));
            }
        }
    };
    auto task = std::make_shared<Task>();
    task->done = std::move(done);
    const absl::Status status = m_executor.submit([this, task, token = std::move(token)] {
        std::exchange(task->done, nullptr)(lookNow(token));
    });
    if (!status.ok()) {
        std::exchange(task->done, nullptr)(status);
    }
}

absl::StatusOr<rpc::CallerPtr> Sessions::lookNow(const std::string& token)
{
    // Another call with the same token may have been faster.
    PH_ASSIGN_OR_RETURN(auto cached, m_cache.find(token));
    if (cached != nullptr) {
        return cached;
    }
    const absl::Time now = m_clock.now();
    const std::string hash = platform::hashToken(token);
    const std::shared_lock lock(m_reading);
    PH_ASSIGN_OR_RETURN(
        const auto stored,
        m_database.transact(
            [&](postgres::Transaction& transaction) {
                return m_store.findSession(transaction, hash);
            },
            now + kLookLimit,
            postgres::Database::Mode::ReadOnly));
    if (stored) {
        m_cache.add(*stored);
    } else {
        m_cache.addUnknown(token);
    }
    return m_cache.find(token);
}

absl::Status Sessions::load()
{
    const absl::Time now = m_clock.now();
    PH_ASSIGN_OR_RETURN(
        const auto stored,
        m_database.transact(
            [&](postgres::Transaction& transaction) {
                return m_store.newestSessions(transaction, now, kLoadedAtStart);
            },
            now + kLoadLimit,
            postgres::Database::Mode::ReadOnly));
    for (const StoredSession& session : stored) {
        m_cache.add(session);
    }
    return absl::OkStatus();
}

absl::Status Sessions::maintain(absl::Duration limit)
{
    m_cache.sweep();
    const auto uses = m_cache.uses(/*forget=*/true);
    std::vector<std::string> ids;
    std::vector<absl::Time> times;
    for (const SessionCache::Use& use : uses) {
        if (use.isNew) {
            ids.push_back(use.sessionId);
            times.push_back(use.lastUsed);
        }
    }
    const absl::Time now = m_clock.now();
    const absl::Status written = m_database.transact(
        [&](postgres::Transaction& transaction) -> absl::Status {
            if (!ids.empty()) {
                PH_RETURN_IF_ERROR(m_store.writeLastUsed(transaction, ids, times));
            }
            return m_store.removeExpired(transaction, now, m_idle);
        },
        now + limit);
    PH_RETURN_IF_ERROR(written);
    return refresh(uses, now + limit);
}

absl::Status Sessions::refresh(absl::Time deadline)
{
    return refresh(m_cache.uses(/*forget=*/false), deadline);
}

void Sessions::refreshAfterChange(absl::Time deadline)
{
    if (const absl::Status status = refresh(deadline); !status.ok()) {
        spdlog::warn("sessions were not refreshed: {}", std::string(status.message()));
    }
}

absl::Status Sessions::refresh(const std::vector<SessionCache::Use>& uses, absl::Time deadline)
{
    const std::unique_lock lock(m_reading);
    for (std::size_t begin = 0; begin < uses.size(); begin += kRefreshedAtOnce) {
        std::vector<std::string> ids;
        const std::size_t end = std::min(uses.size(), begin + kRefreshedAtOnce);
        for (std::size_t index = begin; index < end; ++index) {
            ids.push_back(uses[index].sessionId);
        }
        PH_RETURN_IF_ERROR(refreshSome(ids, deadline));
    }
    return absl::OkStatus();
}

absl::Status Sessions::refreshSome(const std::vector<std::string>& ids, absl::Time deadline)
{
    PH_ASSIGN_OR_RETURN(
        const auto stored,
        m_database.transact(
            [&](postgres::Transaction& transaction) {
                return m_store.sessionsNamed(transaction, ids);
            },
            deadline,
            postgres::Database::Mode::ReadOnly));
    std::set<std::string> living;
    for (const StoredSession& session : stored) {
        living.insert(session.session.id);
        m_cache.add(session);
    }
    for (const std::string& id : ids) {
        if (!living.contains(id)) {
            m_cache.remove(id);
        }
    }
    return absl::OkStatus();
}

} // namespace pilothouse::access
