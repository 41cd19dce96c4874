// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QKeySequence>
#include <QString>

#include <functional>

namespace pilothouse::ui {

/// One verb of the console. Menus, buttons, the palette, tooltips and the list of shortcuts are
/// made from it, so that a verb has one name, one key and one reason for being unavailable.
struct Command
{
    /// Stable: "<capability>.<verb>", kept in the operator's shortcut file.
    QString id = {};
    /// Sentence case, begins with a verb or names the place: "Pause live data", "Overview".
    QString title = {};
    /// Name of a Lucide icon, or empty.
    QString icon = {};
    /// Default key; the operator's own stands in Settings.
    QKeySequence shortcut = {};
    /// Section of the palette: "Actions", "Go to" or "Settings".
    QString section = {};
    /// Id of the page that it belongs to; empty for the whole window. The shell sets it for
    /// Page::commands.
    QString scope = {};
    /// Permission that the operator needs ("metrics.view"), or empty.
    QString permission = {};
    /// Why it cannot run now, as a sentence for the operator; empty when it can. May be unset.
    std::function<QString()> disabledReason = {};
    std::function<void()> run = {};
    /// A second key that always works (F1 for the palette), or empty.
    QKeySequence alternative = {};
};

} // namespace pilothouse::ui
