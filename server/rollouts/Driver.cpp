// SPDX-License-Identifier: Apache-2.0
#include "server/rollouts/Driver.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

namespace pilothouse::rollouts {

absl::Status revisionChanged(Colour colour, const std::string& approved, const std::string& found)
{
    return withHint(
        withReason(
            absl::FailedPreconditionError(fmt::format(
                "{} runs {}, but what was approved is {}",
                std::string(colourName(colour)),
                found.empty() ? "nothing" : found,
                approved)),
            kRevisionChanged),
        "Start a rollout of what runs there now.");
}

} // namespace pilothouse::rollouts
