// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/settings/page/SettingsForm.h"

namespace pilothouse::ui {

/// What the console writes to its log, and where it keeps things.
class AdvancedSection : public SettingsForm
{
    Q_OBJECT

public:
    AdvancedSection(
        const Theme& theme,
        Settings& settings,
        const QString& dataFolder,
        QWidget* parent = nullptr);
};

} // namespace pilothouse::ui
