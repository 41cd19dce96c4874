// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/access/Account.h"
#include "ui/plans/PlannedSheet.h"

#include <optional>

class QLineEdit;

namespace pilothouse::ui {

class PermissionPicker;

/// Makes a role, or changes what one allows.
class RoleSheet : public PlannedSheet
{
    Q_OBJECT

public:
    /// Without `role` a new one.
    RoleSheet(const Theme& theme, Session& session, const std::optional<access::Role>& role);

    QWidget* initialFocus() override;

protected:
    QString lacking() const override;
    PlannedStep step() const override;

private:
    access::Role wanted() const;

    QPointer<Session> m_session;
    std::optional<access::Role> m_before;
    QLineEdit* m_name = nullptr;
    QLineEdit* m_description = nullptr;
    PermissionPicker* m_permissions = nullptr;
};

} // namespace pilothouse::ui
