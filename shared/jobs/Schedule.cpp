// SPDX-License-Identifier: Apache-2.0
#include "shared/jobs/Schedule.h"

namespace pilothouse::jobs {

std::string_view missedRunPolicyName(MissedRunPolicy policy)
{
    return policy == MissedRunPolicy::RunOnce ? "run-once" : "skip";
}

std::optional<MissedRunPolicy> missedRunPolicyOf(std::string_view name)
{
    if (name == "skip") {
        return MissedRunPolicy::Skip;
    }
    if (name == "run-once") {
        return MissedRunPolicy::RunOnce;
    }
    return std::nullopt;
}

std::string_view runOutcomeName(RunOutcome outcome)
{
    switch (outcome) {
    case RunOutcome::Started:
        return "started";
    case RunOutcome::Overlapped:
        return "overlapped";
    case RunOutcome::Missed:
        return "missed";
    case RunOutcome::Failed:
        break;
    }
    return "failed";
}

RunOutcome runOutcomeOf(std::string_view name)
{
    if (name == "started") {
        return RunOutcome::Started;
    }
    if (name == "overlapped") {
        return RunOutcome::Overlapped;
    }
    return name == "missed" ? RunOutcome::Missed : RunOutcome::Failed;
}

} // namespace pilothouse::jobs
