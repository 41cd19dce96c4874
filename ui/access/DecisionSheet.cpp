// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/DecisionSheet.h"

#include "shared/client/PlansClient.h"
#include "ui/components/FactList.h"
#include "ui/components/FieldForm.h"
#include "ui/components/MessageBar.h"
#include "ui/plans/PlanText.h"
#include "ui/session/OnGuiThread.h"
#include "ui/shell/WhenText.h"
#include "ui/theme/ThemeStyle.h"

#include "shared/base/StatusHelpers.h"

#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

constexpr int kDecisionSheetWidth = 640;

} // namespace

DecisionSheet::DecisionSheet(
    const Theme& theme,
    Session& session,
    Settings& settings,
    const Clock& clock,
    const plans::Approval& approval,
    Decision decision)
    : Sheet(
          theme,
          decision == Decision::Approve ? QStringLiteral("check") : QStringLiteral("x"),
          decision == Decision::Approve
              ? tr("Approve: %1 in %2")
                    .arg(
                        QString::fromStdString(approval.plan.title),
                        QString::fromStdString(approval.plan.environmentName))
              : tr("Reject: %1 in %2")
                    .arg(
                        QString::fromStdString(approval.plan.title),
                        QString::fromStdString(approval.plan.environmentName))),
      m_session(&session),
      m_settings(settings),
      m_approval(approval),
      m_decision(decision)
{
    setPreferredWidth(kDecisionSheetWidth);
    build(clock);
    refresh();
}

void DecisionSheet::build(const Clock& clock)
{
    const plans::Plan& plan = m_approval.plan;
    const TimeDisplay display = m_settings.timeDisplay();
    body()->addWidget(new MessageBar(
        theme(), severityOf(plan.impact), impactText(plan.impact, clock.now(), display), this));
    auto* facts = new FactList(theme(), this);
    facts->add(tr("Asked by"), QString::fromStdString(m_approval.requester));
    facts->add(tr("Reason"), QString::fromStdString(m_approval.reason));
    for (const auto& [name, value] : factsOf(plan)) {
        facts->add(name, value);
    }
    facts->add(tr("Valid until"), exactText(m_approval.expireTime, display));
    facts->add(tr("Plan"), QString::fromStdString(plan.digest).left(16), TypeRole::Mono);
    body()->addWidget(facts);
    auto* fields = new FieldForm(theme(), this);
    m_comment = fields->addText(
        tr("Comment"),
        m_decision == Decision::Reject ? tr("why not") : tr("optional"),
        tr("%1 reads it, and it goes to the audit log.")
            .arg(QString::fromStdString(m_approval.requester)));
    body()->addWidget(fields);
    m_problem = new MessageBar(theme(), Severity::Error, {}, this);
    body()->addWidget(m_problem);
    QPushButton* cancelButton = addButton(tr("Cancel"));
    connect(cancelButton, &QAbstractButton::clicked, this, &Sheet::cancel);
    const bool approves = m_decision == Decision::Approve;
    m_confirm = addButton(approves ? tr("Approve") : tr("Reject"));
    setButtonKind(*m_confirm, approves ? ButtonKind::Primary : ButtonKind::Danger);
    connect(m_confirm, &QAbstractButton::clicked, this, &DecisionSheet::confirm);
    connect(fields, &FieldForm::edited, this, &DecisionSheet::refresh);
}

QWidget* DecisionSheet::initialFocus()
{
    return m_comment;
}

void DecisionSheet::refresh()
{
    const QString lacks = m_decision == Decision::Reject && m_comment->text().trimmed().isEmpty()
                              ? tr("Why not is needed")
                              : QString();
    m_confirm->setEnabled(lacks.isEmpty() && m_call == nullptr);
    m_confirm->setToolTip(lacks);
    m_confirm->setAccessibleDescription(lacks);
    setHint(
        m_call != nullptr ? tr("Asking the server…")
        : lacks.isEmpty() ? tr("Esc cancels · Ctrl+Enter decides")
                          : lacks);
}

void DecisionSheet::confirm()
{
    if (!m_confirm->isEnabled() || !m_session) {
        return;
    }
    m_problem->setMessage(Severity::Error, {});
    const std::string comment = m_comment->text().trimmed().toStdString();
    auto answered = onGuiThread<plans::Approval>(
        this, [this](const absl::StatusOr<plans::Approval>& answer) { onAnswer(answer); });
    client::PlansClient& plans = m_session->plans();
    m_call =
        m_decision == Decision::Approve
            ? plans.approve(m_approval.id, m_approval.plan.digest, comment, std::move(answered))
            : plans.reject(m_approval.id, comment, std::move(answered));
    refresh();
}

void DecisionSheet::onAnswer(const absl::StatusOr<plans::Approval>& answer)
{
    m_call.reset();
    refresh();
    if (!answer.ok()) {
        m_problem->setMessage(Severity::Error, QString::fromStdString(describe(answer.status())));
        return;
    }
    Q_EMIT decided(*answer);
    Q_EMIT closeRequested();
}

} // namespace pilothouse::ui
