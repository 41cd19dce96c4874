// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/SystemTheme.h"

#include "app/desktop/SystemThemePlatform.h"

#include <QGuiApplication>
#include <QPalette>

namespace pilothouse::desktop {

namespace {

bool isPaletteDark()
{
    const QPalette palette = QGuiApplication::palette();
    return palette.color(QPalette::Window).lightness() <
           palette.color(QPalette::WindowText).lightness();
}

} // namespace

SystemTheme::SystemTheme(LastKnown lastKnown, QObject* parent)
    : QObject(parent),
      m_isDark(lastKnown == LastKnown::Nothing ? isPaletteDark() : lastKnown == LastKnown::Dark),
      m_platform(std::make_unique<SystemThemePlatform>([this](bool isDark) { take(isDark); }))
{}

SystemTheme::~SystemTheme() = default;

void SystemTheme::take(bool isDark)
{
    if (isDark != m_isDark) {
        m_isDark = isDark;
        Q_EMIT changed();
    }
}

} // namespace pilothouse::desktop
