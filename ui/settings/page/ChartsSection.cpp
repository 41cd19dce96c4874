// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/page/ChartsSection.h"

namespace pilothouse::ui {

ChartsSection::ChartsSection(const Theme& theme, Settings& settings, QWidget* parent)
    : SettingsForm(theme, settings, parent)
{
    addNumber(
        tr("Points a line"),
        tr("More than two points a pixel cannot be seen; the extremes always are. Charts that open "
           "from now on use it."),
        {Settings::kFewestPoints, Settings::kMostPoints},
        100,
        QString(),
        [&settings] { return settings.chartPoints(); },
        [&settings](int value) { settings.setChartPoints(value); });
}

} // namespace pilothouse::ui
