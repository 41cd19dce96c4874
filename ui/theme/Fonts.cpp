// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/Fonts.h"

#include <QDir>
#include <QFontDatabase>

namespace pilothouse::ui {

void loadFonts()
{
    if (QFontDatabase::hasFamily(kSansFamily)) {
        return;
    }
    const QDir folder(QStringLiteral(":/pilothouse/fonts"));
    const QStringList files = folder.entryList(QDir::Files, QDir::Name);
    for (const QString& file : files) {
        if (QFontDatabase::addApplicationFont(folder.filePath(file)) < 0) {
            qWarning("bundled font %s cannot be loaded", qPrintable(file));
        }
    }
}

} // namespace pilothouse::ui
