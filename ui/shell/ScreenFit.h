// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSize>

class QWidget;

namespace pilothouse::ui {

/// Makes a window no larger than the free part of its screen, its frame included, and brings it
/// there. Its minimum is `smallest`, or less where the screen has less.
void fitToScreen(QWidget& window, const QSize& smallest);

} // namespace pilothouse::ui
