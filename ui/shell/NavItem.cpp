// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/NavItem.h"

#include <QPainter>

namespace pilothouse::ui {

namespace {

constexpr int kHeight = 34;
constexpr int kIcon = 18;
constexpr int kLargestShown = 99;

} // namespace

NavItem::NavItem(
    const Theme& theme, QString pageId, const QString& title, QString icon, QWidget* parent)
    : QAbstractButton(parent), m_theme(theme), m_pageId(std::move(pageId)), m_icon(std::move(icon))
{
    setText(title);
    setAccessibleName(title);
    setCheckable(true);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    connect(&m_theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void NavItem::setBadge(int count)
{
    m_badge = count;
    setAccessibleName(
        count > 0 ? tr("%1, %n wanting attention", nullptr, count).arg(text()) : text());
    update();
}

void NavItem::setCollapsed(bool collapsed)
{
    m_isCollapsed = collapsed;
    update();
}

QSize NavItem::sizeHint() const
{
    return {m_theme.px(m_isCollapsed ? 40 : 188), m_theme.px(kHeight)};
}

void NavItem::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF body = QRectF(rect()).adjusted(1, 1, -1, -1);
    const int radius = m_theme.px(space::kRadiusControl);
    if (isChecked() || underMouse()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.color(isChecked() ? Color::Selection : Color::Hover));
        painter.drawRoundedRect(body, radius, radius);
    }
    if (hasFocus()) {
        painter.setPen(QPen(m_theme.color(Color::Focus), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(body, radius, radius);
    }
    const Color color = isChecked() ? Color::TextPrimary : Color::TextSecondary;
    const int side = m_theme.px(kIcon);
    const int left = m_isCollapsed ? (width() - side) / 2 : m_theme.px(space::kM - 2);
    painter.drawPixmap(
        QRect(left, (height() - side) / 2, side, side),
        m_theme.pixmap(m_icon, color, kIcon, devicePixelRatioF()));
    const QString badge =
        m_badge > kLargestShown ? QStringLiteral("99+") : QString::number(m_badge);
    painter.setPen(m_theme.color(color));
    if (m_isCollapsed) {
        if (m_badge > 0) {
            painter.setFont(m_theme.font(TypeRole::Caption));
            painter.drawText(rect().adjusted(0, 1, -3, 0), Qt::AlignTop | Qt::AlignRight, badge);
        }
        return;
    }
    painter.setFont(m_theme.font(TypeRole::Body));
    const int textLeft = left + side + m_theme.px(space::kS);
    const QRect area(textLeft, 0, width() - textLeft - m_theme.px(space::kS), height());
    painter.drawText(area, Qt::AlignVCenter, text());
    if (m_badge > 0) {
        const int advance = painter.fontMetrics().horizontalAdvance(text());
        painter.setFont(m_theme.font(TypeRole::BodyStrong));
        painter.drawText(area.adjusted(advance + m_theme.px(10), 0, 0, 0), Qt::AlignVCenter, badge);
    }
}

} // namespace pilothouse::ui
