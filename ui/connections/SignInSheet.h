// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/SecretStore.h"
#include "ui/session/Session.h"
#include "ui/shell/Sheet.h"

#include <QPointer>
#include <QTimer>

class QLineEdit;

namespace pilothouse::ui {

class MessageBar;

/// Name and password for a session. A refused sign-in says why; while the server asks to wait, the
/// button counts the seconds down. The password is not kept.
class SignInSheet : public Sheet
{
    Q_OBJECT

public:
    SignInSheet(const Theme& theme, Session& session, const SecretStore& secrets);

    QWidget* initialFocus() override;
    void confirm() override;
    void cancel() override;

    QLineEdit* nameField() const { return m_name; }
    QLineEdit* passwordField() const { return m_password; }
    QPushButton* button() const { return m_signIn; }

Q_SIGNALS:
    void cancelled();

private:
    void onFinished(const absl::Status& status);
    void refresh();
    QLineEdit* addField(const QString& label, const QString& value);

    QPointer<Session> m_session;
    MessageBar* m_message;
    QLineEdit* m_name;
    QLineEdit* m_password;
    QPushButton* m_cancel;
    QPushButton* m_signIn;
    QTimer m_wait;
    int m_secondsToWait = 0;
};

} // namespace pilothouse::ui
