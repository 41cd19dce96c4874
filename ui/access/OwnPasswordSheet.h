// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/Session.h"
#include "ui/shell/Sheet.h"

class QLineEdit;

namespace pilothouse::ui {

class MessageBar;

/// Changes the operator's own password.
class OwnPasswordSheet : public Sheet
{
    Q_OBJECT

public:
    OwnPasswordSheet(const Theme& theme, Session& session);

    QWidget* initialFocus() override;
    void confirm() override;

Q_SIGNALS:
    /// Sent before it closes.
    void changed();

private:
    void refresh();

    QPointer<Session> m_session;
    QLineEdit* m_current = nullptr;
    QLineEdit* m_next = nullptr;
    QLineEdit* m_again = nullptr;
    MessageBar* m_problem;
    QPushButton* m_change = nullptr;
    client::CallPtr m_call;
};

} // namespace pilothouse::ui
