// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/BandButton.h"

#include <QPainter>

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int kIcon = 15;
constexpr int kPadding = 8;
constexpr int kGap = 8;
constexpr int kHeight = 24;

} // namespace

BandButton::BandButton(const Theme& theme, QWidget* parent)
    : QAbstractButton(parent), m_theme(theme)
{
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    connect(&m_theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void BandButton::setContent(const QString& icon, const QString& strong, const QString& text)
{
    if (icon == m_icon && strong == m_strong && text == m_text) {
        return;
    }
    m_icon = icon;
    m_strong = strong;
    m_text = text;
    const bool both = !strong.isEmpty() && !text.isEmpty();
    setAccessibleName(
        both ? QString(strong + QStringLiteral(", ") + text) : QString(strong + text));
    updateGeometry();
    update();
}

void BandButton::setColors(Color text, Color fill, bool hasFill)
{
    m_color = text;
    m_fill = fill;
    m_hasFill = hasFill;
    update();
}

QSize BandButton::sizeHint() const
{
    const QFontMetrics strong(m_theme.font(TypeRole::BodyStrong));
    int width = 2 * m_theme.px(kPadding);
    width += m_icon.isEmpty() ? 0 : m_theme.px(kIcon + kGap);
    width += m_strong.isEmpty() ? 0 : strong.horizontalAdvance(m_strong);
    width += m_text.isEmpty() ? 0 : strong.horizontalAdvance(m_text);
    width += m_strong.isEmpty() || m_text.isEmpty() ? 0 : m_theme.px(kGap + 4);
    return {width + 1, m_theme.px(kHeight)};
}

QSize BandButton::minimumSizeHint() const
{
    const QFontMetrics strong(m_theme.font(TypeRole::BodyStrong));
    return {
        m_theme.px(2 * kPadding + kIcon + kGap) +
            (m_strong.isEmpty() ? m_theme.px(kPadding * 4) : strong.horizontalAdvance(m_strong)),
        m_theme.px(kHeight)};
}

void BandButton::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor color = m_theme.color(m_color);
    const QRectF body = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    if (m_hasFill) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.color(m_fill));
        painter.drawRoundedRect(
            body, m_theme.px(space::kRadiusChip), m_theme.px(space::kRadiusChip));
    }
    if (underMouse() || isDown()) {
        QColor wash = color;
        wash.setAlpha(isDown() ? 60 : 32);
        painter.setPen(Qt::NoPen);
        painter.setBrush(wash);
        painter.drawRoundedRect(
            body, m_theme.px(space::kRadiusChip), m_theme.px(space::kRadiusChip));
    }
    if (hasFocus()) {
        painter.setPen(QPen(color, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(
            QRectF(rect()).adjusted(1, 1, -1, -1),
            m_theme.px(space::kRadiusChip),
            m_theme.px(space::kRadiusChip));
    }
    int x = m_theme.px(kPadding);
    if (!m_icon.isEmpty()) {
        const int side = m_theme.px(kIcon);
        painter.drawPixmap(
            QRect(x, (height() - side) / 2, side, side),
            m_theme.pixmap(m_icon, m_color, kIcon, devicePixelRatioF()));
        x += m_theme.px(kIcon + kGap);
    }
    painter.setPen(color);
    const QFont font = m_theme.font(TypeRole::BodyStrong);
    painter.setFont(font);
    const QFontMetrics metrics(font);
    if (!m_strong.isEmpty()) {
        painter.drawText(QRect(x, 0, width(), height()), Qt::AlignVCenter, m_strong);
        x += metrics.horizontalAdvance(m_strong) + m_theme.px(kGap + 4);
    }
    const int room = width() - x - m_theme.px(kPadding);
    painter.drawText(
        QRect(x, 0, std::max(0, room + 1), height()),
        Qt::AlignVCenter,
        metrics.elidedText(m_text, Qt::ElideRight, room + 1));
}

} // namespace pilothouse::ui
