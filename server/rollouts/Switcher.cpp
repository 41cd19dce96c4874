// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/Switcher.h"

#include "server/platform/faults/Faults.h"
#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

namespace pilothouse::rollouts {

Switcher::Switcher(
    const RolloutRecords& records,
    RolloutBoard& board,
    const Clock& clock,
    prometheus::Registry& registry)
    : m_records(records),
      m_board(board),
      m_clock(clock),
      m_switches(prometheus::BuildCounter()
                     .Name("pilothouse_rollouts_switches_total")
                     .Help("Promotions and rollbacks that were done and verified.")
                     .Register(registry))
{}

absl::StatusOr<Rollout> Switcher::settle(
    ManagedApplication& application,
    const Rollout& rollout,
    const std::string& realm,
    const leader::Fence& fence,
    postgres::Database& database,
    absl::Time deadline)
{
    std::unique_lock acting(application.acting);
    const Routing target = routingIn(rollout, application.policy);
    // Another thread may have been here first, or the operator has decided otherwise since.
    const auto seen = m_board.find(application.name);
    if (seen && seen->rollout && seen->rollout->id == rollout.id &&
        seen->rollout->generation > rollout.generation) {
        return absl::AbortedError(
            fmt::format("rollout {} is {} already", rollout.id, stepName(seen->rollout->step)));
    }
    const bool isBack = rollout.step == Step::SwitchingBack;
    PH_FAULT(isBack ? "rollouts.before_act_back" : "rollouts.before_act");
    const absl::Status routed = application.driver->route(
        {target,
         {realm, fence.number},
         isBack ? std::string() : rollout.approvedServers,
         /*isPromotion=*/!isBack});
    if (!isBack && reasonOf(routed) == kRevisionChanged) {
        acting.unlock();
        PH_RETURN_IF_ERROR(giveUp(rollout, routed, fence, database, deadline));
    }
    PH_RETURN_IF_ERROR(routed);
    PH_FAULT(isBack ? "rollouts.after_act_back" : "rollouts.after_act");
    // A database that hangs must not hold up a rollback. What was decided stands in it already.
    acting.unlock();
    const absl::Time now = m_clock.now();
    Rollout after = afterMove(rollout, settled(rollout), now);
    if (after.step == Step::Switched) {
        after.switchTime = now;
        after.warmUntil = now + application.policy.keepWarm;
    }
    const auto write = [&](postgres::Transaction& transaction) -> absl::Status {
        PH_RETURN_IF_ERROR(fence.check(transaction));
        PH_RETURN_IF_ERROR(m_records.store().lock(transaction, application.name).status());
        PH_RETURN_IF_ERROR(
            m_records.store().setActive(transaction, application.name, target.active));
        return m_records.keepOwn(
            transaction, rollout, after, std::string(stepName(after.step)), now);
    };
    PH_RETURN_IF_ERROR(database.transact(write, deadline));
    PH_FAULT(isBack ? "rollouts.after_done_back" : "rollouts.after_done");
    m_switches
        .Add({{"application", application.name}, {"to", std::string(colourName(target.active))}})
        .Increment();
    m_board.putRollout(after);
    return after;
}

absl::Status Switcher::giveUp(
    const Rollout& rollout,
    const absl::Status& why,
    const leader::Fence& fence,
    postgres::Database& database,
    absl::Time deadline)
{
    const absl::Time now = m_clock.now();
    Rollout after = afterMove(rollout, goingBack(rollout, std::string(why.message())), now);
    PH_RETURN_IF_ERROR(
        m_records.moveOwn(database, fence, rollout, after, "rollback", now, deadline));
    m_board.putRollout(after);
    return absl::OkStatus();
}

} // namespace pilothouse::rollouts
