// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Severity.h"

#include <QString>

#include <functional>

namespace pilothouse::ui {

/// What happened elsewhere or afterwards, in a sentence; with one way on if there is one. Not for
/// what the page shows already.
struct ToastMessage
{
    Severity severity = Severity::Info;
    /// "Backup nightly-0303 verified".
    QString text;
    /// A second line in small type ("2.1 GB in 1 m 40 s"), or empty.
    QString detail;
    /// The verb of the one action ("Undo", "Open"); empty for none.
    QString actionText;
    /// Must stay safe to call for as long as the toast stands: capture guards, not bare pages.
    std::function<void()> action;
    /// How long it stands; an undo that the server grants for 10 s says so here. Errors stay until
    /// they are closed.
    int milliseconds = 6000;
};

} // namespace pilothouse::ui
