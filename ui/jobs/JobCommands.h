// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

/// Ids of the page's commands.
namespace pilothouse::ui::jobcommand {

inline const QString kRun = QStringLiteral("jobs.run");
inline const QString kCancel = QStringLiteral("jobs.cancel");
inline const QString kPause = QStringLiteral("jobs.pause");
inline const QString kResume = QStringLiteral("jobs.resume");
inline const QString kRetry = QStringLiteral("jobs.retry");
inline const QString kCopyCommand = QStringLiteral("jobs.copy-command");
inline const QString kAddSchedule = QStringLiteral("jobs.add-schedule");
inline const QString kEditSchedule = QStringLiteral("jobs.edit-schedule");
inline const QString kPauseSchedule = QStringLiteral("jobs.pause-schedule");
inline const QString kRunSchedule = QStringLiteral("jobs.run-schedule");
inline const QString kDeleteSchedule = QStringLiteral("jobs.delete-schedule");

} // namespace pilothouse::ui::jobcommand
