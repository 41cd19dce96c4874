// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/ChildLifetime.h"

namespace pilothouse::ui {

// No such facility: a server that outlives a crash is adopted at the next start.
void tieToParent(QProcess&) {}

} // namespace pilothouse::ui
