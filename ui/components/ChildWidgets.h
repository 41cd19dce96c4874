// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace pilothouse::ui {

/// For the destructor of a widget whose children use its members: those go before the children
/// otherwise, and a child that has the focus, or the mouse, still gets events when it goes.
inline void deleteChildWidgets(QWidget* parent)
{
    qDeleteAll(parent->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly));
}

} // namespace pilothouse::ui
