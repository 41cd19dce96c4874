// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/live/PromString.h"

namespace pilothouse::ui {

QString promString(QString text)
{
    text.replace(QLatin1Char('\\'), QLatin1String("\\\\"));
    text.replace(QLatin1Char('"'), QLatin1String("\\\""));
    text.replace(QLatin1Char('\n'), QLatin1String("\\n"));
    return QLatin1Char('"') + text + QLatin1Char('"');
}

} // namespace pilothouse::ui
