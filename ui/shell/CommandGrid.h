// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/Page.h"

class QGridLayout;

namespace pilothouse::ui {

/// A button for each of these commands, two in a row, for the foot of an inspector; without
/// buttons where the page has no commands.
QGridLayout* commandGrid(const PageContext& context, const QStringList& ids, QWidget* parent);

} // namespace pilothouse::ui
