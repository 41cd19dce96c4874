// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/Clock.h"
#include "ui/settings/Settings.h"
#include "ui/theme/Theme.h"

#include <QPointer>
#include <QTimer>
#include <QWidget>

class QPushButton;

namespace pilothouse::ui {

class TextLabel;

/// The last row: what goes on in the background and what was just refused or went wrong at the
/// left; health of the live data and the clock at the right.
class StatusStrip : public QWidget
{
    Q_OBJECT

public:
    StatusStrip(
        const Theme& theme, Settings& settings, const Clock& clock, QWidget* parent = nullptr);

    /// Shows a sentence; it goes after `seconds` (0: it stays until replaced). Read out by screen
    /// readers.
    void setNotice(const QString& text, int seconds = 8);
    QString notice() const;
    /// Negative series: no live data on this page.
    void setLiveData(int series, double perSecond, qulonglong dropped);
    /// What goes on in the background, at the left end; the strip owns it. Null takes it away.
    void setActivity(QWidget* activity);
    void focusFirst();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void refreshClock();

    const Theme& m_theme;
    Settings& m_settings;
    const Clock& m_clock;
    QPointer<QWidget> m_activity;
    TextLabel* m_notice;
    TextLabel* m_live;
    QPushButton* m_time;
    QTimer m_noticeEnd;
    QTimer m_tick;
};

} // namespace pilothouse::ui
