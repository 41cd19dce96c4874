// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plans/PlannedSheet.h"

class QLineEdit;

namespace pilothouse::ui {

/// Gives another operator a new password.
class ResetPasswordSheet : public PlannedSheet
{
    Q_OBJECT

public:
    ResetPasswordSheet(const Theme& theme, Session& session, const std::string& operatorName);

    QWidget* initialFocus() override;

protected:
    QString lacking() const override;
    PlannedStep step() const override;

private:
    QPointer<Session> m_session;
    std::string m_name;
    QLineEdit* m_password = nullptr;
    QLineEdit* m_again = nullptr;
};

} // namespace pilothouse::ui
