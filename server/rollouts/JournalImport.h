// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"
#include "server/platform/postgres/Database.h"
#include "server/rollouts/RollbackJournal.h"
#include "server/rollouts/RolloutRecords.h"

#include <absl/status/status.h>

namespace pilothouse::rollouts {

/// What was done without the control database goes into it, each entry in one transaction with its
/// audit, and out of the journal. Once, whenever the server is killed.
class JournalImport
{
public:
    JournalImport(
        RollbackJournal& journal, const RolloutRecords& records, const audit::AuditLog& audit);

    /// The first failure ends it; what is left is taken next time.
    absl::Status run(postgres::Database& database, absl::Time deadline);

private:
    absl::Status take(postgres::Transaction& transaction, const JournalEntry& journalEntry) const;

    RollbackJournal& m_journal;
    const RolloutRecords& m_records;
    const audit::AuditLog& m_audit;
};

} // namespace pilothouse::rollouts
