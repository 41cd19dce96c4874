// SPDX-License-Identifier: Apache-2.0
#include "server/scaling/ScaledApplication.h"

#include "shared/base/StatusHelpers.h"

#include <fmt/format.h>

#include <algorithm>

namespace pilothouse::scaling {

absl::StatusOr<ScaleTarget::Seen> ScaledApplication::look()
{
    PH_ASSIGN_OR_RETURN(rollouts::ServerCount count, m_driver.serverCount());
    PH_ASSIGN_OR_RETURN(const rollouts::Observation observation, m_driver.observe());
    if (!observation.active) {
        return absl::UnavailableError(fmt::format("neither side of {} has the traffic", m_name));
    }
    const int up = observation.side(*observation.active).serversUp;
    return Seen{
        {count.wanted, std::min(count.wanted, up)},
        std::move(count.version),
        std::move(count.obstacle)};
}

absl::Status ScaledApplication::scale(const Seen& seen, int instances)
{
    return m_driver.scale({seen.count.wanted, seen.version}, instances);
}

} // namespace pilothouse::scaling
