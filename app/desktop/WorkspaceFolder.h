// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace pilothouse::desktop {

/// Where the local workspace keeps its data: the user's local data folder. The superuser's server
/// runs its database as another user, who cannot enter root's home, so there it is a folder of the
/// system.
QString workspaceFolder();

} // namespace pilothouse::desktop
