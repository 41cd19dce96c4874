// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace pilothouse::ui {

/// The first widget inside `root` that Tab would reach now; null when there is none.
QWidget* firstFocusable(QWidget& root);

} // namespace pilothouse::ui
