// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/SessionsPart.h"

#include "shared/client/AccessAdminClient.h"
#include "ui/access/AccessCommands.h"
#include "ui/access/AccessText.h"
#include "ui/components/DataTable.h"
#include "ui/shell/CtlLine.h"

namespace pilothouse::ui {

namespace {

AccessPart::Look sessionsLook()
{
    AccessPart::Look look;
    look.name = SessionsPart::tr("Sessions");
    look.columns = sessionColumns();
    look.narrowOrder = {
        QStringLiteral("created"),
        QStringLiteral("address"),
        QStringLiteral("expires"),
        QStringLiteral("kind"),
        QStringLiteral("used")};
    look.narrowWidth = 340;
    look.paneCommands = {accesscommand::kEndSession};
    look.headCommand = accesscommand::kEndAllSessions;
    return look;
}

} // namespace

SessionsPart::SessionsPart(const AccessContext& context, QWidget* parent)
    : AccessPart(context, sessionsLook(), parent)
{
    table().sortBy(QStringLiteral("used"), Qt::DescendingOrder);
    connect(&model(), &AccessViewModel::sessionsChanged, this, &SessionsPart::refresh);
    connect(&context.page.settings, &Settings::changed, this, &SessionsPart::refresh);
    refresh();
}

void SessionsPart::refresh()
{
    showRows(
        model().sessions().size(),
        [this](std::size_t at) { return sessionRow(model().sessions()[at], now(), display()); },
        model().sessionsState());
}

std::optional<Record> SessionsPart::record(const QString& key) const
{
    const access::OperatorSession* one = model().findSession(key);
    return one != nullptr ? std::optional(sessionRecord(*one, display())) : std::nullopt;
}

void SessionsPart::end()
{
    const QString id = selected();
    const access::OperatorSession* one = model().findSession(id);
    if (one == nullptr) {
        return;
    }
    if (!model().seesAllSessions()) {
        model().revokeSession(id);
        return;
    }
    access::SessionChoice choice;
    choice.sessionId = id.toStdString();
    PlannedStep step;
    step.look = {
        one->isToken ? tr("Revoke token") : tr("End session"),
        QStringLiteral("log-out"),
        ctlLine({QStringLiteral("sessions"), QStringLiteral("revoke"), id}),
        /*isDanger=*/true};
    step.doneText = one->isToken ? tr("The token is revoked") : tr("The session is ended");
    step.ask = [&access = session().accessAdmin(),
                choice](const plans::Request& request, client::OnDone<plans::Plan> onDone) {
        return access.endSessions(choice, request, std::move(onDone));
    };
    start(std::move(step));
}

void SessionsPart::endAll()
{
    PlannedStep step;
    step.look = {
        tr("End all sessions"),
        QStringLiteral("log-out"),
        ctlLine(
            {QStringLiteral("sessions"), QStringLiteral("revoke"), QStringLiteral("--everyone")}),
        /*isDanger=*/true};
    step.doneText = tr("All sessions but this one are ended");
    step.ask = [&access = session().accessAdmin()](
                   const plans::Request& request, client::OnDone<plans::Plan> onDone) {
        return access.endSessions({}, request, std::move(onDone));
    };
    start(std::move(step));
}

std::vector<Command> SessionsPart::commands()
{
    return {
        verb(
            accesscommand::kEndSession,
            tr("End…"),
            QStringLiteral("log-out"),
            {},
            [this] { return commonReason(tr("No session is selected")); },
            [this] { end(); }),
        verb(
            accesscommand::kEndAllSessions,
            tr("End all sessions…"),
            QStringLiteral("log-out"),
            QStringLiteral("access.manage"),
            [this] { return commonReason({}); },
            [this] { endAll(); }),
    };
}

} // namespace pilothouse::ui
