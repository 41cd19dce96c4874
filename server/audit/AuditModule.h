// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"
#include "server/audit/AuditService.h"
#include "server/audit/CallAudit.h"
#include "server/audit/ChainKeeper.h"
#include "server/audit/ChainWriter.h"
#include "server/config/Config.h"

#include <prometheus/registry.h>

#include <vector>

namespace pilothouse::audit {

/// Everything of the audit behind the log that others record in, wired: the chain, and the service
/// that shows it.
class AuditModule
{
public:
    struct Parts
    {
        postgres::Database& database;
        AuditLog& log;
        const config::Audit& config;
        const Clock& clock;
        prometheus::Registry& registry;
        rpc::Guard& guard;
        const rpc::PageTokens& pages;
        platform::Executor& db;
    };

    /// The parts outlive this. Chains from here on; the guard reports its calls here.
    explicit AuditModule(const Parts& parts);
    ~AuditModule();
    AuditModule(const AuditModule&) = delete;
    AuditModule& operator=(const AuditModule&) = delete;

    AuditService& service() { return m_service; }
    std::vector<system::ExecutorStatus> executors() const
    {
        return {m_bulk.status(), m_recorder.status()};
    }
    /// Unhealthy when the chain is broken, degraded while entries wait to be chained.
    system::ComponentHealth health() const;
    /// After the last call: chains what is left.
    void stop();

private:
    AuditLog& m_log;
    ChainWriter m_writer;
    EntryFeed m_feed;
    const Retention m_retention;
    ChainKeeper m_keeper;
    EntryFinder m_finder;
    platform::Executor m_bulk;
    platform::Executor m_recorder;
    CallAudit m_calls;
    AuditService m_service;
};

} // namespace pilothouse::audit
