// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/access/AccessStore.h"
#include "server/access/SessionCache.h"
#include "server/platform/executor/Executor.h"
#include "server/platform/postgres/Database.h"
#include "server/platform/rpc/Caller.h"
#include "shared/base/Clock.h"

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <functional>
#include <shared_mutex>
#include <string>
#include <vector>

namespace pilothouse::access {

/// Sessions by token: from memory, and from the database where memory does not say. Thread-safe.
class Sessions final : public rpc::Authenticator
{
public:
    /// Everything outlives this. Work on the database runs on `executor`.
    Sessions(
        postgres::Database& database,
        platform::Executor& executor,
        SessionCache& cache,
        const Clock& clock,
        absl::Duration idle);

    absl::StatusOr<rpc::CallerPtr> find(std::string_view token) override;
    void look(std::string token, std::function<void(absl::StatusOr<rpc::CallerPtr>)> done) override;

    /// Brings the newest sessions into memory, so that nobody's first call after a restart waits.
    /// Blocks.
    absl::Status load();
    /// Once in a while: writes when sessions were last used, drops those that ended here or at
    /// another server, forgets expired ones. Blocks, at most for `limit`; without the
    /// database it does nothing and sessions go on.
    absl::Status maintain(absl::Duration limit);
    /// Something changed about operators, roles or sessions, here or at another server: every
    /// session in memory is looked at again. Blocks, at most until the deadline.
    absl::Status refresh(absl::Time deadline);
    /// The same for who has just made the change: it is done whether or not this succeeds, and the
    /// next poll repeats it.
    void refreshAfterChange(absl::Time deadline);

private:
    absl::StatusOr<rpc::CallerPtr> lookNow(const std::string& token);
    absl::Status refresh(const std::vector<SessionCache::Use>& uses, absl::Time deadline);
    absl::Status refreshSome(const std::vector<std::string>& ids, absl::Time deadline);

    postgres::Database& m_database;
    platform::Executor& m_executor;
    SessionCache& m_cache;
    const Clock& m_clock;
    const absl::Duration m_idle;
    const AccessStore m_store{};
    /// Looks share it, a refresh has it alone: what a look read before a change never comes into
    /// memory after the refresh that the change brought.
    std::shared_mutex m_reading;
};

} // namespace pilothouse::access
