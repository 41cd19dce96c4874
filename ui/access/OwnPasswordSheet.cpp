// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/OwnPasswordSheet.h"

#include "shared/client/AccessClient.h"
#include "ui/access/PasswordFields.h"
#include "ui/components/FieldForm.h"
#include "ui/components/MessageBar.h"
#include "ui/session/OnGuiThread.h"
#include "ui/theme/ThemeStyle.h"

#include "shared/base/StatusHelpers.h"

#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

constexpr int kOwnPasswordSheetWidth = 480;

} // namespace

OwnPasswordSheet::OwnPasswordSheet(const Theme& theme, Session& session)
    : Sheet(
          theme,
          QStringLiteral("key-round"),
          tr("Change your password on %1").arg(session.profile().name)),
      m_session(&session),
      m_problem(new MessageBar(theme, Severity::Error, {}, this))
{
    setPreferredWidth(kOwnPasswordSheetWidth);
    auto* fields = new FieldForm(theme, this);
    m_current = addPasswordField(*fields, tr("Present password"), {});
    m_next = addPasswordField(*fields, tr("New password"), tr("Your other sessions end."));
    m_again = addPasswordField(*fields, tr("New password again"), {});
    body()->addWidget(fields);
    body()->addWidget(m_problem);
    QPushButton* cancelButton = addButton(tr("Cancel"));
    connect(cancelButton, &QAbstractButton::clicked, this, &Sheet::cancel);
    m_change = addButton(tr("Change password"));
    setButtonKind(*m_change, ButtonKind::Primary);
    connect(m_change, &QAbstractButton::clicked, this, &OwnPasswordSheet::confirm);
    connect(fields, &FieldForm::edited, this, &OwnPasswordSheet::refresh);
    refresh();
}

QWidget* OwnPasswordSheet::initialFocus()
{
    return m_current;
}

void OwnPasswordSheet::refresh()
{
    const QString lacks = m_current->text().isEmpty()
                              ? tr("The present password is needed")
                              : passwordProblem(m_next->text(), m_again->text());
    m_change->setEnabled(lacks.isEmpty() && m_call == nullptr);
    m_change->setToolTip(lacks);
    m_change->setAccessibleDescription(lacks);
    setHint(
        m_call != nullptr ? tr("Asking the server…")
        : lacks.isEmpty() ? tr("Esc cancels · Ctrl+Enter changes it")
                          : lacks);
}

void OwnPasswordSheet::confirm()
{
    if (!m_change->isEnabled() || !m_session) {
        return;
    }
    m_problem->setMessage(Severity::Error, {});
    m_call = m_session->access().changePassword(
        m_current->text().toStdString(),
        m_next->text().toStdString(),
        onGuiThread<client::Nothing>(this, [this](const absl::StatusOr<client::Nothing>& answer) {
            m_call.reset();
            refresh();
            if (!answer.ok()) {
                m_problem->setMessage(
                    Severity::Error, QString::fromStdString(describe(answer.status())));
                return;
            }
            Q_EMIT changed();
            Q_EMIT closeRequested();
        }));
    refresh();
}

} // namespace pilothouse::ui
