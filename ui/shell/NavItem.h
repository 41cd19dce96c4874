// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QAbstractButton>

namespace pilothouse::ui {

/// One page in the navigation: icon, name and, where something wants attention, a count.
class NavItem : public QAbstractButton
{
    Q_OBJECT

public:
    NavItem(
        const Theme& theme,
        QString pageId,
        const QString& title,
        QString icon,
        QWidget* parent = nullptr);

    const QString& pageId() const { return m_pageId; }
    void setBadge(int count);
    void setCollapsed(bool collapsed);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    QString m_pageId;
    QString m_icon;
    int m_badge = 0;
    bool m_isCollapsed = false;
};

} // namespace pilothouse::ui
