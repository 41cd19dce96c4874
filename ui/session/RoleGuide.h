// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/client/AccessAdminClient.h"

#include <QObject>
#include <QStringList>

namespace pilothouse::ui {

/// Which role would allow a thing: what a control that the operator may not use says. It knows the
/// built-in roles by itself and custom ones once the server has listed them. GUI thread only.
class RoleGuide : public QObject
{
    Q_OBJECT

public:
    explicit RoleGuide(QObject* parent = nullptr);
    ~RoleGuide() override;

    void load(client::AccessAdminClient& access);
    void close() { m_call.reset(); }

    QStringList rolesFor(const QString& permission) const;
    /// "Needs the role operator or admin (jobs.operate)".
    QString sentence(const QString& permission) const;
    /// Everything of the contract, once it is loaded.
    const std::vector<access::Permission>& permissions() const { return m_permissions; }

Q_SIGNALS:
    void changed();

private:
    std::vector<access::Permission> m_permissions;
    client::CallPtr m_call;
};

} // namespace pilothouse::ui
