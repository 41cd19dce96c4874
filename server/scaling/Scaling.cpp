// SPDX-License-Identifier: Apache-2.0
#include "server/scaling/Scaling.h"

#include "server/platform/postgres/Revisions.h"
#include "shared/base/StatusHelpers.h"
#include "shared/base/proto/JsonProto.h"
#include "shared/scaling/proto/ScalingProto.h"

#include <fmt/format.h>

namespace pilothouse::scaling {

namespace {

std::string pauseJson(const std::optional<Pause>& pause)
{
    return pause ? toJson(toProto(*pause)) : std::string("{}");
}

plans::Draft draftFor(const Policy& policy, bool isPause)
{
    plans::Draft draft;
    draft.action = isPause ? "scaling.policies.pause" : "scaling.policies.resume";
    draft.target = "scaling/" + policy.name;
    draft.title = fmt::format("{} autoscaling of {}", isPause ? "Pause" : "Resume", policy.name);
    draft.impact.summary =
        isPause ? fmt::format("{} is not scaled any more, whatever its load.", policy.target)
                : fmt::format("{} is scaled by its load again, at once.", policy.target);
    draft.impact.undo = isPause ? "Resume the policy." : "Pause the policy.";
    draft.impact.reversibility = plans::Reversibility::Instant;
    draft.impact.reach = plans::Reach::Narrow;
    draft.facts = {{"scaled", policy.target}, {"paused", isPause ? "yes" : "no"}};
    return draft;
}

absl::Status refused(const char* reason, const std::string& message, const std::string& hint)
{
    return withHint(withReason(absl::FailedPreconditionError(message), reason), hint);
}

} // namespace

absl::StatusOr<PolicyState> Scaling::find(const std::string& policy) const
{
    auto found = m_parts.board.find(policy);
    if (!found) {
        return withHint(
            absl::NotFoundError(
                fmt::format("there is no scaling policy '{}'", policy.substr(0, 100))),
            "List them with 'pilothousectl scaling list'.");
    }
    return *std::move(found);
}

absl::StatusOr<plans::Plan> Scaling::pause(
    const plans::Requester& requester, const plans::Request& request, const std::string& policy)
{
    return change(requester, request, policy, /*isPause=*/true);
}

absl::StatusOr<plans::Plan> Scaling::resume(
    const plans::Requester& requester, const plans::Request& request, const std::string& policy)
{
    return change(requester, request, policy, /*isPause=*/false);
}

absl::StatusOr<plans::Plan> Scaling::change(
    const plans::Requester& requester,
    const plans::Request& request,
    const std::string& policy,
    bool isPause)
{
    PH_ASSIGN_OR_RETURN(const PolicyState state, find(policy));
    if (state.policy.mode != Mode::Act) {
        return refused(
            "POLICY_RECOMMENDS",
            fmt::format("policy {} only recommends: there is nothing to hold up", policy),
            "Set its mode to \"act\" in the configuration for it to scale.");
    }
    std::optional<Pause> after;
    if (isPause) {
        after = Pause{requester.name(), request.confirmation.reason, m_parts.clock.now()};
    }
    const auto look = [&](postgres::Transaction& transaction) -> absl::StatusOr<plans::Draft> {
        PH_ASSIGN_OR_RETURN(const StoredPolicy stored, m_store.lock(transaction, policy));
        if (stored.pause.has_value() == isPause) {
            return refused(
                isPause ? "POLICY_PAUSED" : "POLICY_NOT_PAUSED",
                isPause
                    ? fmt::format("policy {} is paused already, by {}", policy, stored.pause->by)
                    : fmt::format("policy {} is not paused", policy),
                "Look at 'pilothousectl scaling show'.");
        }
        plans::Draft draft = draftFor(state.policy, isPause);
        draft.before = pauseJson(stored.pause);
        draft.after = pauseJson(after);
        return draft;
    };
    const auto act = [&](postgres::Transaction& transaction) -> absl::Status {
        PH_RETURN_IF_ERROR(m_store.setPause(transaction, policy, after));
        return postgres::bumpRevision(transaction, kRevision).status();
    };
    PH_ASSIGN_OR_RETURN(plans::Plan plan, m_parts.gate.run(requester, request, look, act));
    if (!request.validateOnly) {
        m_parts.changed(policy);
    }
    return plan;
}

absl::StatusOr<std::vector<Record>> Scaling::decisions(
    const std::string& policy, std::int64_t before, int limit, absl::Time deadline) const
{
    if (!policy.empty()) {
        PH_RETURN_IF_ERROR(find(policy).status());
    }
    return m_parts.database.transact(
        [&](postgres::Transaction& transaction) {
            return m_store.list(transaction, policy, before, limit);
        },
        deadline,
        postgres::Database::Mode::ReadOnly);
}

} // namespace pilothouse::scaling
