// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"
#include "server/leader/LeaderElection.h"
#include "server/platform/postgres/Database.h"
#include "server/scaling/PolicyReader.h"
#include "server/scaling/ScalingStore.h"
#include "shared/base/Clock.h"
#include "shared/scaling/History.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

namespace pilothouse::scaling {

/// Looks at one policy every few seconds while this server leads, decides, and scales. On a thread
/// of its own: a target that hangs holds up nothing else.
///
/// The decision is in the database, with the audit, before anything is scaled. Each act is absolute
/// and of what was seen, so whoever finds a decision that is not known to be done
/// looks again: it was done, or it is still wanted and done now, or it is superseded.
class PolicyRunner
{
public:
    /// What it needs; all of it outlives this.
    struct Parts
    {
        const Policy& policy;
        const config::ScalingPolicy& configured;
        absl::Duration interval;
        postgres::Database& database;
        const audit::AuditLog& audit;
        const leader::LeaderElection& leader;
        const metrics::QueryEngine& queries;
        const Clock& clock;
        prometheus::Family<prometheus::Counter>& acts;
    };

    /// `target` may be null: nothing is scaled.
    PolicyRunner(const Parts& parts, std::unique_ptr<ScaleTarget> target);
    ~PolicyRunner();
    PolicyRunner(const PolicyRunner&) = delete;
    PolicyRunner& operator=(const PolicyRunner&) = delete;

    /// Looks soon.
    void wake();

private:
    using Transaction = postgres::Transaction;

    void run();
    /// True: somebody else was quicker, and it is worth to look again at once.
    bool step(const leader::Fence& fence);
    absl::Status restore(const leader::Fence& fence, absl::Time now);
    /// Whether the decision is to be done now.
    absl::StatusOr<bool> write(
        const leader::Fence& fence, const PolicyReader::Seen& seen, const Decision& decision);
    std::string lastProblem() const;
    absl::Status settleOpen(Transaction& transaction, const Decision& decision, bool isHeld);
    absl::Status writeRecord(Transaction& transaction, const Decision& decision, bool isToBeDone);
    bool act(const leader::Fence& fence, const ScaleTarget::Seen& seen);
    absl::Status finish(
        Transaction& transaction, Act act, const std::string& message, absl::Time now);

    const Parts m_parts;
    const ScalingStore m_store{};
    PolicyReader m_reader;

    // Of the thread alone.
    /// The term whose history this is; nothing: of none.
    std::optional<std::int64_t> m_term;
    History m_history;
    /// The newest of the database.
    std::optional<Record> m_last;
    /// What the target said last.
    std::string m_problem;

    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_isStopping = false;
    bool m_isWoken = false;
    std::stop_source m_stop;
    std::thread m_thread;
};

} // namespace pilothouse::scaling
