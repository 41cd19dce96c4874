// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/WorkspaceFolder.h"

#include <QStandardPaths>

namespace pilothouse::desktop {

QString workspaceFolder()
{
    return QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) +
           QStringLiteral("/local");
}

} // namespace pilothouse::desktop
