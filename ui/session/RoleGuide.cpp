// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/RoleGuide.h"

#include "ui/session/OnGuiThread.h"

#include "shared/access/Permissions.h"

#include <algorithm>

namespace pilothouse::ui {

RoleGuide::RoleGuide(QObject* parent) : QObject(parent) {}

RoleGuide::~RoleGuide() = default;

void RoleGuide::load(client::AccessAdminClient& access)
{
    m_call = access.listPermissions(onGuiThread<std::vector<access::Permission>>(
        this, [this](absl::StatusOr<std::vector<access::Permission>> answer) {
            // Without an answer the built-in roles are still right.
            if (answer.ok()) {
                m_permissions = *std::move(answer);
                Q_EMIT changed();
            }
        }));
}

QStringList RoleGuide::rolesFor(const QString& permission) const
{
    const std::string wanted = permission.toStdString();
    QStringList roles;
    const auto listed = std::ranges::find(m_permissions, wanted, &access::Permission::name);
    if (listed != m_permissions.end()) {
        for (const std::string& role : listed->roles) {
            roles << QString::fromStdString(role);
        }
        return roles;
    }
    for (const char* role : {"viewer", "operator", "admin"}) {
        const auto patterns = access::builtInRole(role);
        if (std::ranges::any_of(patterns, [&](std::string_view pattern) {
                return access::grants(pattern, wanted);
            })) {
            roles << QString::fromLatin1(role);
        }
    }
    return roles;
}

QString RoleGuide::sentence(const QString& permission) const
{
    const QStringList roles = rolesFor(permission);
    if (roles.isEmpty()) {
        return tr("No role includes %1").arg(permission);
    }
    if (roles.size() == 1) {
        return tr("Needs the role %1 (%2)").arg(roles.front(), permission);
    }
    return tr("Needs the role %1 or %2 (%3)")
        .arg(
            QStringList(roles.mid(0, roles.size() - 1)).join(QStringLiteral(", ")),
            roles.back(),
            permission);
}

} // namespace pilothouse::ui
