// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ChartLegend.h"

#include "ui/components/TextLabel.h"

#include <QHBoxLayout>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

LegendItem::LegendItem(const Theme& theme, QWidget* parent)
    : QAbstractButton(parent), m_theme(theme)
{
    setCheckable(true);
    setChecked(true);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void LegendItem::show(const ChartLine& line, Unit unit, bool drawn)
{
    const auto newest = std::find_if(line.values.rbegin(), line.values.rend(), [](double value) {
        return std::isfinite(value);
    });
    const QString value =
        newest == line.values.rend() ? QString() : formatValue(*newest, unit).text();
    const bool resized = text() != line.name || value.size() != m_value.size();
    m_id = line.id;
    m_value = value;
    m_color = line.color;
    setText(line.name);
    setChecked(drawn);
    setToolTip(line.name);
    setAccessibleName(line.name);
    setAccessibleDescription(tr("newest value %1; switches the line on and off").arg(value));
    if (resized) {
        updateGeometry();
    }
    update();
}

QSize LegendItem::sizeHint() const
{
    const QFontMetrics metrics(m_theme.font(TypeRole::Label));
    return {
        m_theme.px(22) + metrics.horizontalAdvance(text()) + m_theme.px(6) +
            metrics.horizontalAdvance(m_value) + m_theme.px(8),
        m_theme.px(28)};
}

QSize LegendItem::minimumSizeHint() const
{
    const QFontMetrics metrics(m_theme.font(TypeRole::Label));
    return {
        m_theme.px(30) + std::min(metrics.horizontalAdvance(text()), m_theme.px(60)),
        m_theme.px(28)};
}

void LegendItem::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (hasFocus()) {
        painter.setPen(QPen(m_theme.color(Color::Focus), 2));
        painter.drawRoundedRect(
            QRectF(rect()).adjusted(1, 1, -1, -1), space::kRadiusChip, space::kRadiusChip);
    } else if (underMouse()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.color(Color::Hover));
        painter.drawRoundedRect(rect(), space::kRadiusChip, space::kRadiusChip);
    }
    const QColor color =
        isChecked() ? m_theme.seriesColor(m_color) : m_theme.color(Color::TextDisabled);
    painter.setPen(QPen(color, 2));
    const qreal middle = height() / 2.0;
    painter.drawLine(QPointF(m_theme.px(4), middle), QPointF(m_theme.px(17), middle));
    QFont font = m_theme.font(TypeRole::Label);
    font.setStrikeOut(!isChecked()); // not by colour alone
    painter.setFont(font);
    const QFontMetrics metrics = painter.fontMetrics();
    const int room = width() - m_theme.px(22 + 4);
    const int valueWidth = metrics.horizontalAdvance(m_value) + m_theme.px(6);
    // Where both do not fit, the name stays.
    const bool withValue = isChecked() && metrics.horizontalAdvance(text()) + valueWidth <= room;
    const QRect area = rect().adjusted(m_theme.px(22), 0, -m_theme.px(4), 0);
    const QString name = metrics.elidedText(text(), Qt::ElideMiddle, room);
    painter.setPen(m_theme.color(isChecked() ? Color::TextSecondary : Color::TextDisabled));
    painter.drawText(area, Qt::AlignLeft | Qt::AlignVCenter, name);
    if (withValue) {
        painter.setPen(m_theme.color(Color::TextPrimary));
        const int left = area.left() + metrics.horizontalAdvance(name) + m_theme.px(6);
        painter.drawText(
            QRect(left, 0, width() - left, height()), Qt::AlignLeft | Qt::AlignVCenter, m_value);
    }
}

ChartLegend::ChartLegend(const Theme& theme, QWidget* parent)
    : QWidget(parent),
      m_theme(theme),
      m_layout(new QHBoxLayout(this)),
      m_others(new TextLabel(theme, TypeRole::Label, {}, this))
{
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(theme.px(space::kS));
    m_others->setElided(true);
    m_layout->addWidget(m_others);
    m_layout->addStretch(1);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void ChartLegend::show(const ChartContent& content)
{
    while (m_items.size() < content.lines.size()) {
        auto* item = new LegendItem(m_theme, this);
        m_layout->insertWidget(static_cast<int>(m_items.size()), item);
        connect(item, &LegendItem::clicked, this, [this, item](bool checked) {
            Q_EMIT toggled(item->id(), checked);
        });
        m_items.push_back(item);
    }
    for (std::size_t at = 0; at < m_items.size(); ++at) {
        const bool used = at < content.lines.size();
        m_items[at]->setVisible(used);
        if (used) {
            const ChartLine& line = content.lines[at];
            m_items[at]->show(line, content.unit, !content.hidden.contains(line.id));
        }
    }
    m_others->setVisible(content.others > 0);
    m_others->setText(tr("+ %n others (band)", nullptr, content.others));
    setVisible(content.lines.size() > 0);
}

} // namespace pilothouse::ui
