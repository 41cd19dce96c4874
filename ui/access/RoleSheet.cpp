// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/RoleSheet.h"

#include "shared/client/AccessAdminClient.h"
#include "ui/access/PermissionPicker.h"
#include "ui/components/FieldForm.h"
#include "ui/shell/CtlLine.h"

#include <QLineEdit>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int kRoleSheetWidth = 680;

} // namespace

RoleSheet::RoleSheet(const Theme& theme, Session& session, const std::optional<access::Role>& role)
    : PlannedSheet(
          theme,
          QStringLiteral("shield-check"),
          role ? tr("Change role %1").arg(QString::fromStdString(role->name))
               : tr("Add a role to %1").arg(session.profile().name)),
      m_session(&session),
      m_before(role)
{
    setPreferredWidth(kRoleSheetWidth);
    auto* fields = new FieldForm(theme, this);
    if (!role) {
        m_name = fields->addText(tr("Name"), {});
    }
    m_description = fields->addText(tr("Description"), tr("what it is for"));
    m_permissions = new PermissionPicker(theme, session.roles().permissions(), {}, fields);
    fields->add(tr("Permissions"), m_permissions);
    if (role) {
        m_description->setText(QString::fromStdString(role->description));
        m_permissions->setPatterns(role->permissions);
    }
    form()->addWidget(fields);
    connect(fields, &FieldForm::edited, this, [this] { refresh(); });
    connect(m_permissions, &PermissionPicker::edited, this, [this] { refresh(); });
    finish(role ? tr("Change role…") : tr("Add role…"));
}

QWidget* RoleSheet::initialFocus()
{
    return m_name != nullptr ? m_name : static_cast<QWidget*>(m_permissions);
}

access::Role RoleSheet::wanted() const
{
    access::Role role = m_before.value_or(access::Role());
    if (m_name != nullptr) {
        role.name = m_name->text().trimmed().toStdString();
    }
    role.description = m_description->text().trimmed().toStdString();
    role.permissions = m_permissions->patterns();
    return role;
}

QString RoleSheet::lacking() const
{
    if (!m_session) {
        return tr("Not connected");
    }
    const access::Role role = wanted();
    if (role.name.empty()) {
        return tr("A name is needed");
    }
    if (role.permissions.empty()) {
        return tr("At least one permission is needed");
    }
    if (m_before) {
        auto before = m_before->permissions;
        std::ranges::sort(before);
        if (before == role.permissions && m_before->description == role.description) {
            return tr("Nothing is changed yet");
        }
    }
    return {};
}

PlannedStep RoleSheet::step() const
{
    const access::Role role = wanted();
    const QString name = QString::fromStdString(role.name);
    QStringList words{
        QStringLiteral("roles"),
        m_before ? QStringLiteral("update") : QStringLiteral("create"),
        name.isEmpty() ? QStringLiteral("NAME") : name};
    for (const std::string& permission : role.permissions) {
        words << QStringLiteral("--permission") << QString::fromStdString(permission);
    }
    PlannedStep step;
    step.look.icon = QStringLiteral("shield-check");
    step.look.verb = m_before ? tr("Change role") : tr("Add role");
    step.look.command = ctlLine(words);
    step.doneText = m_before ? tr("Role %1 is changed").arg(name) : tr("Role %1 is made").arg(name);
    step.ask = [session = m_session, role, isNew = !m_before](
                   const plans::Request& request, client::OnDone<plans::Plan> onDone) {
        client::AccessAdminClient& access = session->accessAdmin();
        return isNew ? access.createRole(role, request, std::move(onDone))
                     : access.updateRole(role, request, std::move(onDone));
    };
    return step;
}

} // namespace pilothouse::ui
