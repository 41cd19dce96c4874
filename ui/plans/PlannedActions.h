// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/Clock.h"
#include "ui/plans/PlanText.h"
#include "ui/session/Session.h"
#include "ui/shell/ConfirmSheet.h"
#include "ui/shell/ToastMessage.h"

#include <QObject>
#include <QPointer>

#include <functional>

namespace pilothouse::ui {

/// An action on the platform as a page starts it.
struct PlannedStep
{
    ActionLook look;
    client::PlannedAction ask;
    /// "lee is disabled", for the message afterwards.
    QString doneText;
    /// What to say when the server cannot make a plan now and the action can be done all the same,
    /// as the way out of an accident; empty: without a plan it is not done.
    QString withoutPlan = {};
    /// After it was done; may be unset. Guard what it captures.
    std::function<void()> done = {};
};

/// Carries an action from the wish to the deed, as every page does it: asks for the plan, offers to
/// unlock, shows the plan at its friction level, requests and awaits a second person's approval,
/// executes, and when the world changed shows the difference and begins anew. One at a time. The
/// server decides all of it; nothing here can leave a step out. GUI thread only.
class PlannedActions : public QObject
{
    Q_OBJECT

public:
    enum class Phase { Idle, Planning, Unlocking, Confirming, Requesting, Waiting, Executing };

    PlannedActions(
        Session& session,
        const Theme& theme,
        Settings& settings,
        const Clock& clock,
        QObject* parent = nullptr);
    ~PlannedActions() override;

    /// Ignored while another one is under way.
    void start(PlannedStep step);
    Phase phase() const { return m_phase; }
    const plans::Plan& plan() const { return m_plan; }

Q_SIGNALS:
    void phaseChanged();
    /// For the page's signals of the same names.
    void sheetRequested(pilothouse::ui::Sheet* sheet);
    void toastRequested(const pilothouse::ui::ToastMessage& message);

private:
    void askPlan();
    void onPlan(const absl::StatusOr<plans::Plan>& answer);
    void planLocally();
    void offerUnlock();
    void confirm();
    /// The sheet for the plan as it is; with an approval, one that can be executed.
    Confirmation confirmation() const;
    void watchSheet(Sheet& sheet);
    void onSheetClosed();
    void onConfirmed(const QString& reason, const QString& typedName, bool pasted);
    void requestApproval(const QString& reason);
    void onApproval(const absl::StatusOr<plans::Approval>& answer);
    void awaitApproval(const plans::Approval& approval);
    void followSafety();
    void execute(const plans::Confirmation& given);
    void onExecuted(const absl::StatusOr<plans::Plan>& answer);
    void replan(const absl::Status& why);
    void fail(const absl::Status& status);
    void finish();
    void setPhase(Phase phase);

    Session& m_session;
    const Theme& m_theme;
    Settings& m_settings;
    const Clock& m_clock;
    Phase m_phase = Phase::Idle;
    PlannedStep m_step;
    plans::Plan m_plan;
    std::string m_approvalId;
    QString m_why;
    bool m_hasUnlocked = false;
    QPointer<ConfirmSheet> m_sheet;
    client::CallPtr m_call;
};

} // namespace pilothouse::ui
