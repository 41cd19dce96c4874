// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/OverrideSheet.h"

#include "ui/components/FieldForm.h"
#include "ui/components/MessageBar.h"
#include "ui/rollouts/RolloutActions.h"
#include "ui/rollouts/RolloutText.h"

#include <QLineEdit>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

QString warningOf(const rollouts::Rollout& rollout)
{
    const QString seen = evidenceText(rollout);
    const QString verdict =
        rollout.verdict == rollouts::Verdict::Hold
            ? OverrideSheet::tr("The comparison could not decide in its time.")
        : rollout.verdict == rollouts::Verdict::Abort
            ? OverrideSheet::tr("The comparison says abort: the candidate is worse.")
            : OverrideSheet::tr("The comparison has not decided yet.");
    return seen.isEmpty() ? verdict : verdict + QLatin1Char(' ') + seen + QLatin1Char('.');
}

} // namespace

OverrideSheet::OverrideSheet(const Theme& theme, Session& session, const rollouts::Rollout& rollout)
    : PlannedSheet(
          theme,
          QStringLiteral("rocket"),
          tr("Promote %1 without the verdict").arg(lowerNameOf(rollout.candidate))),
      m_session(&session),
      m_rollout(rollout)
{
    form()->addWidget(new MessageBar(theme, Severity::Warning, warningOf(rollout), this));
    auto* fields = new FieldForm(theme, this);
    m_reason = fields->addText(
        tr("Why"), tr("hot fix for the till"), tr("It stands in the audit and on the receipt."));
    form()->addWidget(fields);
    connect(fields, &FieldForm::edited, this, [this] { refresh(); });
    finish(tr("Promote…"));
}

QWidget* OverrideSheet::initialFocus()
{
    return m_reason;
}

QString OverrideSheet::lacking() const
{
    if (!m_session) {
        return tr("Not connected");
    }
    return m_reason->text().trimmed().isEmpty() ? tr("A reason is needed") : QString();
}

PlannedStep OverrideSheet::step() const
{
    if (!m_session) {
        return {};
    }
    const QString reason = m_reason->text().trimmed();
    // Not empty: that would be a promotion by the verdict.
    return promoteStep(
        m_session->rollouts(), m_rollout, reason.isEmpty() ? QStringLiteral("REASON") : reason);
}

} // namespace pilothouse::ui
