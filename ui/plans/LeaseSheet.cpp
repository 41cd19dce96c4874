// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plans/LeaseSheet.h"

#include "shared/client/PlansClient.h"
#include "ui/components/MessageBar.h"
#include "ui/components/TextLabel.h"
#include "ui/session/OnGuiThread.h"
#include "ui/theme/ThemeStyle.h"

#include "shared/base/StatusHelpers.h"

#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

constexpr int kLeaseSheetWidth = 520;
/// As much as the audit keeps of a reason.
constexpr int kLeaseSheetLongestReason = 1000;

} // namespace

LeaseSheet::LeaseSheet(const Theme& theme, Session& session, const QString& purpose)
    : Sheet(
          theme,
          QStringLiteral("lock-open"),
          tr("Unlock writes in %1").arg(session.profile().name)),
      m_session(&session),
      m_problem(new MessageBar(theme, Severity::Error, {}, this)),
      m_reason(new QLineEdit(this)),
      m_unlock(nullptr)
{
    setPreferredWidth(kLeaseSheetWidth);
    auto* text = new TextLabel(
        theme,
        TypeRole::Body,
        Color::TextSecondary,
        purpose.isEmpty()
            ? tr("Writes are locked here, so that nothing changes by a slip. Unlocking is for you "
                 "alone, ends by itself, and goes to the audit log.")
            : tr("“%1” changes something, and writes are locked here. Unlocking is for you alone, "
                 "ends by itself, and goes to the audit log.")
                  .arg(purpose),
        this);
    text->setWordWrap(true);
    auto* caption = new TextLabel(theme, TypeRole::Label, Color::TextSecondary, tr("Reason"), this);
    m_reason->setAccessibleName(tr("Reason for unlocking writes"));
    m_reason->setPlaceholderText(tr("What you are about to do, or the ticket"));
    m_reason->setMaxLength(kLeaseSheetLongestReason);
    caption->setBuddy(m_reason);
    body()->addWidget(text);
    body()->addWidget(caption);
    body()->addWidget(m_reason);
    body()->addWidget(m_problem);
    QPushButton* cancelButton = addButton(tr("Cancel"));
    connect(cancelButton, &QAbstractButton::clicked, this, &Sheet::cancel);
    m_unlock = addButton(tr("Unlock writes"));
    setButtonKind(*m_unlock, ButtonKind::Primary);
    connect(m_unlock, &QAbstractButton::clicked, this, &LeaseSheet::confirm);
    connect(m_reason, &QLineEdit::textChanged, this, &LeaseSheet::refresh);
    refresh();
}

QWidget* LeaseSheet::initialFocus()
{
    return m_reason;
}

void LeaseSheet::refresh()
{
    const bool isComplete = !m_reason->text().trimmed().isEmpty();
    m_unlock->setEnabled(isComplete && m_call == nullptr);
    m_reason->setEnabled(m_call == nullptr);
    setHint(
        m_call != nullptr ? tr("Asking the server…")
        : isComplete      ? tr("Esc cancels · Ctrl+Enter unlocks")
                          : tr("Esc cancels · a reason is needed"));
}

void LeaseSheet::confirm()
{
    if (!m_unlock->isEnabled() || !m_session) {
        return;
    }
    m_problem->setMessage(Severity::Error, {});
    m_call = m_session->plans().takeLease(
        m_reason->text().trimmed().toStdString(),
        onGuiThread<plans::Lease>(
            this, [this](const absl::StatusOr<plans::Lease>& answer) { onAnswer(answer); }));
    refresh();
}

void LeaseSheet::onAnswer(const absl::StatusOr<plans::Lease>& answer)
{
    m_call.reset();
    refresh();
    if (!answer.ok()) {
        m_problem->setMessage(Severity::Error, QString::fromStdString(describe(answer.status())));
        m_reason->setFocus();
        return;
    }
    Q_EMIT taken();
    Q_EMIT closeRequested();
}

} // namespace pilothouse::ui
