// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/RolesPart.h"

#include "shared/client/AccessAdminClient.h"
#include "ui/access/AccessCommands.h"
#include "ui/access/AccessText.h"
#include "ui/access/RoleSheet.h"
#include "ui/components/DataTable.h"
#include "ui/shell/CtlLine.h"

namespace pilothouse::ui {

namespace {

AccessPart::Look rolesLook()
{
    AccessPart::Look look;
    look.name = RolesPart::tr("Roles");
    look.columns = roleColumns();
    look.narrowOrder = {
        QStringLiteral("kind"), QStringLiteral("permissions"), QStringLiteral("operators")};
    look.narrowWidth = 400;
    look.paneCommands = {accesscommand::kEditRole, accesscommand::kDeleteRole};
    look.headCommand = accesscommand::kAddRole;
    return look;
}

} // namespace

RolesPart::RolesPart(const AccessContext& context, QWidget* parent)
    : AccessPart(context, rolesLook(), parent)
{
    connect(&model(), &AccessViewModel::rolesChanged, this, &RolesPart::refresh);
    refresh();
}

void RolesPart::refresh()
{
    showRows(
        model().roles().size(),
        [this](std::size_t at) { return roleRow(model().roles()[at]); },
        model().rolesState());
}

std::optional<Record> RolesPart::record(const QString& key) const
{
    const access::Role* role = model().findRole(key);
    return role != nullptr ? std::optional(roleRecord(*role)) : std::nullopt;
}

void RolesPart::edit(bool isNew)
{
    const access::Role* role = isNew ? nullptr : model().findRole(selected());
    auto* sheet = new RoleSheet(
        context().page.theme, session(), role != nullptr ? std::optional(*role) : std::nullopt);
    connect(sheet, &PlannedSheet::ready, this, [this](const PlannedStep& step) { start(step); });
    Q_EMIT sheetRequested(sheet);
}

void RolesPart::remove()
{
    const QString name = selected();
    PlannedStep step;
    step.look = {
        tr("Delete role"),
        QStringLiteral("trash-2"),
        ctlLine({QStringLiteral("roles"), QStringLiteral("delete"), name}),
        /*isDanger=*/true};
    step.doneText = tr("Role %1 is deleted").arg(name);
    step.ask = [&access = session().accessAdmin(), role = name.toStdString()](
                   const plans::Request& request, client::OnDone<plans::Plan> onDone) {
        return access.deleteRole(role, request, std::move(onDone));
    };
    start(std::move(step));
}

QString RolesPart::reason() const
{
    QString common = commonReason(tr("No role is selected"));
    if (!common.isEmpty()) {
        return common;
    }
    const access::Role* role = model().findRole(selected());
    return role != nullptr && !role->isBuiltIn ? QString()
                                               : tr("Roles that are built in cannot be changed");
}

std::vector<Command> RolesPart::commands()
{
    return {
        verb(
            accesscommand::kAddRole,
            tr("Add role…"),
            QStringLiteral("plus"),
            accesscommand::kManage,
            [this] { return commonReason({}); },
            [this] { edit(/*isNew=*/true); }),
        verb(
            accesscommand::kEditRole,
            tr("Edit role…"),
            QStringLiteral("pencil"),
            accesscommand::kManage,
            [this] { return reason(); },
            [this] { edit(/*isNew=*/false); }),
        verb(
            accesscommand::kDeleteRole,
            tr("Delete role…"),
            QStringLiteral("trash-2"),
            accesscommand::kManage,
            [this] {
                const QString why = reason();
                const access::Role* role = model().findRole(selected());
                return why.isEmpty() && role->operators > 0
                           ? tr("Operators that have it: %1").arg(role->operators)
                           : why;
            },
            [this] { remove(); }),
    };
}

} // namespace pilothouse::ui
