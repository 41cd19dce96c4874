// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/Session.h"
#include "ui/shell/Sheet.h"

class QLineEdit;

namespace pilothouse::ui {

class MessageBar;

/// Asks for the reason and takes the write lease. Closes when the server gave it.
class LeaseSheet : public Sheet
{
    Q_OBJECT

public:
    /// `purpose`: what it is wanted for ("Disable operator lee"), or empty.
    LeaseSheet(const Theme& theme, Session& session, const QString& purpose);

    QWidget* initialFocus() override;
    void confirm() override;

Q_SIGNALS:
    /// Sent before it closes.
    void taken();

private:
    void onAnswer(const absl::StatusOr<plans::Lease>& answer);
    void refresh();

    QPointer<Session> m_session;
    MessageBar* m_problem;
    QLineEdit* m_reason;
    QPushButton* m_unlock;
    client::CallPtr m_call;
};

} // namespace pilothouse::ui
