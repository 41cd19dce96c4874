// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/ResetPasswordSheet.h"

#include "shared/client/AccessAdminClient.h"
#include "ui/access/PasswordFields.h"
#include "ui/components/FieldForm.h"
#include "ui/shell/CtlLine.h"

#include <QLineEdit>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

constexpr int kResetPasswordSheetWidth = 480;

} // namespace

ResetPasswordSheet::ResetPasswordSheet(
    const Theme& theme, Session& session, const std::string& operatorName)
    : PlannedSheet(
          theme,
          QStringLiteral("key-round"),
          tr("New password for %1").arg(QString::fromStdString(operatorName))),
      m_session(&session),
      m_name(operatorName)
{
    setPreferredWidth(kResetPasswordSheetWidth);
    auto* fields = new FieldForm(theme, this);
    m_password = addPasswordField(*fields, tr("Password"), tr("Their sessions and tokens end."));
    m_again = addPasswordField(*fields, tr("Password again"), {});
    form()->addWidget(fields);
    connect(fields, &FieldForm::edited, this, [this] { refresh(); });
    finish(tr("Set password…"));
}

QWidget* ResetPasswordSheet::initialFocus()
{
    return m_password;
}

QString ResetPasswordSheet::lacking() const
{
    return m_session ? passwordProblem(m_password->text(), m_again->text()) : tr("Not connected");
}

PlannedStep ResetPasswordSheet::step() const
{
    const QString name = QString::fromStdString(m_name);
    PlannedStep step;
    step.look = {
        tr("Set password"),
        QStringLiteral("key-round"),
        ctlLine({QStringLiteral("operators"), QStringLiteral("reset-password"), name}),
        /*isDanger=*/false};
    step.doneText = tr("%1 has a new password").arg(name);
    step.ask = [session = m_session, who = m_name, password = m_password->text().toStdString()](
                   const plans::Request& request, client::OnDone<plans::Plan> onDone) {
        return session->accessAdmin().resetPassword(who, password, request, std::move(onDone));
    };
    return step;
}

} // namespace pilothouse::ui
