// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QStringList>
#include <QWidget>

namespace pilothouse::test {

/// Walks what a screen reader would see below `root` and returns every focusable node without a
/// name as "class path, role".
QStringList unnamedFocusable(QWidget& root);

} // namespace pilothouse::test
