// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/FocusChain.h"

namespace pilothouse::ui {

QWidget* firstFocusable(QWidget& root)
{
    for (QWidget* next = root.nextInFocusChain(); next != &root; next = next->nextInFocusChain()) {
        const bool takesTab = (next->focusPolicy() & Qt::TabFocus) != 0;
        if (takesTab && root.isAncestorOf(next) && next->isVisible() && next->isEnabled()) {
            return next;
        }
    }
    return nullptr;
}

} // namespace pilothouse::ui
