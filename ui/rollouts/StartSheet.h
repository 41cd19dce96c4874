// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plans/PlannedSheet.h"

class QLineEdit;

namespace pilothouse::ui {

/// Begins a rollout: which version, and what is in it.
class StartSheet : public PlannedSheet
{
    Q_OBJECT

public:
    /// `candidate`: the side it goes onto.
    StartSheet(
        const Theme& theme, Session& session, const QString& application, const QString& candidate);

    QWidget* initialFocus() override;

protected:
    QString lacking() const override;
    PlannedStep step() const override;

private:
    QPointer<Session> m_session;
    QString m_application;
    QLineEdit* m_revision = nullptr;
    QLineEdit* m_description = nullptr;
};

} // namespace pilothouse::ui
