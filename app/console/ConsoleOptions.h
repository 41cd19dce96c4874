// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/DeepLink.h"

#include <absl/status/statusor.h>

#include <QString>
#include <QStringList>

#include <optional>

namespace pilothouse::console {

/// What the command line asks for.
struct ConsoleOptions
{
    /// Name of a profile, "unix:PATH" or "HOST:PORT"; empty: the last one, or the connection
    /// manager.
    QString connection;
    bool local = false;
    std::optional<ui::DeepLink> link;
    /// Its own settings, profiles and local workspace live here; empty: the user's folders.
    QString profileFolder;
    bool showVersion = false;
    bool showHelp = false;
};

/// `arguments` without the program's name.
absl::StatusOr<ConsoleOptions> parseOptions(const QStringList& arguments);

QString helpText();

} // namespace pilothouse::console
