// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/access/AccessPart.h"

namespace pilothouse::ui {

/// Who is signed in, and from where.
class SessionsPart : public AccessPart
{
    Q_OBJECT

public:
    SessionsPart(const AccessContext& context, QWidget* parent);

    std::vector<Command> commands() override;

protected:
    void refresh() override;
    std::optional<Record> record(const QString& key) const override;

private:
    void end();
    void endAll();
};

} // namespace pilothouse::ui
