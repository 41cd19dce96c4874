// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <absl/time/time.h>

#include <QString>

namespace pilothouse::ui {

enum class LogLevel { Debug, Info, Warning, Error };

/// One line of a log.
struct LogLine
{
    absl::Time time;
    LogLevel level = LogLevel::Info;
    QString text;
};

} // namespace pilothouse::ui
