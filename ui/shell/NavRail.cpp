// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/NavRail.h"

#include "ui/components/TextLabel.h"
#include "ui/shell/NavItem.h"

#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int kWide = 204;
constexpr int kNarrow = 56;

QString captionOf(NavGroup group)
{
    switch (group) {
    case NavGroup::Observe:
        return NavRail::tr("OBSERVE");
    case NavGroup::Operate:
        return NavRail::tr("OPERATE");
    case NavGroup::Data:
        return NavRail::tr("DATA");
    case NavGroup::Trust:
        return NavRail::tr("TRUST");
    case NavGroup::Bottom:
        break;
    }
    return {};
}

} // namespace

NavRail::NavRail(const Theme& theme, const PageRegistry& pages, QWidget* parent)
    : QWidget(parent), m_theme(theme)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kS, space::kS, space::kS, space::kS);
    layout->setSpacing(0);
    for (const NavGroup group :
         {NavGroup::Observe, NavGroup::Operate, NavGroup::Data, NavGroup::Trust}) {
        addGroup(group, pages, *layout);
    }
    layout->addStretch(1);
    addGroup(NavGroup::Bottom, pages, *layout);
    connect(&m_theme, &Theme::changed, this, &NavRail::resizeToMode);
    resizeToMode();
}

void NavRail::addGroup(NavGroup group, const PageRegistry& pages, QVBoxLayout& layout)
{
    bool isFirst = true;
    for (const PageSpec& page : pages.pages()) {
        if (page.group != group) {
            continue;
        }
        if (isFirst && group != NavGroup::Bottom) {
            auto* caption = new TextLabel(
                m_theme, TypeRole::Caption, Color::TextSecondary, captionOf(group), this);
            caption->setContentsMargins(space::kM - 2, space::kM, 0, space::kXs);
            layout.addWidget(caption);
            m_captions.push_back(caption);
        }
        isFirst = false;
        auto* item = new NavItem(m_theme, page.id, page.title, page.icon, this);
        item->setAccessibleDescription(page.purpose);
        item->setToolTip(page.purpose);
        connect(item, &QAbstractButton::clicked, this, [this, item] {
            item->setChecked(item->pageId() == m_current);
            Q_EMIT pageChosen(item->pageId());
        });
        layout.addWidget(item);
        m_items.push_back(item);
    }
}

void NavRail::setCurrent(const QString& pageId)
{
    m_current = pageId;
    for (NavItem* item : m_items) {
        const bool isCurrent = item->pageId() == pageId;
        item->setChecked(isCurrent);
        // One stop of Tab for the whole rail.
        item->setFocusPolicy(isCurrent || pageId.isEmpty() ? Qt::StrongFocus : Qt::ClickFocus);
    }
}

void NavRail::setBadge(const QString& pageId, int count)
{
    for (NavItem* item : m_items) {
        if (item->pageId() == pageId) {
            item->setBadge(count);
        }
    }
}

void NavRail::setHint(const QString& pageId, const QString& hint)
{
    for (NavItem* item : m_items) {
        if (item->pageId() == pageId) {
            item->setToolTip(hint);
        }
    }
}

void NavRail::setCollapsed(bool collapsed)
{
    if (collapsed == m_isCollapsed) {
        return;
    }
    m_isCollapsed = collapsed;
    for (NavItem* item : m_items) {
        item->setCollapsed(collapsed);
    }
    for (QWidget* caption : m_captions) {
        caption->setVisible(!collapsed);
    }
    resizeToMode();
}

void NavRail::resizeToMode()
{
    setFixedWidth(m_theme.px(m_isCollapsed ? kNarrow : kWide));
}

void NavRail::focusCurrent()
{
    const auto found = std::find_if(
        m_items.begin(), m_items.end(), [](const NavItem* item) { return item->isChecked(); });
    NavItem* item = found != m_items.end() ? *found : m_items.empty() ? nullptr : m_items.front();
    if (item != nullptr) {
        item->setFocus(Qt::ShortcutFocusReason);
    }
}

void NavRail::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Down) {
        moveFocus(1);
    } else if (event->key() == Qt::Key_Up) {
        moveFocus(-1);
    } else {
        QWidget::keyPressEvent(event);
    }
}

void NavRail::moveFocus(int step)
{
    const auto found = std::find_if(
        m_items.begin(), m_items.end(), [](const NavItem* item) { return item->hasFocus(); });
    if (found == m_items.end()) {
        return;
    }
    const auto count = static_cast<int>(m_items.size());
    const int next = (static_cast<int>(found - m_items.begin()) + step + count) % count;
    m_items[static_cast<std::size_t>(next)]->setFocus(Qt::TabFocusReason);
}

void NavRail::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.color(Color::Sunken));
}

} // namespace pilothouse::ui
