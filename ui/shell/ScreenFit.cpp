// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/ScreenFit.h"

#include <QScreen>
#include <QWidget>

#include <algorithm>

namespace pilothouse::ui {

void fitToScreen(QWidget& window, const QSize& smallest)
{
    const QScreen* screen = window.screen();
    if (screen == nullptr ||
        (window.windowState() & (Qt::WindowMaximized | Qt::WindowFullScreen))) {
        return;
    }
    const QRect free = screen->availableGeometry();
    // Before the first frame was drawn both rectangles are the same.
    const QRect outer = window.frameGeometry();
    const QRect inner = window.geometry();
    const QSize frame = outer.size() - inner.size();
    const QSize largest = free.size() - frame;
    window.setMinimumSize(smallest.boundedTo(largest));
    const QSize size = inner.size().boundedTo(largest);
    if (size != inner.size()) {
        window.resize(size);
    }
    // A place given before it is shown would keep the window manager from choosing a better one.
    if (!window.isVisible()) {
        return;
    }
    const QSize whole = size + frame;
    const QPoint wanted(
        std::clamp(outer.x(), free.left(), free.left() + free.width() - whole.width()),
        std::clamp(outer.y(), free.top(), free.top() + free.height() - whole.height()));
    if (wanted != outer.topLeft()) {
        window.move(wanted);
    }
}

} // namespace pilothouse::ui
