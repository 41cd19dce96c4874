// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <optional>

namespace pilothouse::ui {

/// How well a pattern, typed in a hurry, names a text: all its characters must appear in order,
/// whatever their case. Beginnings of words and runs count more, gaps less; nothing when it does
/// not match. Both must be case-folded by the caller, so that a list is folded once.
std::optional<int> fuzzyScore(QStringView foldedPattern, QStringView foldedText);

} // namespace pilothouse::ui
