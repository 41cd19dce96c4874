// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/ChildLifetime.h"

#include <QProcess>

#include <csignal>
#include <sys/prctl.h>

namespace pilothouse::ui {

void tieToParent(QProcess& process)
{
    process.setChildProcessModifier([] { prctl(PR_SET_PDEATHSIG, SIGTERM); });
}

} // namespace pilothouse::ui
