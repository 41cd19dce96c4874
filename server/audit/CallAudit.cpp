// SPDX-License-Identifier: Apache-2.0
#include "server/audit/CallAudit.h"

#include "shared/base/StatusHelpers.h"

#include <spdlog/spdlog.h>

namespace pilothouse::audit {

namespace {

/// An honest operator is refused a few times a day; a loop that is refused needs no more than this
/// to be seen.
constexpr double kRefusalsPerSecond = 20;
constexpr double kRefusalsAtOnce = 200;
constexpr absl::Duration kLimit = absl::Seconds(10);

} // namespace

CallAudit::CallAudit(
    const AuditLog& log,
    platform::Executor& executor,
    const Clock& clock,
    prometheus::Registry& registry)
    : m_log(log),
      m_executor(executor),
      m_clock(clock),
      m_allowance(kRefusalsPerSecond, kRefusalsAtOnce),
      m_dropped(prometheus::BuildCounter()
                    .Name("pilothouse_audit_refusals_dropped_total")
                    .Help("Denied or failed calls that were not recorded: too many at once, or the "
                          "database was away.")
                    .Register(registry)
                    .Add({}))
{}

bool CallAudit::isForgotten(const rpc::Call& call, const absl::Status& status) const
{
    const auto& rule = call.method().rule;
    // Who did not sign in is nobody; only the methods that are there for nobody count.
    if (call.caller().identity.who.name.empty() &&
        rule.access != rpc::MethodTable::Access::Public) {
        return false;
    }
    if (call.receipt() == nullptr) {
        return absl::IsPermissionDenied(status);
    }
    return status.ok() ? !call.receipt()->success.load() : !call.receipt()->refusal.load();
}

void CallAudit::finished(const rpc::Call& call, const absl::Status& status)
{
    if (!isForgotten(call, status)) {
        return;
    }
    if (status.ok()) {
        spdlog::warn("{} did not record itself in the audit", call.method().fullName);
    } else if (m_allowance.take(m_clock.monotonic()) > absl::ZeroDuration()) {
        m_dropped.Increment();
        return;
    }
    const auto& rule = call.method().rule;
    Entry entry;
    entry.actor = actorOf(call);
    entry.action = rule.audit.empty() ? rule.permission : rule.audit;
    if (entry.action.empty()) {
        entry.action = call.method().fullName;
    }
    entry.outcome = status.ok()                        ? Outcome::Ok
                    : absl::IsPermissionDenied(status) ? Outcome::Denied
                                                       : Outcome::Failed;
    entry.message = std::string(status.message());
    submit(std::move(entry));
}

void CallAudit::submit(Entry entry)
{
    const bool isRefusal = entry.outcome != Outcome::Ok;
    const absl::Status queued = m_executor.submit([this, isRefusal, entry = std::move(entry)] {
        const absl::Status recorded = m_log.record(entry, m_clock.now() + kLimit);
        if (recorded.ok()) {
            return;
        }
        if (isRefusal) {
            m_dropped.Increment();
        } else {
            spdlog::error(
                "{} by {} could not be recorded in the audit: {}",
                entry.action,
                entry.actor.name,
                describe(recorded));
        }
    });
    if (!queued.ok()) {
        m_dropped.Increment();
    }
}

} // namespace pilothouse::audit
