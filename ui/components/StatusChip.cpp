// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/StatusChip.h"

#include <QPainter>

namespace pilothouse::ui {

StatusChip::StatusChip(const Theme& theme, Severity severity, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_severity(severity)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setStatus(severity);
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void StatusChip::setStatus(Severity severity, const QString& word)
{
    const QString shown = word.isEmpty() ? lookOf(severity).word : word;
    if (severity == m_severity && shown == m_word) {
        return;
    }
    m_severity = severity;
    m_word = shown;
    setAccessibleName(shown);
    updateGeometry();
    update();
}

QSize StatusChip::sizeHint() const
{
    const QFontMetrics metrics(m_theme.font(TypeRole::BodyStrong));
    return {metrics.horizontalAdvance(m_word) + m_theme.px(14 + 5 + 7 + 8), m_theme.px(22)};
}

void StatusChip::paintEvent(QPaintEvent*)
{
    const SeverityLook look = lookOf(m_severity);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_theme.color(look.fill));
    painter.drawRoundedRect(rect(), space::kRadiusChip, space::kRadiusChip);
    const int icon = m_theme.px(14);
    painter.drawPixmap(
        m_theme.px(7),
        (height() - icon) / 2,
        m_theme.pixmap(look.icon, look.mark, 14, devicePixelRatioF()));
    painter.setFont(m_theme.font(TypeRole::BodyStrong));
    painter.setPen(m_theme.color(look.text));
    painter.drawText(
        rect().adjusted(m_theme.px(7 + 14 + 5), 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, m_word);
}

} // namespace pilothouse::ui
