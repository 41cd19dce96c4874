// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/OperatorSheet.h"

#include "shared/client/AccessAdminClient.h"
#include "ui/access/CheckList.h"
#include "ui/access/PasswordFields.h"
#include "ui/components/FieldForm.h"
#include "ui/shell/CtlLine.h"

#include <QLineEdit>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int kOperatorSheetWidth = 560;

} // namespace

OperatorSheet::OperatorSheet(
    const Theme& theme,
    Session& session,
    const std::vector<access::Role>& roles,
    const std::optional<access::Account>& account)
    : PlannedSheet(
          theme,
          QStringLiteral("user"),
          account ? tr("Change operator %1").arg(QString::fromStdString(account->who.name))
                  : tr("Add an operator to %1").arg(session.profile().name)),
      m_session(&session),
      m_before(account)
{
    setPreferredWidth(kOperatorSheetWidth);
    auto* fields = new FieldForm(theme, this);
    if (!account) {
        m_name = fields->addText(tr("Name"), {}, tr("For signing in; it cannot be changed later."));
    }
    m_displayName = fields->addText(tr("Display name"), tr("optional"));
    m_roles = new CheckList(theme, fields);
    for (const access::Role& role : roles) {
        const bool has =
            account && std::ranges::find(account->who.roles, role.name) != account->who.roles.end();
        m_roles->addName(
            QString::fromStdString(role.name), QString::fromStdString(role.description), has);
    }
    fields->add(tr("Roles"), m_roles);
    if (account) {
        m_displayName->setText(QString::fromStdString(account->who.displayName));
    } else {
        m_password =
            addPasswordField(*fields, tr("Password"), tr("They can change it themselves."));
        m_again = addPasswordField(*fields, tr("Password again"), {});
    }
    form()->addWidget(fields);
    connect(fields, &FieldForm::edited, this, [this] { refresh(); });
    connect(m_roles, &CheckList::edited, this, [this] { refresh(); });
    finish(account ? tr("Change operator…") : tr("Add operator…"));
}

QWidget* OperatorSheet::initialFocus()
{
    return m_name != nullptr ? m_name : static_cast<QWidget*>(m_roles);
}

access::Operator OperatorSheet::who() const
{
    access::Operator wanted;
    wanted.name = m_before ? m_before->who.name : m_name->text().trimmed().toStdString();
    wanted.displayName = m_displayName->text().trimmed().toStdString();
    for (const QString& role : m_roles->checked()) {
        wanted.roles.push_back(role.toStdString());
    }
    return wanted;
}

QString OperatorSheet::lacking() const
{
    if (!m_session) {
        return tr("Not connected");
    }
    const access::Operator wanted = who();
    if (wanted.name.empty()) {
        return tr("A name is needed");
    }
    if (wanted.roles.empty()) {
        return tr("At least one role is needed");
    }
    if (!m_before) {
        return passwordProblem(m_password->text(), m_again->text());
    }
    auto before = m_before->who.roles;
    auto now = wanted.roles;
    std::ranges::sort(before);
    std::ranges::sort(now);
    return before == now && m_before->who.displayName == wanted.displayName
               ? tr("Nothing is changed yet")
               : QString();
}

QString OperatorSheet::commandText() const
{
    const access::Operator wanted = who();
    QStringList words{
        QStringLiteral("operators"),
        m_before ? QStringLiteral("update") : QStringLiteral("create"),
        wanted.name.empty() ? QStringLiteral("NAME") : QString::fromStdString(wanted.name)};
    for (const std::string& role : wanted.roles) {
        words << QStringLiteral("--role") << QString::fromStdString(role);
    }
    if (!wanted.displayName.empty()) {
        words << QStringLiteral("--display-name") << QString::fromStdString(wanted.displayName);
    }
    return ctlLine(words);
}

PlannedStep OperatorSheet::step() const
{
    const access::Operator wanted = who();
    const QString name = QString::fromStdString(wanted.name);
    PlannedStep step;
    step.look.icon = QStringLiteral("user");
    step.look.command = commandText();
    if (m_before) {
        step.look.verb = tr("Change operator");
        step.doneText = tr("%1 is changed").arg(name);
        step.ask = [session = m_session, wanted, etag = m_before->etag](
                       const plans::Request& request, client::OnDone<plans::Plan> onDone) {
            return session->accessAdmin().updateOperator(wanted, etag, request, std::move(onDone));
        };
        return step;
    }
    step.look.verb = tr("Add operator");
    step.doneText = tr("%1 is an operator now").arg(name);
    step.ask = [session = m_session, wanted, password = m_password->text().toStdString()](
                   const plans::Request& request, client::OnDone<plans::Plan> onDone) {
        return session->accessAdmin().createOperator(wanted, password, request, std::move(onDone));
    };
    return step;
}

} // namespace pilothouse::ui
