// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

/// Ids of the commands on autoscaling policies.
namespace pilothouse::ui::scalingcommand {

inline const QString kPause = QStringLiteral("scaling.pause");
inline const QString kResume = QStringLiteral("scaling.resume");
inline const QString kSimulate = QStringLiteral("scaling.simulate");

} // namespace pilothouse::ui::scalingcommand
