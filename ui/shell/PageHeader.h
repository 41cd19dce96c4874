// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/session/TimeWindow.h"
#include "ui/shell/CommandRegistry.h"
#include "ui/theme/Theme.h"

#include <QTimer>
#include <QWidget>

class QPushButton;

namespace pilothouse::ui {

class Button;
class SearchButton;
class TextLabel;
class TimeRangeButton;

/// Title of the page at the left; search, time range and live at the right.
class PageHeader : public QWidget
{
    Q_OBJECT

public:
    PageHeader(
        const Theme& theme,
        TimeWindow& time,
        Settings& settings,
        const Clock& clock,
        CommandRegistry& commands,
        QWidget* parent = nullptr);

    void setTitle(const QString& title);
    void setSubtitle(const QString& subtitle);
    void setTimeRangeShown(bool shown);
    /// Whether the page has things that the audit tells of.
    void setChangesShown(bool shown);
    void chooseTimeRange();
    void focusFirst();

Q_SIGNALS:
    void absoluteRangeRequested();

private:
    void refreshLive();

    const Theme& m_theme;
    TimeWindow& m_time;
    Settings& m_settings;
    const Clock& m_clock;
    TextLabel* m_title;
    TextLabel* m_subtitle;
    Button* m_changes;
    SearchButton* m_search;
    TimeRangeButton* m_range;
    QPushButton* m_live;
    QTimer m_tick;
};

} // namespace pilothouse::ui
