// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/ChainStore.h"
#include "server/platform/postgres/Database.h"
#include "shared/audit/ChainStatus.h"

#include <absl/status/statusor.h>

#include <functional>
#include <string>

namespace pilothouse::audit {

/// Verifies the chain as it stands in the database, in small reads, and can go on later with what
/// was added. Holds one read's entries, whatever the length of the chain. For one thread.
class ChainWalk
{
public:
    /// The database outlives this. With an entry whose hash was kept elsewhere, or 0.
    explicit ChainWalk(
        postgres::Database& database, std::int64_t knownSequence = 0, std::string knownHash = {});

    /// Called after each read; false stops the walk with CANCELLED.
    using Progress = std::function<bool(const ChainProgress&)>;

    /// From where it is to the head that the chain has now. Answers the state: a break is a result,
    /// an error means that it could not be found out. Blocks.
    absl::StatusOr<ChainStatus> advance(const Progress& progress);

    std::int64_t headSequence() const { return m_check.headSequence(); }

private:
    absl::StatusOr<std::optional<ChainBreak>> walk(const Progress& progress);
    absl::StatusOr<std::optional<ChainBreak>> walkDay(
        const ChainDay& day, const Progress& progress);
    absl::StatusOr<std::optional<ChainBreak>> findStray();
    absl::Status report(const Progress& progress);

    postgres::Database& m_database;
    const ChainStore m_store{};
    ChainCheck m_check;
    absl::Time m_startTime = absl::InfiniteFuture();
    std::int64_t m_total = 0;
    std::string m_day;
};

} // namespace pilothouse::audit
