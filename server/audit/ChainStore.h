// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Transaction.h"
#include "shared/audit/Chain.h"

#include <absl/status/statusor.h>

#include <optional>
#include <vector>

namespace pilothouse::audit {

/// An entry that waits for its place in the chain.
struct PendingEntry
{
    std::int64_t id = 0;
    ChainedEntry entry;
};

/// What is counted of one hour.
struct HourCount
{
    absl::Time hour;
    std::string actor;
    std::string action;
    Outcome outcome = Outcome::Ok;
    std::int64_t entries = 0;
};

/// The chain in the control database, for whoever writes or verifies it. Stateless; the caller
/// opens the transaction.
class ChainStore
{
public:
    using Transaction = postgres::Transaction;

    /// One writer at a time over all servers, until the transaction ends.
    absl::Status lock(Transaction& transaction) const;
    absl::StatusOr<absl::Time> now(Transaction& transaction) const;
    absl::StatusOr<std::optional<ChainDay>> newestDay(Transaction& transaction) const;
    /// Of the newest day before `day`; "" when there is none.
    absl::StatusOr<std::string> sealBefore(Transaction& transaction, absl::CivilDay day) const;
    /// Oldest first, from `from` on.
    absl::StatusOr<std::vector<ChainDay>> days(Transaction& transaction, absl::CivilDay from) const;
    /// In the order in which they were recorded.
    absl::StatusOr<std::vector<PendingEntry>> pending(Transaction& transaction, int limit) const;

    absl::Status makeDay(Transaction& transaction, absl::CivilDay day) const;
    /// Makes the day's row or moves its head on; with a seal, closes it.
    absl::Status writeDay(
        Transaction& transaction,
        const ChainDay& day,
        absl::Time firstRecorded,
        absl::Time lastRecorded) const;
    absl::Status sealDay(Transaction& transaction, const ChainDay& day) const;
    /// From waiting to chained.
    absl::Status move(Transaction& transaction, const std::vector<PendingEntry>& entries) const;
    absl::Status count(Transaction& transaction, const std::vector<HourCount>& hours) const;

    /// Entries of one day after `after`, in order.
    absl::StatusOr<std::vector<ChainedEntry>> entriesOf(
        Transaction& transaction, absl::CivilDay day, std::int64_t after, int limit) const;
    /// An entry in a day that the chain does not have, if there is one.
    absl::StatusOr<std::optional<ChainedEntry>> strayEntry(Transaction& transaction) const;

    /// Drops the entries of a sealed day; its row stays.
    absl::Status dropDay(Transaction& transaction, absl::CivilDay day) const;
    absl::StatusOr<std::int64_t> dropHoursBefore(Transaction& transaction, absl::Time time) const;

    /// A row with all columns of audit_entries.
    static ChainedEntry readEntry(const postgres::Row& row);
};

/// A day as PostgreSQL writes it, and back.
std::string dayText(absl::CivilDay day);
absl::CivilDay dayOf(const std::string& text);

} // namespace pilothouse::audit
