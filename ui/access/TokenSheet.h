// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/Session.h"
#include "ui/shell/Sheet.h"

class QComboBox;
class QLineEdit;

namespace pilothouse::ui {

class CommandLine;
class MessageBar;
class PermissionPicker;

/// Makes a personal token for scripts: name, what it may, how long.
class TokenSheet : public Sheet
{
    Q_OBJECT

public:
    TokenSheet(const Theme& theme, Session& session, const Clock& clock);

    QWidget* initialFocus() override;
    void confirm() override;

Q_SIGNALS:
    /// Sent after it is closed. The secret comes only this once.
    void made(const pilothouse::access::NewToken& token);

private:
    void refresh();
    void onAnswer(const absl::StatusOr<access::NewToken>& answer);

    QPointer<Session> m_session;
    const Clock& m_clock;
    QLineEdit* m_name = nullptr;
    QComboBox* m_days;
    PermissionPicker* m_scopes = nullptr;
    CommandLine* m_command;
    MessageBar* m_problem;
    QPushButton* m_make = nullptr;
    client::CallPtr m_call;
};

} // namespace pilothouse::ui
