// SPDX-License-Identifier: Apache-2.0
#include "server/scaling/ScaledApplication.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::scaling {

absl::StatusOr<ScaleTarget::Seen> ScaledApplication::look()
{
    PH_ASSIGN_OR_RETURN(const int wanted, m_driver.serverCount());
    PH_ASSIGN_OR_RETURN(const rollouts::Observation observation, m_driver.observe());
    if (!observation.active) {
        return absl::UnavailableError(fmt::format("neither side of {} has the traffic", m_name));
    }
    Seen seen;
    seen.count = {wanted, std::min(wanted, observation.side(*observation.active).serversUp)};
    return seen;
}

absl::Status ScaledApplication::scale(const Seen& seen, int instances)
{
    return m_driver.scale(seen.count.wanted, instances);
}

} // namespace pilothouse::scaling
