// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/access/AccessPart.h"

namespace pilothouse::ui {

/// Who can sign in, and what they may.
class OperatorsPart : public AccessPart
{
    Q_OBJECT

public:
    OperatorsPart(const AccessContext& context, QWidget* parent);

    std::vector<Command> commands() override;

protected:
    void refresh() override;
    std::optional<Record> record(const QString& key) const override;

private:
    /// A planned action on one operator by name.
    using Ask = client::CallPtr (client::AccessAdminClient::*)(
        const std::string&, const plans::Request&, client::OnDone<plans::Plan>);
    using Allows = bool (*)(const access::Account&, absl::Time);

    const access::Account* chosen() const;
    void edit(bool isNew);
    void resetPassword();
    void act(const ActionLook& look, const QString& ctlVerb, const QString& doneText, Ask ask);
    void endSessions();
    QString reason(Allows allows, const QString& otherwise) const;
    Command onOperator(
        const QString& id,
        const QString& title,
        const QString& icon,
        Allows allows,
        const QString& otherwise,
        std::function<void()> run);
};

} // namespace pilothouse::ui
