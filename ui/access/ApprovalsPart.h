// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/access/AccessPart.h"

namespace pilothouse::ui {

/// The inbox: what others ask this operator to approve, and what became of his own.
class ApprovalsPart : public AccessPart
{
    Q_OBJECT

public:
    ApprovalsPart(const AccessContext& context, QWidget* parent);

    std::vector<Command> commands() override;

protected:
    void refresh() override;
    std::optional<Record> record(const QString& key) const override;

private:
    void decide(bool approves);
    const plans::Approval* chosen() const;
    QString decisionReason() const;
    QString withdrawReason() const;
};

} // namespace pilothouse::ui
