// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace pilothouse::ui {

/// Families of the bundled fonts: subsets of Inter (with tabular figures as its only figures) and
/// of JetBrains Mono under names of their own, so that pictures are the same everywhere.
inline const QString kSansFamily = QStringLiteral("Pilothouse Inter");
inline const QString kMonoFamily = QStringLiteral("Pilothouse Mono");

/// Registers the bundled fonts with the application; needs a QGuiApplication, once is enough.
void loadFonts();

} // namespace pilothouse::ui
