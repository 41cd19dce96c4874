// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/PageRegistry.h"
#include "ui/theme/Theme.h"

#include <QHash>
#include <QWidget>

class QVBoxLayout;

namespace pilothouse::ui {

class NavItem;

/// The pages of this build in groups. Arrow keys move between them, Tab leaves. Narrow, it shows
/// icons with the names as tooltips.
class NavRail : public QWidget
{
    Q_OBJECT

public:
    NavRail(const Theme& theme, const PageRegistry& pages, QWidget* parent = nullptr);

    void setCurrent(const QString& pageId);
    void setBadge(const QString& pageId, int count);
    /// Tooltip with the page's key.
    void setHint(const QString& pageId, const QString& hint);
    void setCollapsed(bool collapsed);
    bool isCollapsed() const { return m_isCollapsed; }
    void focusCurrent();

Q_SIGNALS:
    void pageChosen(const QString& pageId);

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void addGroup(NavGroup group, const PageRegistry& pages, QVBoxLayout& layout);
    void resizeToMode();
    void moveFocus(int step);

    const Theme& m_theme;
    bool m_isCollapsed = false;
    QString m_current;
    std::vector<NavItem*> m_items;
    std::vector<QWidget*> m_captions;
};

} // namespace pilothouse::ui
