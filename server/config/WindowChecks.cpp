// SPDX-License-Identifier: Apache-2.0
#include "server/config/KnownApplications.h"
#include "server/config/RolloutChecks.h"
#include "shared/rollouts/ChangeWindow.h"

#include <fmt/format.h>

namespace pilothouse::config {

void checkWindows(Checker& checker, const Rollouts& rollouts)
{
    for (std::size_t index = 0; index < rollouts.windows.size(); ++index) {
        const ChangeWindow& one = rollouts.windows[index];
        const std::string table = fmt::format("{}[{}]", kWindowTable, index);
        const auto window = rollouts::makeChangeWindow(
            rollouts::ChangeWindow::Kind::Allow,
            one.schedule,
            one.duration,
            one.timeZone,
            one.description);
        checker.require(
            window.ok(), {table + ".schedule", table}, std::string(window.status().message()));
        requireKnown(checker, rollouts, one.applications, table);
    }
}

} // namespace pilothouse::config
