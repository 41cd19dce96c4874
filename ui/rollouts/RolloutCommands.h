// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

/// Ids of the commands on rollouts.
namespace pilothouse::ui::rolloutcommand {

// Of every window, whatever page it shows.
inline const QString kPromote = QStringLiteral("rollouts.promote");
inline const QString kRollBack = QStringLiteral("rollouts.rollback");

// Of the page.
inline const QString kStart = QStringLiteral("rollouts.start");
inline const QString kStep = QStringLiteral("rollouts.step");
inline const QString kPause = QStringLiteral("rollouts.pause");
inline const QString kResume = QStringLiteral("rollouts.resume");
inline const QString kKeepWarm = QStringLiteral("rollouts.keep-warm");
inline const QString kAbort = QStringLiteral("rollouts.abort");
inline const QString kSaveReceipt = QStringLiteral("rollouts.save-receipt");

} // namespace pilothouse::ui::rolloutcommand
