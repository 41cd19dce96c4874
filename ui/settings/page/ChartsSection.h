// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/settings/page/SettingsForm.h"

namespace pilothouse::ui {

/// How often charts are drawn and with how many points.
class ChartsSection : public SettingsForm
{
    Q_OBJECT

public:
    ChartsSection(const Theme& theme, Settings& settings, QWidget* parent = nullptr);
};

} // namespace pilothouse::ui
