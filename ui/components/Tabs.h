// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QTabBar>

namespace pilothouse::ui {

/// The parts of a page or of an inspector, one shown at a time: plain words, the current one
/// underlined, a number where something wants attention. Arrow keys move, as in every tab bar.
class Tabs : public QTabBar
{
    Q_OBJECT

public:
    /// `name` is what a screen reader calls the bar.
    Tabs(const Theme& theme, const QString& name, QWidget* parent = nullptr);

    /// Things wanting attention behind this tab; 0 for none.
    void setBadge(int tab, int count);
    int badge(int tab) const { return tabData(tab).toInt(); }

protected:
    QSize tabSizeHint(int tab) const override;
    QSize minimumTabSizeHint(int tab) const override { return tabSizeHint(tab); }
    void paintEvent(QPaintEvent* event) override;

private:
    void restyle();

    const Theme& m_theme;
};

} // namespace pilothouse::ui
