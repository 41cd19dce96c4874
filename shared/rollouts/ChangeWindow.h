// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "shared/jobs/Cron.h"
#include "shared/rollouts/Rollout.h"

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pilothouse::rollouts {

/// A time that comes again and again, in which promotions are allowed, or denied (a freeze). As
/// with Argo CD's sync windows: where there are windows that allow, one of them must be open, and
/// none that denies.
struct ChangeWindow
{
    enum class Kind { Allow, Deny };

    Kind kind;
    /// When it opens.
    jobs::Cron schedule;
    absl::Duration duration;
    absl::TimeZone zone;
    /// "year's end", or "".
    std::string description;
};

/// INVALID_ARGUMENT with what is wrong with the expression or the zone.
absl::StatusOr<ChangeWindow> makeChangeWindow(
    ChangeWindow::Kind kind,
    std::string_view schedule,
    absl::Duration duration,
    std::string_view timeZone,
    std::string description);

/// When the window that is open at `now` closes; nothing: it is closed.
std::optional<absl::Time> openUntil(const ChangeWindow& window, absl::Time now);

/// The gate "window"; nothing where there are no windows.
std::optional<Gate> windowGate(const std::vector<ChangeWindow>& windows, absl::Time now);

} // namespace pilothouse::rollouts
