// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/system/Health.h"
#include "ui/theme/Tokens.h"

#include <QString>

namespace pilothouse::ui {

/// How an environment is marked on band, frame and chip: always a word with its fill (ui.md 2.3).
struct EnvironmentLook
{
    Color fill;
    Color text;
    /// "PRODUCTION".
    QString word;
    /// For the window title: "PROD".
    QString shortWord;
};

EnvironmentLook lookOf(system::Environment environment);

} // namespace pilothouse::ui
