// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/access/AccessPart.h"

namespace pilothouse::ui {

/// The tokens that the operator has made for scripts.
class TokensPart : public AccessPart
{
    Q_OBJECT

public:
    TokensPart(const AccessContext& context, QWidget* parent);

    std::vector<Command> commands() override;

protected:
    void refresh() override;
    std::optional<Record> record(const QString& key) const override;

private:
    void make();
    void revoke();
    void changePassword();
};

} // namespace pilothouse::ui
