// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/access/Account.h"
#include "ui/plans/PlannedSheet.h"

#include <optional>

class QLineEdit;

namespace pilothouse::ui {

class CheckList;

/// Makes an operator, or changes display name and roles of one.
class OperatorSheet : public PlannedSheet
{
    Q_OBJECT

public:
    /// Without `account` a new one.
    OperatorSheet(
        const Theme& theme,
        Session& session,
        const std::vector<access::Role>& roles,
        const std::optional<access::Account>& account);

    QWidget* initialFocus() override;

protected:
    QString lacking() const override;
    PlannedStep step() const override;

private:
    access::Operator who() const;
    QString commandText() const;

    QPointer<Session> m_session;
    std::optional<access::Account> m_before;
    QLineEdit* m_name = nullptr;
    QLineEdit* m_displayName = nullptr;
    QLineEdit* m_password = nullptr;
    QLineEdit* m_again = nullptr;
    CheckList* m_roles = nullptr;
};

} // namespace pilothouse::ui
