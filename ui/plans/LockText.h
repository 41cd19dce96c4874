// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/plans/Safety.h"
#include "ui/shell/EnvBand.h"

#include <optional>

namespace pilothouse::ui {

/// From here on the band sets the countdown off, and the end is announced (ui.md 7).
inline constexpr absl::Duration kLeaseFirstWarning = absl::Minutes(2);
inline constexpr absl::Duration kLeaseLastWarning = absl::Seconds(30);

/// The lock as the band shows it; nothing where writes are never locked.
std::optional<BandLock> describeLock(
    const plans::Safety& safety, absl::Time serverNow, const QString& key);

/// What to announce when the time left went from `before` to `now`; empty for nothing.
QString leaseWarning(absl::Duration before, absl::Duration now);

} // namespace pilothouse::ui
