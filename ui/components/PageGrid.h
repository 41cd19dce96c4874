// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

class QGridLayout;
class QWidget;

namespace pilothouse::ui {

/// The columns of a page of cards (ui.md 4).
inline constexpr int kPageColumns = 12;

/// Lays out `body` in columns of equal width, with the outer margin of a page.
QGridLayout* pageGrid(const Theme& theme, QWidget* body);

/// After everything is in the grid: the columns stay equal whatever the contents would like.
void keepColumnsEqual(QGridLayout& grid);

} // namespace pilothouse::ui
