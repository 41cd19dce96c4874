// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/audit/SavedViews.h"
#include "ui/components/Button.h"

class QMenu;

namespace pilothouse::ui {

/// Opens the menu of saved views.
class ViewsButton : public Button
{
    Q_OBJECT

public:
    ViewsButton(const Theme& theme, Settings& settings, QWidget* parent = nullptr);

    /// The menu, opened; it goes when it closes.
    QMenu* openMenu();

Q_SIGNALS:
    void chosen(const pilothouse::ui::AuditView& view);
    void saveWanted();
    void copyCommandWanted();

private:
    SavedViews m_views;
};

} // namespace pilothouse::ui
