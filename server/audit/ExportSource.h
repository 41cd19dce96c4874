// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"
#include "server/audit/EntryStore.h"
#include "server/platform/executor/Executor.h"
#include "server/platform/postgres/Database.h"
#include "server/platform/rpc/Stream.h"
#include "shared/audit/ExportLines.h"

#include <pilothouse/v1/audit.pb.h>

#include <memory>

namespace pilothouse::audit {

/// Sends the lines of an export. It reads one piece ahead while the one before is under way, so
/// that PostgreSQL and the transport both work, and holds no more than those two.
class ExportSource final : public rpc::Source<v1::ExportEntriesResponse>
{
public:
    struct Parts
    {
        postgres::Database& database;
        const AuditLog& log;
        platform::Executor& executor;
    };
    struct Request
    {
        Filter filter;
        ExportFormat format = ExportFormat::Csv;
        std::int64_t after = 0;
        /// The entry that says who exports what; recorded before the first line.
        Entry entry;
    };

    /// `slot` is held for as long as the export goes on.
    ExportSource(const Parts& parts, Request request, rpc::Waker waker, std::shared_ptr<void> slot);
    ~ExportSource() override;

    bool next(v1::ExportEntriesResponse& response) override;

private:
    class Reader;
    std::shared_ptr<Reader> m_reader;
    std::shared_ptr<void> m_slot;
};

} // namespace pilothouse::audit
