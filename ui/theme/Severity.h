// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Tokens.h"

#include <QString>

namespace pilothouse::ui {

/// How bad something is, worst last but for Unknown. Always shown as colour, shape and word.
enum class Severity { Unknown, Ok, Info, Warning, Error, Critical };

inline constexpr int kSeverityCount = 6;

/// What a severity looks like and is called.
struct SeverityLook
{
    Color mark;
    Color text;
    Color fill;
    /// Lucide icon.
    QString icon;
    QString word;
};

SeverityLook lookOf(Severity severity);

} // namespace pilothouse::ui
