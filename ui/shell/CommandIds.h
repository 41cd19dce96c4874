// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

/// Ids of the shell's own commands, for buttons and tests; pages have their own.
namespace pilothouse::ui::command {

inline const QString kPalette = QStringLiteral("app.palette");
inline const QString kQuit = QStringLiteral("app.quit");
inline const QString kConnections = QStringLiteral("connection.switch");
inline const QString kRetry = QStringLiteral("connection.retry");
inline const QString kDisconnect = QStringLiteral("connection.disconnect");
inline const QString kSignOut = QStringLiteral("connection.sign-out");
inline const QString kBack = QStringLiteral("history.back");
inline const QString kForward = QStringLiteral("history.forward");
inline const QString kRefresh = QStringLiteral("view.refresh");
inline const QString kFilter = QStringLiteral("view.filter");
inline const QString kInspector = QStringLiteral("view.inspector");
inline const QString kNavigation = QStringLiteral("view.navigation");
inline const QString kNextRegion = QStringLiteral("view.next-region");
inline const QString kPreviousRegion = QStringLiteral("view.previous-region");
inline const QString kFullScreen = QStringLiteral("view.full-screen");
inline const QString kClock = QStringLiteral("view.clock");
inline const QString kCopyLink = QStringLiteral("view.copy-link");
inline const QString kChanges = QStringLiteral("view.changes");
inline const QString kExport = QStringLiteral("view.export");
inline const QString kFocusMenu = QStringLiteral("view.menu");
inline const QString kMessages = QStringLiteral("view.messages");
inline const QString kNewWindow = QStringLiteral("window.new");
inline const QString kTearOff = QStringLiteral("window.tear-off");
inline const QString kPause = QStringLiteral("time.pause");
inline const QString kTimeRange = QStringLiteral("time.choose");
inline const QString kEarlier = QStringLiteral("time.earlier");
inline const QString kLater = QStringLiteral("time.later");
inline const QString kZoomIn = QStringLiteral("time.zoom-in");
inline const QString kZoomOut = QStringLiteral("time.zoom-out");
inline const QString kZoomReset = QStringLiteral("time.zoom-reset");

/// The command that opens a page.
inline QString openPage(const QString& pageId)
{
    return QStringLiteral("page.") + pageId;
}

} // namespace pilothouse::ui::command
