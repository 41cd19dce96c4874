// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plans/PlannedActions.h"

#include "shared/client/PlansClient.h"
#include "ui/plans/LeaseSheet.h"
#include "ui/session/OnGuiThread.h"
#include "ui/shell/ConnectionText.h"

#include "shared/base/StatusHelpers.h"

#include <algorithm>

namespace pilothouse::ui {

namespace {

bool isAway(const absl::Status& status)
{
    return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

} // namespace

PlannedActions::PlannedActions(
    Session& session, const Theme& theme, Settings& settings, const Clock& clock, QObject* parent)
    : QObject(parent), m_session(session), m_theme(theme), m_settings(settings), m_clock(clock)
{
    connect(&session.safety(), &SafetyFeed::changed, this, &PlannedActions::followSafety);
}

PlannedActions::~PlannedActions()
{
    // A sheet whose page is gone would confirm nothing.
    if (m_sheet) {
        m_sheet->disconnect(this);
        Q_EMIT m_sheet->closeRequested();
    }
}

void PlannedActions::setPhase(Phase phase)
{
    if (m_phase != phase) {
        m_phase = phase;
        Q_EMIT phaseChanged();
    }
}

void PlannedActions::start(PlannedStep step)
{
    if (m_phase != Phase::Idle) {
        return;
    }
    m_step = std::move(step);
    m_hasUnlocked = false;
    m_why.clear();
    askPlan();
}

void PlannedActions::askPlan()
{
    setPhase(Phase::Planning);
    m_approvalId.clear();
    m_call = m_step.ask(
        plans::planOnly(),
        onGuiThread<plans::Plan>(
            this, [this](const absl::StatusOr<plans::Plan>& answer) { onPlan(answer); }));
}

void PlannedActions::onPlan(const absl::StatusOr<plans::Plan>& answer)
{
    if (!answer.ok()) {
        !m_step.withoutPlan.isEmpty() && isAway(answer.status()) ? planLocally()
                                                                 : fail(answer.status());
        return;
    }
    m_plan = *answer;
    // The lease that was just taken may be known here before the feed tells of it.
    if (m_plan.needsLease && m_session.safety().isLocked() && !m_hasUnlocked) {
        offerUnlock();
    } else {
        confirm();
    }
}

void PlannedActions::planLocally()
{
    m_plan = {};
    m_plan.title = m_step.look.verb.toStdString();
    m_plan.environmentName = m_session.profile().name.toStdString();
    m_plan.impact.summary = m_step.withoutPlan.toStdString();
    m_plan.impact.reversibility = plans::Reversibility::Easy;
    m_plan.friction = plans::Friction::F2;
    confirm();
}

void PlannedActions::offerUnlock()
{
    setPhase(Phase::Unlocking);
    // A sheet that shows the old plan makes room.
    if (m_sheet) {
        m_sheet->disconnect(this);
        m_sheet = nullptr;
    }
    auto* sheet = new LeaseSheet(m_theme, m_session, QString::fromStdString(m_plan.title));
    connect(sheet, &LeaseSheet::taken, this, [this, sheet] {
        sheet->disconnect(this);
        m_hasUnlocked = true;
        // After the sheet is closed; and the plan anew, which may be of another world by now.
        QMetaObject::invokeMethod(
            this, [this] { askPlan(); }, Qt::QueuedConnection);
    });
    watchSheet(*sheet);
    Q_EMIT sheetRequested(sheet);
}

void PlannedActions::watchSheet(Sheet& sheet)
{
    // Once: the sheet is deleted a little after it was closed, and the next one may be open by
    // then.
    const auto closed = [this, which = &sheet] {
        which->disconnect(this);
        onSheetClosed();
    };
    connect(&sheet, &Sheet::closeRequested, this, closed);
    connect(&sheet, &QObject::destroyed, this, closed);
}

Confirmation PlannedActions::confirmation() const
{
    Confirmation shown =
        confirmationOf(m_plan, m_step.look, m_clock.now(), m_settings.timeDisplay());
    if (shown.level == Friction::F4 && m_approvalId.empty()) {
        shown.verb = tr("Request approval");
        shown.isDanger = false;
    }
    return shown;
}

void PlannedActions::confirm()
{
    if (m_plan.friction <= plans::Friction::F1) {
        plans::Confirmation given;
        given.planDigest = m_plan.digest;
        execute(given);
        return;
    }
    const plans::Approval* ready = m_session.safety().readyFor(m_plan.digest);
    const plans::Approval* pending =
        m_session.safety().pendingFor(m_plan.digest, m_session.operatorName());
    m_approvalId = ready != nullptr ? ready->id : std::string();
    setPhase(Phase::Confirming);
    if (m_sheet) {
        m_sheet->replan(m_why, confirmation());
    } else {
        m_sheet = new ConfirmSheet(m_theme, confirmation());
        watchSheet(*m_sheet);
        connect(m_sheet, &ConfirmSheet::confirmed, this, &PlannedActions::onConfirmed);
        Q_EMIT sheetRequested(m_sheet);
    }
    if (ready != nullptr) {
        m_sheet->proceed(
            tr("%1 approved it.").arg(QString::fromStdString(ready->decidedBy)), m_step.look.verb);
    } else if (pending != nullptr) {
        awaitApproval(*pending);
    }
}

void PlannedActions::onSheetClosed()
{
    m_sheet = nullptr;
    // What was sent goes on, and is told of by a message.
    if (m_phase != Phase::Executing && m_phase != Phase::Requesting) {
        finish();
    }
}

void PlannedActions::onConfirmed(const QString& reason, const QString& typedName, bool pasted)
{
    if (m_plan.friction == plans::Friction::F4 && m_approvalId.empty()) {
        requestApproval(reason);
        return;
    }
    execute({m_plan.digest, reason.toStdString(), typedName.toStdString(), m_approvalId, pasted});
}

void PlannedActions::requestApproval(const QString& reason)
{
    setPhase(Phase::Requesting);
    m_sheet->setWaiting(tr("Asking for approval…"));
    m_call = m_session.plans().requestApproval(
        m_plan.digest,
        reason.toStdString(),
        onGuiThread<plans::Approval>(
            this, [this](const absl::StatusOr<plans::Approval>& answer) { onApproval(answer); }));
}

void PlannedActions::onApproval(const absl::StatusOr<plans::Approval>& answer)
{
    if (!answer.ok()) {
        isPlanOutdated(answer.status()) ? replan(answer.status()) : fail(answer.status());
        return;
    }
    if (!m_sheet) {
        ToastMessage message;
        message.text = tr("Waiting for approval: %1").arg(QString::fromStdString(m_plan.title));
        Q_EMIT toastRequested(message);
        finish();
        return;
    }
    awaitApproval(*answer);
}

void PlannedActions::awaitApproval(const plans::Approval& approval)
{
    m_approvalId = approval.id;
    setPhase(Phase::Waiting);
    m_sheet->setWaiting(
        tr("A second person has to approve it until %1; they see it in their inbox. You can close "
           "this: the request stays, and starting the action again finds it.")
            .arg(clockText(approval.expireTime, m_settings.timeDisplay())),
        tr("It waits for approval"));
    followSafety();
}

void PlannedActions::followSafety()
{
    if (m_phase != Phase::Waiting || !m_sheet || !m_session.safety().isKnown()) {
        return;
    }
    if (const plans::Approval* ready = m_session.safety().readyFor(m_plan.digest)) {
        m_approvalId = ready->id;
        setPhase(Phase::Confirming);
        const QString comment = QString::fromStdString(ready->comment);
        const QString who = QString::fromStdString(ready->decidedBy);
        m_sheet->proceed(
            comment.isEmpty() ? tr("%1 approved it.").arg(who)
                              : tr("%1 approved it: %2").arg(who, comment),
            m_step.look.verb);
        return;
    }
    const auto& pending = m_session.safety().safety().pendingApprovals;
    const bool waits = std::ranges::any_of(
        pending, [&](const plans::Approval& approval) { return approval.id == m_approvalId; });
    if (waits) {
        return;
    }
    // Neither waiting nor ready: somebody said no, or it expired.
    m_call = m_session.plans().getApproval(
        m_approvalId,
        onGuiThread<plans::Approval>(this, [this](const absl::StatusOr<plans::Approval>& answer) {
            if (m_phase != Phase::Waiting || !m_sheet || !answer.ok() ||
                answer->state == plans::ApprovalState::Pending ||
                answer->state == plans::ApprovalState::Approved) {
                return;
            }
            m_approvalId.clear();
            setPhase(Phase::Confirming);
            m_sheet->refuse(
                answer->state == plans::ApprovalState::Rejected
                    ? tr("%1 rejected it: %2")
                          .arg(
                              QString::fromStdString(answer->decidedBy),
                              QString::fromStdString(answer->comment))
                    : tr("The request is %1. Nothing was changed.")
                          .arg(wordOf(answer->state).toLower()));
        }));
}

void PlannedActions::execute(const plans::Confirmation& given)
{
    setPhase(Phase::Executing);
    if (m_sheet) {
        m_sheet->setWaiting(tr("The server is doing it…"));
    }
    m_call = m_step.ask(
        plans::confirmed(given),
        onGuiThread<plans::Plan>(
            this, [this](const absl::StatusOr<plans::Plan>& answer) { onExecuted(answer); }));
}

void PlannedActions::onExecuted(const absl::StatusOr<plans::Plan>& answer)
{
    if (!answer.ok()) {
        if (isPlanOutdated(answer.status())) {
            replan(answer.status());
        } else if (isLeaseMissing(answer.status())) {
            offerUnlock();
        } else {
            fail(answer.status());
        }
        return;
    }
    ToastMessage message;
    message.severity = Severity::Ok;
    message.text = m_step.doneText;
    message.detail = undoText(answer->impact);
    const auto done = m_step.done;
    if (m_sheet) {
        m_sheet->disconnect(this);
        Q_EMIT m_sheet->closeRequested();
    }
    finish();
    Q_EMIT toastRequested(message);
    if (done) {
        done();
    }
}

void PlannedActions::replan(const absl::Status& why)
{
    m_why = outdatedText(why);
    askPlan();
}

void PlannedActions::fail(const absl::Status& status)
{
    const QString text = QString::fromStdString(describe(status));
    if (m_sheet) {
        setPhase(Phase::Confirming);
        m_sheet->refuse(text);
        return;
    }
    ToastMessage message;
    message.severity = Severity::Error;
    message.text = m_phase == Phase::Planning ? tr("%1: not possible").arg(m_step.look.verb)
                                              : tr("%1: not done").arg(m_step.look.verb);
    message.detail = text;
    finish();
    Q_EMIT toastRequested(message);
}

void PlannedActions::finish()
{
    m_sheet = nullptr;
    m_call.reset();
    m_step = {};
    m_approvalId.clear();
    m_why.clear();
    setPhase(Phase::Idle);
}

} // namespace pilothouse::ui
