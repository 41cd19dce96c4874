// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/Connection.h"
#include "ui/session/ConnectionProfile.h"
#include "ui/settings/Settings.h"
#include "ui/theme/Severity.h"

#include <QString>

namespace pilothouse::ui {

/// What the operator can do about a connection state, as the band's button.
enum class ConnectionAction { None, Connect, Cancel, ReviewTrust, RetryNow, Update, SignIn };

/// A connection state as the band shows it: glyph, sentence and colour, always all three
/// (ui.md 1.1).
struct ConnectionText
{
    /// Lucide icon.
    QString icon;
    QString text;
    /// Colour of the mark; Ok is shown plainly, everything else is set off from the band.
    Severity severity = Severity::Unknown;
    ConnectionAction action = ConnectionAction::None;
    /// "Retry now"; empty when there is no action.
    QString actionText = {};
    /// Whether the sentence changes as time passes.
    bool countsTime = false;

    bool operator==(const ConnectionText&) const = default;
};

ConnectionText describeConnection(
    const client::ConnectionStatus& status,
    const ConnectionProfile& profile,
    absl::Time now,
    TimeDisplay display);

/// "TLS, pinned", "mTLS, CA verified", "unix socket": why the console believes that this is the
/// server.
QString trustText(const ConnectionProfile& profile, const client::ConnectionStatus& status);

/// "14:29:58" as the operator reads clocks.
QString clockText(absl::Time time, TimeDisplay display);

} // namespace pilothouse::ui
