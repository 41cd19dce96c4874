// SPDX-License-Identifier: Apache-2.0
#include "server/access/SessionAdmin.h"

#include "server/access/AccessChecks.h"
#include "server/access/AccessDrafts.h"
#include "server/platform/postgres/Revisions.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

namespace pilothouse::access {

SessionAdmin::SessionAdmin(
    postgres::Database& database, plans::PlanGate& gate, Sessions& sessions, config::Access config)
    : m_database(database), m_gate(gate), m_sessions(sessions), m_store(config.lockAfter)
{}

absl::StatusOr<SessionAdmin::Page> SessionAdmin::list(
    const rpc::Caller& caller,
    const std::string& operatorName,
    absl::Time before,
    const std::string& beforeId,
    int size,
    absl::Time deadline) const
{
    Page page;
    PH_ASSIGN_OR_RETURN(
        page.sessions,
        m_database.transact(
            [&](Transaction& transaction) {
                return m_store.sessions(transaction, operatorName, before, beforeId, size + 1);
            },
            deadline,
            postgres::Database::Mode::ReadOnly));
    if (page.sessions.size() > static_cast<std::size_t>(size)) {
        page.sessions.pop_back();
        page.before = page.sessions.back().session.createTime;
        page.beforeId = page.sessions.back().session.id;
    }
    for (OperatorSession& one : page.sessions) {
        one.session.current = one.session.id == caller.sessionId;
    }
    return page;
}

absl::StatusOr<plans::Draft> SessionAdmin::look(
    Transaction& transaction, const SessionChoice& choice, const std::string& own) const
{
    PH_RETURN_IF_ERROR(postgres::lockRevision(transaction, kRevision));
    if (!choice.sessionId.empty()) {
        PH_ASSIGN_OR_RETURN(const auto found, m_store.findSession(transaction, choice.sessionId));
        if (!found) {
            return absl::NotFoundError(
                fmt::format("there is no session '{}'", printable(choice.sessionId)));
        }
        return draftOfSessionEnd(*found);
    }
    if (!choice.operatorName.empty()) {
        PH_ASSIGN_OR_RETURN(
            const auto found, m_store.find(transaction, choice.operatorName, absl::InfinitePast()));
        if (!found) {
            return absl::NotFoundError(
                fmt::format("there is no operator '{}'", printable(choice.operatorName)));
        }
    }
    PH_ASSIGN_OR_RETURN(
        const auto count, m_store.countSessions(transaction, choice.operatorName, own));
    return draftOfSessionsEnd(choice, count);
}

absl::StatusOr<SessionAdmin::Ended> SessionAdmin::end(
    const rpc::Caller& caller,
    const plans::Requester& requester,
    const plans::Request& request,
    const SessionChoice& choice)
{
    if (!choice.sessionId.empty() && !choice.operatorName.empty()) {
        return absl::InvalidArgumentError("give a session or an operator, not both");
    }
    int count = 0;
    auto plan = m_gate.run(
        requester,
        request,
        [&](Transaction& transaction) { return look(transaction, choice, caller.sessionId); },
        [&](Transaction& transaction) -> absl::Status {
            PH_ASSIGN_OR_RETURN(
                const std::int64_t ended,
                m_store.endSessions(transaction, choice, caller.sessionId));
            count = static_cast<int>(ended);
            return postgres::bumpRevision(transaction, kRevision).status();
        });
    PH_RETURN_IF_ERROR(plan.status());
    if (!request.validateOnly) {
        m_sessions.refreshAfterChange(requester.deadline);
    }
    return Ended{*std::move(plan), count};
}

} // namespace pilothouse::access
