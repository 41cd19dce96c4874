// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/settings/page/AppearanceSection.h"

namespace pilothouse::ui {

namespace {

constexpr int kTextStep = 10;

template <typename Enum>
int numberOf(Enum value)
{
    return static_cast<int>(value);
}

} // namespace

AppearanceSection::AppearanceSection(const Theme& theme, Settings& settings, QWidget* parent)
    : SettingsForm(theme, settings, parent)
{
    addChoice(
        tr("Theme"),
        tr("System follows the desktop, also when it changes"),
        {{tr("System"), numberOf(ThemeChoice::System)},
         {tr("Light"), numberOf(ThemeChoice::Light)},
         {tr("Dark"), numberOf(ThemeChoice::Dark)},
         {tr("High contrast"), numberOf(ThemeChoice::HighContrast)}},
        [&settings] { return numberOf(settings.theme()); },
        [&settings](int value) { settings.setTheme(static_cast<ThemeChoice>(value)); });
    addChoice(
        tr("Density"),
        tr("Compact makes rows and controls 4 px lower"),
        {{tr("Comfortable"), numberOf(Density::Comfortable)},
         {tr("Compact"), numberOf(Density::Compact)}},
        [&settings] { return numberOf(settings.density()); },
        [&settings](int value) { settings.setDensity(static_cast<Density>(value)); });
    addNumber(
        tr("Text size"),
        tr("Scales text and what holds it"),
        {Settings::kSmallestTextScale, Settings::kLargestTextScale},
        kTextStep,
        QStringLiteral(" %"),
        [&settings] { return settings.textScale(); },
        [&settings](int value) { settings.setTextScale(value); });
    addSwitch(
        tr("Reduce motion"),
        tr("No fading"),
        [&settings] { return settings.reduceMotion(); },
        [&settings](bool on) { settings.setReduceMotion(on); });
    addChoice(
        tr("Times"),
        tr("Everywhere: axes, tables, band and clock"),
        {{tr("UTC"), numberOf(TimeDisplay::Utc)}, {tr("Local time"), numberOf(TimeDisplay::Local)}},
        [&settings] { return numberOf(settings.timeDisplay()); },
        [&settings](int value) { settings.setTimeDisplay(static_cast<TimeDisplay>(value)); });
}

} // namespace pilothouse::ui
