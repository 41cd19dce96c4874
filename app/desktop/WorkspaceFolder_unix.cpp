// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/WorkspaceFolder.h"

#include <QStandardPaths>

#include <unistd.h>

namespace pilothouse::desktop {

QString workspaceFolder()
{
    if (geteuid() == 0) {
        return QStringLiteral("/var/lib/pilothouse-local");
    }
    return QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) +
           QStringLiteral("/local");
}

} // namespace pilothouse::desktop
