// SPDX-License-Identifier: GPL-3.0-or-later
// The registry says whether programs should be light; a change comes with a palette event.
#include "app/desktop/SystemThemePlatform.h"

#include <QCoreApplication>
#include <QEvent>
#include <QSettings>

namespace pilothouse::desktop {

SystemThemePlatform::SystemThemePlatform(std::function<void(bool)> take) : m_take(std::move(take))
{
    QCoreApplication::instance()->installEventFilter(this);
    ask();
}

SystemThemePlatform::~SystemThemePlatform() = default;

void SystemThemePlatform::ask()
{
    const QSettings personalize(
        QStringLiteral("HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Themes\\"
                       "Personalize"),
        QSettings::NativeFormat);
    const QVariant isLight = personalize.value(QStringLiteral("AppsUseLightTheme"));
    if (isLight.isValid()) {
        m_take(isLight.toInt() == 0);
    }
}

bool SystemThemePlatform::eventFilter(QObject*, QEvent* event)
{
    if (event->type() == QEvent::ApplicationPaletteChange || event->type() == QEvent::ThemeChange) {
        ask();
    }
    return false;
}

} // namespace pilothouse::desktop
