// SPDX-License-Identifier: GPL-3.0-or-later
// The crosshair of ChartCanvas and what it reads.
#include "ui/charts/ChartCanvas.h"

#include "ui/charts/ChartGroup.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

void ChartCanvas::paintCrosshair(QPainter& painter) const
{
    const auto time = m_group.crosshair();
    if (!time || *time < m_from || *time > m_to || m_picture.isNull()) {
        return;
    }
    const QRect plot = plotArea();
    const double x = std::round(pixelAt(*time)) + 0.5;
    painter.setPen(QPen(m_theme.color(Color::TextSecondary), 1));
    painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
    painter.setRenderHint(QPainter::Antialiasing);
    for (const ChartLine& line : m_content.lines) {
        const double value = valueAt(line, *time, usualStep(line.times) * 2);
        if (m_content.hidden.contains(line.id) || !std::isfinite(value)) {
            continue;
        }
        painter.setPen(QPen(m_theme.color(Color::Surface), 1.5));
        painter.setBrush(m_theme.seriesColor(line.color));
        painter.drawEllipse(QPointF(x, plot.top() + m_scale.toPixel(value, plot.height())), 4, 4);
    }
    if (underMouse() || hasFocus()) {
        paintReadout(painter, *time);
    }
}

void ChartCanvas::paintReadout(QPainter& painter, std::int64_t time) const
{
    const QFontMetrics metrics(m_theme.font(TypeRole::Label));
    const int row = metrics.height() + 3;
    const int pad = m_theme.px(8);
    struct Entry
    {
        QColor color;
        QString name;
        QString value;
    };
    std::vector<Entry> entries;
    int nameWidth = 0;
    int valueWidth = 0;
    for (const ChartLine& line : m_content.lines) {
        if (m_content.hidden.contains(line.id)) {
            continue;
        }
        const double value = valueAt(line, time, usualStep(line.times) * 2);
        QString shown = formatValue(value, m_content.unit).text();
        if (const ChartLine* before = m_content.previousOf(line.id)) {
            const double earlier = valueAt(*before, time, usualStep(before->times) * 2);
            shown += tr(", before %1").arg(formatValue(earlier, m_content.unit).text());
        }
        entries.push_back(
            {m_theme.seriesColor(line.color),
             metrics.elidedText(line.name, Qt::ElideMiddle, m_theme.px(220)),
             shown});
        nameWidth = std::max(nameWidth, metrics.horizontalAdvance(entries.back().name));
        valueWidth = std::max(valueWidth, metrics.horizontalAdvance(entries.back().value));
    }
    const QString clock = formatClock(time, m_group.isUtc());
    const int swatch = m_theme.px(16);
    const int width = std::max(
        metrics.horizontalAdvance(clock) + 2 * pad,
        nameWidth + valueWidth + swatch + m_theme.px(16) + 2 * pad);
    const int height = static_cast<int>(entries.size() + 1) * row + 2 * pad - 3;
    const QRect plot = plotArea();
    const double x = pixelAt(time);
    const bool right = x + m_theme.px(12) + width < this->width();
    const QRectF box(
        right ? x + m_theme.px(12) : x - m_theme.px(12) - width,
        std::max(0, std::min(plot.top() + m_theme.px(8), this->height() - height)),
        width,
        height);
    painter.setPen(m_theme.color(Color::BorderStrong));
    painter.setBrush(m_theme.color(Color::Raised));
    painter.drawRoundedRect(
        box.adjusted(0.5, 0.5, -0.5, -0.5), space::kRadiusControl, space::kRadiusControl);
    painter.setFont(m_theme.font(TypeRole::Label));
    QRectF at = box.adjusted(pad, pad - 1, -pad, 0);
    at.setHeight(row);
    painter.setPen(m_theme.color(Color::TextSecondary));
    painter.drawText(at, Qt::AlignLeft | Qt::AlignVCenter, clock);
    for (const Entry& entry : entries) {
        at.translate(0, row);
        painter.fillRect(QRectF(at.left(), at.center().y() - 1, m_theme.px(10), 2), entry.color);
        painter.setPen(m_theme.color(Color::TextSecondary));
        painter.drawText(
            at.adjusted(swatch, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, entry.name);
        painter.setPen(m_theme.color(Color::TextPrimary));
        painter.drawText(at, Qt::AlignRight | Qt::AlignVCenter, entry.value);
    }
}

} // namespace pilothouse::ui
