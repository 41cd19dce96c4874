// SPDX-License-Identifier: GPL-3.0-or-later
// Drawing of ChartCanvas.
#include "ui/charts/ChartCanvas.h"

#include "ui/charts/ChartGroup.h"
#include "ui/charts/ThreadCpu.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {

constexpr int kWidthPerTimeTick = 84;
constexpr int kHeightPerValueTick = 44;

void widenTo(double value, double& least, double& greatest)
{
    if (std::isfinite(value)) {
        least = std::min(least, value);
        greatest = std::max(greatest, value);
    }
}

void widenTo(const std::vector<ChartRun>& runs, double& least, double& greatest)
{
    for (const ChartRun& run : runs) {
        for (const QPointF& point : run) {
            widenTo(point.y(), least, greatest);
        }
    }
}

void toHeights(std::vector<ChartRun>& runs, const ValueScale& scale, double height)
{
    for (ChartRun& run : runs) {
        for (QPointF& point : run) {
            point.setY(scale.toPixel(point.y(), height));
        }
    }
}

/// The line as a logarithmic axis takes it: what is not above zero is a gap.
ChartLine positiveOf(const ChartLine& line)
{
    ChartLine positive = line;
    for (double& value : positive.values) {
        value = value > 0 ? value : NAN;
    }
    return positive;
}

/// The area between two lines, as one polygon along the first and back along the second.
QPolygonF bandBetween(const std::vector<ChartRun>& lower, const std::vector<ChartRun>& upper)
{
    QPolygonF band;
    for (const ChartRun& run : upper) {
        for (const QPointF& point : run) {
            band << point;
        }
    }
    for (auto run = lower.rbegin(); run != lower.rend(); ++run) {
        for (auto point = run->rbegin(); point != run->rend(); ++point) {
            band << *point;
        }
    }
    return band;
}

} // namespace

std::vector<ChartRun> ChartCanvas::columnsOf(const ChartLine& line) const
{
    const int width = plotArea().width();
    return m_content.isLog ? toPixelColumns(positiveOf(line), m_from, m_to, width)
                           : toPixelColumns(line, m_from, m_to, width);
}

void ChartCanvas::measure(Drawing& drawing)
{
    const QRect plot = plotArea();
    double least = INFINITY;
    double greatest = -INFINITY;
    for (const ChartLine& line : m_content.lines) {
        if (m_content.hidden.contains(line.id)) {
            continue;
        }
        const QColor color = m_theme.seriesColor(line.color);
        drawing.lines.push_back({columnsOf(line), color});
        widenTo(drawing.lines.back().runs, least, greatest);
        if (const ChartLine* before = m_content.previousOf(line.id)) {
            drawing.previous.push_back({columnsOf(*before), color});
            widenTo(drawing.previous.back().runs, least, greatest);
        }
    }
    std::vector<ChartRun> lower;
    std::vector<ChartRun> upper;
    if (m_content.others > 0) {
        lower = columnsOf(m_content.othersLeast);
        upper = columnsOf(m_content.othersGreatest);
        widenTo(lower, least, greatest);
        widenTo(upper, least, greatest);
    }
    for (const ChartThreshold& threshold : m_content.thresholds) {
        // A line far away would flatten the data to nothing; its legend still tells of it.
        if (least <= greatest && threshold.value <= std::max(greatest * 2, 1e-12)) {
            widenTo(threshold.value, least, greatest);
        }
    }
    const int ticks = std::max(3, plot.height() / m_theme.px(kHeightPerValueTick) + 1);
    m_scale = m_content.isLog && least <= greatest && least > 0
                  ? logScale(least, greatest, m_content.unit, ticks)
                  : valueScale(least, greatest, m_content.unit, ticks);
    for (auto* lines : {&drawing.lines, &drawing.previous}) {
        for (PixelLine& line : *lines) {
            toHeights(line.runs, m_scale, plot.height());
        }
    }
    toHeights(lower, m_scale, plot.height());
    toHeights(upper, m_scale, plot.height());
    drawing.band = bandBetween(lower, upper);
}

void ChartCanvas::drawNow()
{
    const QRect plot = plotArea();
    if (plot.width() < 20 || plot.height() < 20) {
        return;
    }
    m_stale = false;
    m_from = m_group.from();
    m_to = std::max(m_group.to(), m_from + 1);
    Drawing drawing;
    measure(drawing);
    m_renderer.setSize(plot.size());
    m_renderer.setLines(drawing.lines);

    const qreal ratio = devicePixelRatioF();
    const QSize pixels = size() * ratio;
    if (m_picture.size() != pixels) {
        m_picture = QPixmap(pixels);
        m_picture.setDevicePixelRatio(ratio);
    }
    m_picture.fill(m_theme.color(Color::Surface));
    QPainter painter(&m_picture);
    paintGrid(painter);
    painter.save();
    painter.translate(plot.topLeft());
    if (!drawing.band.isEmpty()) {
        QColor fill = m_theme.color(Color::TextSecondary);
        fill.setAlphaF(0.22F);
        painter.setPen(Qt::NoPen);
        painter.setBrush(fill);
        painter.setClipRect(QRect(QPoint(0, 0), plot.size()));
        painter.drawPolygon(drawing.band);
        painter.setClipping(false);
    }
    m_smooth = hasFocus() || m_smoothCost <= kSmoothBudgetMs;
    const double before = threadCpuMs();
    paintPrevious(painter, drawing.previous);
    m_renderer.paint(painter, m_smooth);
    if (m_smooth) {
        // Slowly forgotten, so that one slow drawing does not switch smoothing off for good.
        m_smoothCost = m_smoothCost * 0.7 + (threadCpuMs() - before) * 0.3;
    }
    painter.restore();
    paintThresholds(painter);
    paintMarks(painter);
    painter.end();
    repaint();
    Q_EMIT drawn();
}

void ChartCanvas::paintPrevious(QPainter& painter, const std::vector<PixelLine>& lines) const
{
    // Not by QtCharts: it strokes every segment by itself, so that short ones lose their dashes.
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, m_smooth);
    painter.setClipRect(QRect(QPoint(0, 0), plotArea().size()));
    for (const PixelLine& line : lines) {
        QPen pen(line.color, 1.25, Qt::CustomDashLine, Qt::FlatCap, Qt::BevelJoin);
        pen.setDashPattern({4, 4});
        painter.setPen(pen);
        for (const ChartRun& run : line.runs) {
            painter.drawPolyline(run.data(), static_cast<int>(run.size()));
        }
    }
    painter.restore();
}

void ChartCanvas::paintGrid(QPainter& painter) const
{
    const QRect plot = plotArea();
    painter.setFont(m_theme.font(TypeRole::Label));
    const QColor grid = m_theme.color(Color::BorderSubtle);
    const QColor text = m_theme.color(Color::TextSecondary);
    const int line = painter.fontMetrics().height();
    for (const AxisTick& tick : m_scale.ticks) {
        const int y =
            plot.top() + static_cast<int>(std::lround(m_scale.toPixel(tick.at, plot.height())));
        painter.fillRect(plot.left(), y, plot.width(), 1, grid);
        painter.setPen(text);
        painter.drawText(
            QRect(0, y - line / 2, plot.left() - m_theme.px(m_scale.isLog ? 4 : 8), line),
            Qt::AlignRight | Qt::AlignVCenter,
            tick.label);
    }
    if (!m_scale.unit.isEmpty()) {
        painter.setPen(text);
        // "B/s log" is wider than the margin.
        const bool isWide = m_scale.isLog;
        const Qt::Alignment side = isWide ? Qt::AlignLeft : Qt::AlignRight;
        painter.drawText(
            isWide ? QRect(m_theme.px(4), 0, plot.width(), line)
                   : QRect(0, 0, plot.left() - m_theme.px(8), line),
            static_cast<int>(side | Qt::AlignVCenter),
            m_scale.unit);
    }
    const int most = std::max(2, plot.width() / m_theme.px(kWidthPerTimeTick));
    for (const AxisTick& tick : timeTicks(m_from, m_to, most, m_group.isUtc())) {
        const int x = static_cast<int>(std::lround(pixelAt(static_cast<std::int64_t>(tick.at))));
        painter.fillRect(x, plot.top(), 1, plot.height(), grid);
        painter.setPen(text);
        const int width = painter.fontMetrics().horizontalAdvance(tick.label) + 4;
        const int left = std::clamp(x - width / 2, 0, std::max(0, this->width() - width));
        painter.drawText(
            QRect(left, plot.bottom() + m_theme.px(5), width, line), Qt::AlignCenter, tick.label);
    }
}

void ChartCanvas::paintThresholds(QPainter& painter) const
{
    const QRect plot = plotArea();
    painter.setFont(m_theme.font(TypeRole::Caption));
    for (const ChartThreshold& threshold : m_content.thresholds) {
        if (threshold.value < m_scale.low || threshold.value > m_scale.high) {
            continue;
        }
        const SeverityLook look = lookOf(threshold.severity);
        const double y = plot.top() + m_scale.toPixel(threshold.value, plot.height());
        painter.setPen(QPen(m_theme.color(look.mark), 1));
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
        const QString text =
            threshold.name + QLatin1Char(' ') + formatValue(threshold.value, m_content.unit).text();
        const int width = painter.fontMetrics().horizontalAdvance(text) + m_theme.px(8);
        const int height = painter.fontMetrics().height();
        const bool above = y - height > plot.top();
        const QRectF box(plot.right() - width, above ? y - height - 1 : y + 1, width, height);
        painter.fillRect(box, m_theme.color(Color::Surface));
        painter.setPen(m_theme.color(look.text));
        painter.drawText(box, Qt::AlignCenter, text);
    }
}

void ChartCanvas::paintMarks(QPainter& painter) const
{
    const QRect plot = plotArea();
    for (const ChartAnnotation& mark : m_content.annotations) {
        if (mark.time < m_from || mark.time > m_to) {
            continue;
        }
        const SeverityLook look = lookOf(mark.severity);
        const double x = pixelAt(mark.time);
        painter.setPen(QPen(m_theme.color(look.mark), 1));
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()));
        const QPixmap icon = m_theme.pixmap(look.icon, look.mark, 14, devicePixelRatioF());
        painter.drawPixmap(QPointF(x - m_theme.px(14) / 2.0, plot.top() - m_theme.px(17)), icon);
    }
}

void ChartCanvas::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    if (m_picture.isNull()) {
        painter.fillRect(rect(), m_theme.color(Color::Surface));
    } else {
        painter.drawPixmap(0, 0, m_picture);
    }
    if (m_stale) {
        // It was asked to draw while it could not be seen.
        m_group.scheduler().schedule(this, [this] { drawNow(); });
    }
    if (m_dragFrom) {
        const QRect plot = plotArea();
        QColor fill = m_theme.color(Color::Accent);
        fill.setAlphaF(0.25F);
        const double left =
            std::clamp<double>(std::min(*m_dragFrom, m_dragTo), plot.left(), plot.right());
        const double right =
            std::clamp<double>(std::max(*m_dragFrom, m_dragTo), plot.left(), plot.right());
        painter.fillRect(QRectF(left, plot.top(), right - left, plot.height()), fill);
    }
    paintCrosshair(painter);
    if (hasFocus() && m_focusRing) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(m_theme.color(Color::Focus), 2));
        painter.drawRoundedRect(
            QRectF(rect()).adjusted(1, 1, -1, -1), space::kRadiusChip, space::kRadiusChip);
    }
}

QPixmap ChartCanvas::picture() const
{
    return m_picture;
}

} // namespace pilothouse::ui
