// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/time/time.h>

#include <QString>

#include <optional>

namespace pilothouse::ui {

/// A moment in the past as a person types it: "14:00" (the last one), "yesterday 14:00",
/// "yesterday", "today 9:30", "2026-11-20", "2026-11-20 14:00:30". Nothing when it is not one, or
/// lies after `now`.
std::optional<absl::Time> parseMoment(const QString& text, absl::Time now, bool utc);

} // namespace pilothouse::ui
