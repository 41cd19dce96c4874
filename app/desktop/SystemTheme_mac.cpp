// SPDX-License-Identifier: GPL-3.0-or-later
// AppleInterfaceStyle is "Dark" or absent; a change comes with a palette event.
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
    const QSettings global(QStringLiteral("Apple Global Domain"), QSettings::NativeFormat);
    m_take(global.value(QStringLiteral("AppleInterfaceStyle")).toString() == QLatin1String("Dark"));
}

bool SystemThemePlatform::eventFilter(QObject*, QEvent* event)
{
    if (event->type() == QEvent::ApplicationPaletteChange || event->type() == QEvent::ThemeChange) {
        ask();
    }
    return false;
}

} // namespace pilothouse::desktop
