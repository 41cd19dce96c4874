// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/plans/Safety.h"
#include "ui/session/Session.h"
#include "ui/settings/Settings.h"
#include "ui/shell/Sheet.h"

class QLineEdit;

namespace pilothouse::ui {

class MessageBar;

/// The second person's look at a plan: what it does, on what grounds, who asks and why; then yes or
/// no. The answer is bound to the plan that is shown.
class DecisionSheet : public Sheet
{
    Q_OBJECT

public:
    enum class Decision { Approve, Reject };

    DecisionSheet(
        const Theme& theme,
        Session& session,
        Settings& settings,
        const Clock& clock,
        const plans::Approval& approval,
        Decision decision);

    QWidget* initialFocus() override;
    void confirm() override;

Q_SIGNALS:
    /// Sent before it closes.
    void decided(const pilothouse::plans::Approval& approval);

private:
    void build(const Clock& clock);
    void refresh();
    void onAnswer(const absl::StatusOr<plans::Approval>& answer);

    QPointer<Session> m_session;
    Settings& m_settings;
    plans::Approval m_approval;
    Decision m_decision;
    QLineEdit* m_comment = nullptr;
    MessageBar* m_problem = nullptr;
    QPushButton* m_confirm = nullptr;
    client::CallPtr m_call;
};

} // namespace pilothouse::ui
