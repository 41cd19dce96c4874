// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/Confirmation.h"
#include "ui/shell/Sheet.h"

class QLineEdit;

namespace pilothouse::ui {

class FactList;
class MessageBar;

/// Asks before something happens that cannot be taken back at once: what it does and to how much,
/// the exact command, a reason, and from F3 on the name typed. Cancel is the default, Enter never
/// confirms, Ctrl+Enter does; nothing can be set to "do not ask again".
///
/// The sheet closes when it is confirmed, unless the slot calls `setWaiting` because the server has
/// to be asked: then `refuse` shows what the server said, and closing it is up to the caller.
class ConfirmSheet : public Sheet
{
    Q_OBJECT

public:
    ConfirmSheet(const Theme& theme, Confirmation confirmation, QWidget* parent = nullptr);

    QWidget* initialFocus() override;
    void confirm() override;
    const Confirmation& confirmation() const { return m_confirmation; }

    /// Keeps the sheet open after `confirmed`, with both fields and the button locked.
    /// `hint` says in few words what is waited for.
    void setWaiting(const QString& text, const QString& hint = {});
    bool isWaiting() const { return m_isWaiting; }
    /// What was waited for is there (an approval): says so and lets it be confirmed with this verb.
    void proceed(const QString& message, const QString& verb);
    /// The server did not take it: says so, keeps what was typed, and lets it be tried again.
    void refuse(const QString& message);
    /// The plan changed since it was shown: says so, shows what is different, and asks anew for the
    /// typed name. The new facts are `changed`.
    void replan(const QString& message, Confirmation changed);

    /// What is still missing, as a sentence; empty when it can be confirmed.
    QString missing() const;

Q_SIGNALS:
    /// `pasted`: the name came in one piece; allowed for who cannot type it, and audited.
    void confirmed(const QString& reason, const QString& typedName, bool pasted);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void addCommand();
    void addReason();
    void labelReason();
    void addName();
    void addButtons();
    QLineEdit* addField(QVBoxLayout& place, const QString& label);
    void showFacts(const Confirmation* before);
    void unlock(Severity severity, const QString& message);
    void onNameEdited(const QString& text);
    void refresh();

    Confirmation m_confirmation;
    MessageBar* m_impact;
    MessageBar* m_problem;
    QVBoxLayout* m_factPlace;
    QVBoxLayout* m_namePlace;
    FactList* m_facts = nullptr;
    QLineEdit* m_command = nullptr;
    QLineEdit* m_reason = nullptr;
    QLineEdit* m_name = nullptr;
    QPushButton* m_cancel = nullptr;
    QPushButton* m_confirm = nullptr;
    QString m_typedBefore;
    bool m_isPasted = false;
    bool m_isWaiting = false;
    QString m_waitingHint;
};

} // namespace pilothouse::ui
