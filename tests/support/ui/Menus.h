// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QMenu>
#include <QStringList>

namespace pilothouse::test {

/// The menu (or sub-menu) that is open on top; null for none.
QMenu* openMenu();

/// Entries of the menu that is open, without their keys; separators left out.
QStringList menuEntries();

/// Whether the entry of the open menu is ticked.
bool isTicked(const QString& entry);

/// Clicks through the open menu, from entry to sub-menu to entry. False when there is no such
/// entry, or it cannot be chosen.
bool clickMenu(const QStringList& path);

/// The same by keys alone: Down to the entry, Right into its sub-menu, Return.
bool keyMenu(const QStringList& path);

/// Asks for the context menu as the right mouse button does, in the middle of the widget.
QMenu* openContextMenu(QWidget& widget);

} // namespace pilothouse::test
