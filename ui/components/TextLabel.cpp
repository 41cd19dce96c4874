// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/TextLabel.h"

#include <QPainter>

namespace pilothouse::ui {

namespace {

Color usualColor(TypeRole role)
{
    return role == TypeRole::Label || role == TypeRole::Caption ? Color::TextSecondary
                                                                : Color::TextPrimary;
}

} // namespace

TextLabel::TextLabel(const Theme& theme, TypeRole role, const QString& text, QWidget* parent)
    : TextLabel(theme, role, usualColor(role), text, parent)
{}

TextLabel::TextLabel(
    const Theme& theme, TypeRole role, Color color, const QString& text, QWidget* parent)
    : QLabel(text, parent), m_theme(theme), m_role(role), m_color(color)
{
    setTextFormat(Qt::PlainText);
    restyle();
    connect(&theme, &Theme::changed, this, &TextLabel::restyle);
}

void TextLabel::setColor(Color color)
{
    if (color != m_color) {
        m_color = color;
        restyle();
    }
}

void TextLabel::setElided(bool elided)
{
    m_elided = elided;
    updateGeometry();
    update();
}

QSize TextLabel::minimumSizeHint() const
{
    QSize size = QLabel::minimumSizeHint();
    if (m_elided) {
        size.setWidth(m_theme.px(24));
    }
    return size;
}

void TextLabel::paintEvent(QPaintEvent* event)
{
    if (!m_elided || fontMetrics().horizontalAdvance(text()) <= contentsRect().width()) {
        QLabel::paintEvent(event);
        return;
    }
    QPainter painter(this);
    painter.setPen(palette().color(foregroundRole()));
    painter.drawText(
        contentsRect(),
        static_cast<int>(alignment()),
        fontMetrics().elidedText(text(), Qt::ElideRight, contentsRect().width()));
    if (toolTip() != text()) {
        setToolTip(text());
    }
}

void TextLabel::restyle()
{
    setFont(m_theme.font(m_role));
    QPalette changed = m_theme.palette();
    changed.setColor(QPalette::WindowText, m_theme.color(m_color));
    setPalette(changed);
}

} // namespace pilothouse::ui
