// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/settings/page/SettingsForm.h"

namespace pilothouse::ui {

/// Theme, density, text size, motion, clock.
class AppearanceSection : public SettingsForm
{
    Q_OBJECT

public:
    AppearanceSection(const Theme& theme, Settings& settings, QWidget* parent = nullptr);
};

} // namespace pilothouse::ui
