// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

namespace pilothouse::ui {

/// One word of a command line as a POSIX shell reads it: quoted where it must be.
QString shellQuoted(const QString& word);

/// "pilothousectl operators disable lee" of its words.
QString ctlLine(const QStringList& words);

} // namespace pilothouse::ui
