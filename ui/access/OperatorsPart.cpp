// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/OperatorsPart.h"

#include "shared/client/AccessAdminClient.h"
#include "ui/access/AccessCommands.h"
#include "ui/access/AccessText.h"
#include "ui/access/OperatorSheet.h"
#include "ui/access/ResetPasswordSheet.h"
#include "ui/components/DataTable.h"
#include "ui/shell/CtlLine.h"

namespace pilothouse::ui {

namespace {

AccessPart::Look operatorsLook()
{
    AccessPart::Look look;
    look.name = OperatorsPart::tr("Operators");
    look.columns = operatorColumns();
    look.narrowOrder = {
        QStringLiteral("tokens"),
        QStringLiteral("sessions"),
        QStringLiteral("name"),
        QStringLiteral("seen"),
        QStringLiteral("roles"),
        QStringLiteral("state")};
    look.paneCommands = {
        accesscommand::kEditOperator,
        accesscommand::kResetPassword,
        accesscommand::kUnlockOperator,
        accesscommand::kEndOperatorSessions,
        accesscommand::kDisableOperator,
        accesscommand::kEnableOperator,
        accesscommand::kDeleteOperator};
    look.headCommand = accesscommand::kAddOperator;
    return look;
}

} // namespace

OperatorsPart::OperatorsPart(const AccessContext& context, QWidget* parent)
    : AccessPart(context, operatorsLook(), parent)
{
    table().sortBy(QStringLiteral("operator"), Qt::AscendingOrder);
    connect(&model(), &AccessViewModel::operatorsChanged, this, &OperatorsPart::refresh);
    connect(&context.page.settings, &Settings::changed, this, &OperatorsPart::refresh);
    refresh();
}

void OperatorsPart::refresh()
{
    showRows(
        model().operators().size(),
        [this](std::size_t at) { return operatorRow(model().operators()[at], now(), display()); },
        model().operatorsState());
}

std::optional<Record> OperatorsPart::record(const QString& key) const
{
    const access::Account* account = model().findOperator(key);
    return account != nullptr ? std::optional(operatorRecord(*account, now(), display()))
                              : std::nullopt;
}

const access::Account* OperatorsPart::chosen() const
{
    return model().findOperator(selected());
}

QString OperatorsPart::reason(Allows allows, const QString& otherwise) const
{
    QString common = commonReason(tr("No operator is selected"));
    if (!common.isEmpty()) {
        return common;
    }
    const access::Account* account = chosen();
    return account != nullptr && allows(*account, now()) ? QString() : otherwise;
}

void OperatorsPart::edit(bool isNew)
{
    const access::Account* account = isNew ? nullptr : chosen();
    auto* sheet = new OperatorSheet(
        context().page.theme,
        session(),
        model().roles(),
        account != nullptr ? std::optional(*account) : std::nullopt);
    connect(sheet, &PlannedSheet::ready, this, [this](const PlannedStep& step) { start(step); });
    Q_EMIT sheetRequested(sheet);
}

void OperatorsPart::resetPassword()
{
    auto* sheet = new ResetPasswordSheet(context().page.theme, session(), selected().toStdString());
    connect(sheet, &PlannedSheet::ready, this, [this](const PlannedStep& step) { start(step); });
    Q_EMIT sheetRequested(sheet);
}

void OperatorsPart::act(
    const ActionLook& look, const QString& ctlVerb, const QString& doneText, Ask ask)
{
    const QString name = selected();
    PlannedStep step;
    step.look = look;
    step.look.command = ctlLine({QStringLiteral("operators"), ctlVerb, name});
    step.doneText = doneText.arg(name);
    step.ask = [&access = session().accessAdmin(), who = name.toStdString(), ask](
                   const plans::Request& request, client::OnDone<plans::Plan> onDone) {
        return (access.*ask)(who, request, std::move(onDone));
    };
    start(std::move(step));
}

void OperatorsPart::endSessions()
{
    const QString name = selected();
    access::SessionChoice choice;
    choice.operatorName = name.toStdString();
    PlannedStep step;
    step.look = {
        tr("End sessions"),
        QStringLiteral("log-out"),
        ctlLine(
            {QStringLiteral("sessions"), QStringLiteral("revoke"), QStringLiteral("--of"), name}),
        /*isDanger=*/true};
    step.doneText = tr("The sessions of %1 are ended").arg(name);
    step.ask = [&access = session().accessAdmin(),
                choice](const plans::Request& request, client::OnDone<plans::Plan> onDone) {
        return access.endSessions(choice, request, std::move(onDone));
    };
    start(std::move(step));
}

Command OperatorsPart::onOperator(
    const QString& id,
    const QString& title,
    const QString& icon,
    Allows allows,
    const QString& otherwise,
    std::function<void()> run)
{
    return verb(
        id,
        title,
        icon,
        accesscommand::kManage,
        [this, allows, otherwise] { return reason(allows, otherwise); },
        std::move(run));
}

std::vector<Command> OperatorsPart::commands()
{
    using access::Account;
    using Admin = client::AccessAdminClient;
    const Allows any = [](const Account&, absl::Time) { return true; };
    const Allows enabled = [](const Account& account, absl::Time) { return !account.isDisabled; };
    const Allows disabled = [](const Account& account, absl::Time) { return account.isDisabled; };
    const Allows locked = [](const Account& account, absl::Time at) {
        return account.lockedUntil > at;
    };
    const Allows present = [](const Account& account, absl::Time) { return account.sessions > 0; };
    const auto icon = [](const char* name) { return QString::fromLatin1(name); };
    return {
        verb(
            accesscommand::kAddOperator,
            tr("Add operator…"),
            icon("plus"),
            accesscommand::kManage,
            [this] { return commonReason({}); },
            [this] { edit(/*isNew=*/true); }),
        onOperator(
            accesscommand::kEditOperator,
            tr("Edit…"),
            icon("pencil"),
            any,
            {},
            [this] { edit(/*isNew=*/false); }),
        onOperator(
            accesscommand::kResetPassword,
            tr("New password…"),
            icon("key-round"),
            any,
            {},
            [this] { resetPassword(); }),
        onOperator(
            accesscommand::kUnlockOperator,
            tr("Lift the lock"),
            icon("lock-open"),
            locked,
            tr("The operator is not locked out"),
            [this, icon] {
                act({tr("Lift the lock"), icon("lock-open")},
                    QStringLiteral("unlock"),
                    tr("%1 may try again"),
                    &Admin::unlockOperator);
            }),
        onOperator(
            accesscommand::kEndOperatorSessions,
            tr("End sessions…"),
            icon("log-out"),
            present,
            tr("The operator is not signed in"),
            [this] { endSessions(); }),
        onOperator(
            accesscommand::kDisableOperator,
            tr("Disable…"),
            icon("octagon-x"),
            enabled,
            tr("The operator is disabled already"),
            [this, icon] {
                act({tr("Disable operator"), icon("octagon-x"), {}, /*isDanger=*/true},
                    QStringLiteral("disable"),
                    tr("%1 is disabled"),
                    &Admin::disableOperator);
            }),
        onOperator(
            accesscommand::kEnableOperator,
            tr("Enable…"),
            icon("circle-check"),
            disabled,
            tr("The operator is not disabled"),
            [this, icon] {
                act({tr("Enable operator"), icon("circle-check")},
                    QStringLiteral("enable"),
                    tr("%1 is enabled"),
                    &Admin::enableOperator);
            }),
        onOperator(
            accesscommand::kDeleteOperator,
            tr("Delete…"),
            icon("trash-2"),
            any,
            {},
            [this, icon] {
                act({tr("Delete operator"), icon("trash-2"), {}, /*isDanger=*/true},
                    QStringLiteral("delete"),
                    tr("%1 is deleted"),
                    &Admin::deleteOperator);
            }),
    };
}

} // namespace pilothouse::ui
