// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "server/audit/AuditLog.h"
#include "server/platform/executor/Executor.h"
#include "server/platform/rpc/Guard.h"
#include "server/platform/rpc/TokenBucket.h"
#include "shared/base/Clock.h"

#include <prometheus/counter.h>
#include <prometheus/registry.h>

namespace pilothouse::audit {

/// The net under all use cases: calls that were denied or failed, and changes that their use case
/// did not record, are recorded when they end. A success is recorded by its use case in its own
/// transaction; what is recorded here comes after the act, on an executor, and is given up (and
/// counted) when the database is away or refusals come in floods. Thread-safe.
class CallAudit final : public rpc::CallAuditor
{
public:
    /// Everything outlives this.
    CallAudit(
        const AuditLog& log,
        platform::Executor& executor,
        const Clock& clock,
        prometheus::Registry& registry);

    void finished(const rpc::Call& call, const absl::Status& status) override;

private:
    bool isForgotten(const rpc::Call& call, const absl::Status& status) const;
    void submit(Entry entry);

    const AuditLog& m_log;
    platform::Executor& m_executor;
    const Clock& m_clock;
    rpc::TokenBucket m_allowance;
    prometheus::Counter& m_dropped;
};

} // namespace pilothouse::audit
