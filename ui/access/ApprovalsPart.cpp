// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/ApprovalsPart.h"

#include "ui/access/AccessCommands.h"
#include "ui/access/AccessText.h"
#include "ui/access/DecisionSheet.h"
#include "ui/components/DataTable.h"

namespace pilothouse::ui {

namespace {

const auto kApprovePermission = QStringLiteral("plans.approve");

AccessPart::Look approvalsLook()
{
    AccessPart::Look look;
    look.name = ApprovalsPart::tr("Approvals");
    look.columns = approvalColumns();
    look.narrowOrder = {
        QStringLiteral("decided"),
        QStringLiteral("asked"),
        QStringLiteral("expires"),
        QStringLiteral("requester")};
    look.narrowWidth = 300;
    look.paneCommands = {accesscommand::kApprove, accesscommand::kReject, accesscommand::kWithdraw};
    return look;
}

} // namespace

ApprovalsPart::ApprovalsPart(const AccessContext& context, QWidget* parent)
    : AccessPart(context, approvalsLook(), parent)
{
    table().sortBy(QStringLiteral("asked"), Qt::DescendingOrder);
    connect(&model(), &AccessViewModel::approvalsChanged, this, &ApprovalsPart::refresh);
    connect(&context.page.settings, &Settings::changed, this, &ApprovalsPart::refresh);
    refresh();
}

void ApprovalsPart::refresh()
{
    showRows(
        model().approvals().size(),
        [this](std::size_t at) { return approvalRow(model().approvals()[at], now(), display()); },
        model().approvalsState());
}

std::optional<Record> ApprovalsPart::record(const QString& key) const
{
    const plans::Approval* approval = model().findApproval(key);
    if (approval == nullptr) {
        return std::nullopt;
    }
    return approvalRecord(*approval, session().operatorName(), now(), display());
}

const plans::Approval* ApprovalsPart::chosen() const
{
    return model().findApproval(selected());
}

void ApprovalsPart::decide(bool approves)
{
    const plans::Approval* approval = chosen();
    if (approval == nullptr) {
        return;
    }
    auto* sheet = new DecisionSheet(
        context().page.theme,
        session(),
        context().page.settings,
        context().page.clock,
        *approval,
        approves ? DecisionSheet::Decision::Approve : DecisionSheet::Decision::Reject);
    connect(sheet, &DecisionSheet::decided, this, [this, approves](const plans::Approval& decided) {
        const QString title = QString::fromStdString(decided.plan.title);
        tell(
            approves ? Severity::Ok : Severity::Info,
            approves ? tr("Approved: %1").arg(title) : tr("Rejected: %1").arg(title));
        model().refresh();
    });
    Q_EMIT sheetRequested(sheet);
}

QString ApprovalsPart::decisionReason() const
{
    QString common = commonReason(tr("No request is selected"));
    if (!common.isEmpty()) {
        return common;
    }
    const plans::Approval* approval = chosen();
    if (approval == nullptr || approval->state != plans::ApprovalState::Pending) {
        return tr("The request does not wait any more");
    }
    if (approval->requester == session().operatorName()) {
        return tr("You cannot decide on your own request");
    }
    // Who approves an action must be allowed to do it.
    return session().forbiddenReason(QString::fromStdString(approval->plan.permission));
}

QString ApprovalsPart::withdrawReason() const
{
    QString common = commonReason(tr("No request is selected"));
    if (!common.isEmpty()) {
        return common;
    }
    const plans::Approval* approval = chosen();
    const bool isMine = approval != nullptr && approval->requester == session().operatorName();
    const bool isOpen = approval != nullptr && (approval->state == plans::ApprovalState::Pending ||
                                                approval->state == plans::ApprovalState::Approved);
    return isMine && isOpen ? QString() : tr("Only your own request, before it is used");
}

std::vector<Command> ApprovalsPart::commands()
{
    return {
        verb(
            accesscommand::kApprove,
            tr("Approve…"),
            QStringLiteral("check"),
            kApprovePermission,
            [this] { return decisionReason(); },
            [this] { decide(/*approves=*/true); }),
        verb(
            accesscommand::kReject,
            tr("Reject…"),
            QStringLiteral("x"),
            kApprovePermission,
            [this] { return decisionReason(); },
            [this] { decide(/*approves=*/false); }),
        verb(
            accesscommand::kWithdraw,
            tr("Withdraw"),
            QStringLiteral("undo-2"),
            {},
            [this] { return withdrawReason(); },
            [this] { model().withdraw(selected()); }),
    };
}

} // namespace pilothouse::ui
