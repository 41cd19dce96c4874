// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/Session.h"
#include "ui/settings/Settings.h"

#include <absl/time/time.h>

#include <QString>

namespace pilothouse::ui {

/// "12 s ago", "in 4 m", relative within a day; beyond that "11-24 14:30" or the whole date in
/// another year. "–" for a time that is not known.
QString whenText(absl::Time time, absl::Time now, TimeDisplay display);

/// "2026-11-25 14:30:05 UTC", for tooltips and details; "–" when not known.
QString exactText(absl::Time time, TimeDisplay display);

/// "as of 14:29:58" while what the session shows is not current, else empty.
QString staleNote(const Session& session, TimeDisplay display);

} // namespace pilothouse::ui
