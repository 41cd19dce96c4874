// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/jobs/Job.h"
#include "shared/jobs/Schedule.h"

#include <QString>
#include <QStringList>

namespace pilothouse::ui {

/// The command lines that do the same as the page, to be copied.
QString runCommand(const std::string& kind, const jobs::Parameters& parameters);
/// "pilothousectl jobs cancel ID"
QString jobCommand(const QString& verb, const std::string& id);
QString scheduleCommand(const jobs::Schedule& schedule);
/// "pilothousectl jobs schedules remove NAME"
QString scheduleVerbCommand(const QString& verb, const std::string& name);

} // namespace pilothouse::ui
