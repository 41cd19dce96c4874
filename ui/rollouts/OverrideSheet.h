// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/rollouts/Rollout.h"
#include "ui/plans/PlannedSheet.h"

class QLineEdit;

namespace pilothouse::ui {

/// Promotes although gates that can be overridden have not passed: says which, and asks why.
class OverrideSheet : public PlannedSheet
{
    Q_OBJECT

public:
    OverrideSheet(const Theme& theme, Session& session, const rollouts::Application& application);

    QWidget* initialFocus() override;

protected:
    QString lacking() const override;
    PlannedStep step() const override;

private:
    QPointer<Session> m_session;
    rollouts::Rollout m_rollout;
    QLineEdit* m_reason = nullptr;
};

} // namespace pilothouse::ui
