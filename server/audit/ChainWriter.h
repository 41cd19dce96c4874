// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/ChainStore.h"
#include "server/platform/postgres/Database.h"

#include <absl/status/statusor.h>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace pilothouse::audit {

/// Gives every recorded entry its place in the chain: sequence, day and hash. Any number of servers
/// may run one on the same database; they take turns. What a killed server left waiting the next
/// turn of any of them chains.
class ChainWriter
{
public:
    struct Step
    {
        std::vector<ChainedEntry> chained;
        /// Sequence of the chain's newest entry; 0 when it has none.
        std::int64_t head = 0;
        /// More is waiting.
        bool isFull = false;
    };

    explicit ChainWriter(postgres::Database& database, int batch = kBatch);
    ~ChainWriter();
    ChainWriter(const ChainWriter&) = delete;
    ChainWriter& operator=(const ChainWriter&) = delete;

    /// One batch in one transaction: all of it stands in the chain, or nothing. Blocks.
    absl::StatusOr<Step> step(absl::Time deadline);

    /// Steps from now on by itself, on a thread of its own: soon after wake(), and once in a while.
    /// `listener` gets each step that found something new, on that thread.
    void start(std::function<void(const Step&)> listener);
    /// Something was recorded and will be committed presently. Thread-safe and fast.
    void wake();
    /// Chains what it can within a second, then ends the thread.
    void stop();

    /// Why the last step failed; OK when it did not. Thread-safe.
    absl::Status state() const;

    /// Large enough that a commit is shared by many, small enough for a transaction of some 20 ms.
    static constexpr int kBatch = 500;

private:
    struct Batch;
    absl::StatusOr<Step> chain(postgres::Transaction& transaction) const;
    absl::Status closeDay(postgres::Transaction& transaction, Batch& batch) const;
    absl::Status write(postgres::Transaction& transaction, Batch& batch) const;
    void run(const std::function<void(const Step&)>& listener);
    bool waitForWork(absl::Duration pause);
    void setState(const absl::Status& status);

    postgres::Database& m_database;
    const int m_batch;
    const ChainStore m_store{};

    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_isWoken = false;
    bool m_isStopping = false;
    absl::Status m_state;
    std::thread m_thread;
};

} // namespace pilothouse::audit
