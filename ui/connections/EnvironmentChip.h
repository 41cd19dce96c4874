// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/system/Health.h"
#include "ui/theme/Theme.h"

#include <QPainter>

namespace pilothouse::ui {

/// Draws the environment's word on its fill, at the left of `area`, centred in height; returns its
/// width.
int drawEnvironmentChip(
    QPainter& painter, const Theme& theme, const QRect& area, system::Environment environment);

/// The fill alone as a square, for a combo box.
QIcon environmentIcon(const Theme& theme, system::Environment environment);

} // namespace pilothouse::ui
