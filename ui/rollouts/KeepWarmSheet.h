// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/rollouts/Rollout.h"
#include "ui/plans/PlannedSheet.h"

class QComboBox;

namespace pilothouse::ui {

/// Keeps the old side for longer, to roll back to it at once.
class KeepWarmSheet : public PlannedSheet
{
    Q_OBJECT

public:
    KeepWarmSheet(const Theme& theme, Session& session, const rollouts::Rollout& rollout);

    QWidget* initialFocus() override;

protected:
    QString lacking() const override;
    PlannedStep step() const override;

private:
    QPointer<Session> m_session;
    rollouts::Rollout m_rollout;
    QComboBox* m_length;
};

} // namespace pilothouse::ui
