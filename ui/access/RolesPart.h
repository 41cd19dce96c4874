// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/access/AccessPart.h"

namespace pilothouse::ui {

/// What the roles allow.
class RolesPart : public AccessPart
{
    Q_OBJECT

public:
    RolesPart(const AccessContext& context, QWidget* parent);

    std::vector<Command> commands() override;

protected:
    void refresh() override;
    std::optional<Record> record(const QString& key) const override;

private:
    void edit(bool isNew);
    void remove();
    QString reason() const;
};

} // namespace pilothouse::ui
