// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/access/TokensPart.h"

#include "ui/access/AccessCommands.h"
#include "ui/access/AccessText.h"
#include "ui/access/OwnPasswordSheet.h"
#include "ui/access/SecretSheet.h"
#include "ui/access/TokenSheet.h"
#include "ui/components/DataTable.h"
#include "ui/shell/ConfirmSheet.h"
#include "ui/shell/CtlLine.h"

namespace pilothouse::ui {

namespace {

AccessPart::Look tokensLook()
{
    AccessPart::Look look;
    look.name = TokensPart::tr("Your tokens");
    look.columns = tokenColumns();
    look.narrowOrder = {
        QStringLiteral("created"),
        QStringLiteral("scopes"),
        QStringLiteral("used"),
        QStringLiteral("expires")};
    look.paneCommands = {accesscommand::kRevokeToken};
    look.headCommand = accesscommand::kAddToken;
    return look;
}

} // namespace

TokensPart::TokensPart(const AccessContext& context, QWidget* parent)
    : AccessPart(context, tokensLook(), parent)
{
    connect(&model(), &AccessViewModel::tokensChanged, this, &TokensPart::refresh);
    connect(&context.page.settings, &Settings::changed, this, &TokensPart::refresh);
    refresh();
}

void TokensPart::refresh()
{
    showRows(
        model().tokens().size(),
        [this](std::size_t at) { return tokenRow(model().tokens()[at], now(), display()); },
        model().tokensState());
}

std::optional<Record> TokensPart::record(const QString& key) const
{
    const access::Token* token = model().findToken(key);
    return token != nullptr ? std::optional(tokenRecord(*token, now(), display())) : std::nullopt;
}

void TokensPart::make()
{
    auto* sheet = new TokenSheet(context().page.theme, session(), context().page.clock);
    connect(sheet, &TokenSheet::made, this, [this](const access::NewToken& token) {
        model().refresh();
        Q_EMIT sheetRequested(new SecretSheet(context().page.theme, token));
    });
    Q_EMIT sheetRequested(sheet);
}

void TokensPart::revoke()
{
    const access::Token* token = model().findToken(selected());
    if (token == nullptr) {
        return;
    }
    const QString id = selected();
    Confirmation question;
    question.title = tr("Revoke token %1").arg(QString::fromStdString(token->name));
    question.icon = QStringLiteral("trash-2");
    question.impact = tr("Scripts that use it are refused from now on. It cannot be undone.");
    question.facts = {{tr("May"), joined(token->scopes)}, {tr("Id"), id, true}};
    question.command = ctlLine({QStringLiteral("tokens"), QStringLiteral("revoke"), id});
    question.verb = tr("Revoke token");
    question.isDanger = true;
    auto* sheet = new ConfirmSheet(context().page.theme, question);
    connect(sheet, &ConfirmSheet::confirmed, this, [this, id] { model().revokeToken(id); });
    Q_EMIT sheetRequested(sheet);
}

void TokensPart::changePassword()
{
    auto* sheet = new OwnPasswordSheet(context().page.theme, session());
    connect(sheet, &OwnPasswordSheet::changed, this, [this] {
        tell(Severity::Ok, tr("Your password is changed"));
    });
    Q_EMIT sheetRequested(sheet);
}

std::vector<Command> TokensPart::commands()
{
    const auto needsAccount = [this]() -> QString {
        QString common = commonReason({});
        const auto& identity = session().status().identity;
        if (!common.isEmpty() || !identity || identity->authentication != access::kBySocket) {
            return common;
        }
        return tr("You are here by the local socket, without an account of your own");
    };
    return {
        verb(
            accesscommand::kAddToken,
            tr("New token…"),
            QStringLiteral("plus"),
            {},
            needsAccount,
            [this] { make(); }),
        verb(
            accesscommand::kRevokeToken,
            tr("Revoke…"),
            QStringLiteral("trash-2"),
            {},
            [this] { return commonReason(tr("No token is selected")); },
            [this] { revoke(); }),
        verb(
            accesscommand::kChangePassword,
            tr("Change your password…"),
            QStringLiteral("key-round"),
            {},
            needsAccount,
            [this] { changePassword(); }),
    };
}

} // namespace pilothouse::ui
