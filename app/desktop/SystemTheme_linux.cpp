// SPDX-License-Identifier: GPL-3.0-or-later
// The settings portal of the desktop: org.freedesktop.appearance color-scheme, 1 = dark, 2 = light.
#include "app/desktop/SystemThemePlatform.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QFile>

#include <unistd.h>

namespace pilothouse::desktop {

namespace {

const auto kService = QStringLiteral("org.freedesktop.portal.Desktop");
const auto kPath = QStringLiteral("/org/freedesktop/portal/desktop");
const auto kInterface = QStringLiteral("org.freedesktop.portal.Settings");
const auto kGroup = QStringLiteral("org.freedesktop.appearance");
const auto kKey = QStringLiteral("color-scheme");
constexpr uint kDark = 1;
constexpr uint kLight = 2;

/// Without a running bus, asking for one would start one.
bool hasSessionBus()
{
    return !qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS") ||
           QFile::exists(QStringLiteral("/run/user/%1/bus").arg(getuid()));
}

} // namespace

SystemThemePlatform::SystemThemePlatform(std::function<void(bool)> take) : m_take(std::move(take))
{
    if (!hasSessionBus()) {
        return;
    }
    QDBusConnection::sessionBus().connect(
        kService,
        kPath,
        kInterface,
        QStringLiteral("SettingChanged"),
        {kGroup, kKey},
        QString(),
        this,
        SLOT(ask()));
    ask();
}

SystemThemePlatform::~SystemThemePlatform() = default;

void SystemThemePlatform::ask()
{
    QDBusMessage question =
        QDBusMessage::createMethodCall(kService, kPath, kInterface, QStringLiteral("Read"));
    question << kGroup << kKey;
    auto* watcher =
        new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(question), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
        watcher->deleteLater();
        const QDBusPendingReply<QDBusVariant> reply = *watcher;
        if (reply.isError()) {
            return;
        }
        QVariant value = reply.value().variant();
        // Portals answer with a variant inside a variant.
        if (value.canConvert<QDBusVariant>()) {
            value = value.value<QDBusVariant>().variant();
        }
        const uint scheme = value.toUInt();
        if (scheme == kDark || scheme == kLight) {
            m_take(scheme == kDark);
        }
    });
}

bool SystemThemePlatform::eventFilter(QObject*, QEvent*)
{
    return false;
}

} // namespace pilothouse::desktop
