// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/plans/PlannedActions.h"
#include "ui/shell/Sheet.h"

namespace pilothouse::ui {

class CommandLine;
class MessageBar;

/// A form whose result is a planned action: asks the server first whether it can be planned, so
/// that what was typed is not lost to a mistake, and then hands the action on to be confirmed.
/// Subclasses put fields into `form()`, call `refresh` when they change and `finish` at the end of
/// their constructors.
class PlannedSheet : public Sheet
{
    Q_OBJECT

public:
    PlannedSheet(const Theme& theme, const QString& icon, const QString& title);

    void confirm() override;

Q_SIGNALS:
    /// Sent after it is closed.
    void ready(const pilothouse::ui::PlannedStep& step);

protected:
    /// What is missing or wrong, as a sentence; empty when it can go on.
    virtual QString lacking() const = 0;
    virtual PlannedStep step() const = 0;

    QVBoxLayout* form() const { return m_form; }
    void finish(const QString& verb);
    void refresh();

private:
    void onPlan(const absl::StatusOr<plans::Plan>& answer);

    QVBoxLayout* m_form;
    CommandLine* m_command;
    MessageBar* m_problem;
    QPushButton* m_next = nullptr;
    PlannedStep m_step;
    client::CallPtr m_call;
};

} // namespace pilothouse::ui
