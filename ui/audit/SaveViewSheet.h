// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/audit/SavedViews.h"
#include "ui/shell/Sheet.h"

class QLineEdit;

namespace pilothouse::ui {

class MessageBar;
class TextLabel;

/// Asks under which name a view of the audit is kept.
class SaveViewSheet : public Sheet
{
    Q_OBJECT

public:
    SaveViewSheet(const Theme& theme, Settings& settings, AuditView view);

    QWidget* initialFocus() override;
    void confirm() override;

Q_SIGNALS:
    void saved(const QString& name);

private:
    void check();

    SavedViews m_views;
    const AuditView m_view;
    QLineEdit* m_name = nullptr;
    TextLabel* m_note = nullptr;
    MessageBar* m_problem = nullptr;
    QPushButton* m_save = nullptr;
};

} // namespace pilothouse::ui
