// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QProcess;

namespace pilothouse::ui {

/// Where the system can, has the child asked to end when this program dies without stopping it, so
/// that a crash leaves no server behind. One file a platform; call it before the process is
/// started.
void tieToParent(QProcess& process);

} // namespace pilothouse::ui
