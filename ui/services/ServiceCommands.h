// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

/// Ids of the page's commands.
namespace pilothouse::ui::servicecommand {

inline const QString kDrain = QStringLiteral("services.drain");
inline const QString kReturn = QStringLiteral("services.return");
inline const QString kRemove = QStringLiteral("services.remove");
inline const QString kCopyAddress = QStringLiteral("services.copy-address");

} // namespace pilothouse::ui::servicecommand
