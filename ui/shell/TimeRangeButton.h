// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/TimeWindow.h"
#include "ui/settings/Settings.h"
#include "ui/theme/Theme.h"

#include <QPushButton>

class QMenu;

namespace pilothouse::ui {

/// Shows the window's time range and offers others: live lengths and a fixed stretch.
class TimeRangeButton : public QPushButton
{
    Q_OBJECT

public:
    TimeRangeButton(
        const Theme& theme, TimeWindow& time, Settings& settings, QWidget* parent = nullptr);

    /// Opens the menu, as a click does.
    void choose();

    /// "Last 30 min", or "2026-11-20 14:00 – 15:00".
    static QString describe(const TimeWindow& time, TimeDisplay display);
    static const std::vector<absl::Duration>& liveLengths();
    /// "30 min", "3 h".
    static QString lengthName(absl::Duration length);

Q_SIGNALS:
    void absoluteRequested();

private:
    void refresh();

    const Theme& m_theme;
    TimeWindow& m_time;
    Settings& m_settings;
    QMenu* m_menu;
};

} // namespace pilothouse::ui
