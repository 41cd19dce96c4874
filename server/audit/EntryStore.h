// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/platform/postgres/Transaction.h"
#include "shared/audit/Activity.h"
#include "shared/audit/Filter.h"

#include <absl/status/statusor.h>

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace pilothouse::audit {

/// Sequences from `first` to `last`, both included.
struct Range
{
    std::int64_t first = 1;
    std::int64_t last = 0;

    bool isEmpty() const { return last < first; }
};

/// Chained entries in the control database, for whoever reads them. Stateless; the caller opens the
/// transaction.
class EntryStore
{
public:
    using Transaction = postgres::Transaction;

    /// Of the newest entry; 0 when there is none.
    absl::StatusOr<std::int64_t> head(Transaction& transaction) const;
    /// What may hold entries that match: the days of the filter's times that are still there.
    absl::StatusOr<Range> rangeOf(Transaction& transaction, const Filter& filter) const;

    /// Newest first.
    absl::StatusOr<std::vector<ChainedEntry>> newest(
        Transaction& transaction, const Filter& filter, const Range& range, int limit) const;
    absl::StatusOr<std::optional<ChainedEntry>> find(
        Transaction& transaction, std::int64_t sequence) const;
    /// The last entry so far of the day that this one is of; the entry itself when it is of none.
    absl::StatusOr<std::int64_t> endOfDay(Transaction& transaction, std::int64_t sequence) const;
    /// Oldest first, as lines of a COPY with the columns of an export; see ExportLines. The range
    /// is within one day.
    absl::Status copy(
        Transaction& transaction,
        const Filter& filter,
        const Range& range,
        const std::function<bool(std::string_view)>& take) const;

    struct Hours
    {
        absl::Time start;
        absl::Time end;
        std::string actor;
        std::string action;
    };
    absl::StatusOr<std::vector<ActivityHour>> activity(
        Transaction& transaction, const Hours& hours, int limit) const;
};

} // namespace pilothouse::audit
