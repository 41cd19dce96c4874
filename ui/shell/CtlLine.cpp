// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/CtlLine.h"

#include <algorithm>

namespace pilothouse::ui {

QString shellQuoted(const QString& word)
{
    const bool isPlain = !word.isEmpty() && std::ranges::all_of(word, [](QChar sign) {
        return (sign.unicode() < 128 && sign.isLetterOrNumber()) ||
               QStringLiteral("-_./:=@,+").contains(sign);
    });
    if (isPlain) {
        return word;
    }
    QString quoted = word;
    quoted.replace(QLatin1Char('\''), QStringLiteral("'\\''"));
    return QLatin1Char('\'') + quoted + QLatin1Char('\'');
}

QString ctlLine(const QStringList& words)
{
    QString line = QStringLiteral("pilothousectl");
    for (const QString& word : words) {
        line += QLatin1Char(' ') + shellQuoted(word);
    }
    return line;
}

} // namespace pilothouse::ui
