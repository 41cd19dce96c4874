// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/ChartCanvas.h"

#include "ui/charts/ChartGroup.h"
#include "ui/charts/ChartText.h"

#include <QKeyEvent>
#include <QPainter>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace pilothouse::ui {

namespace {

/// A drag shorter than this is a click.
constexpr double kLeastDrag = 5;
constexpr double kWheelStep = 1.25;

} // namespace

ChartCanvas::ChartCanvas(
    const Theme& theme, ChartGroup& group, const ChartContent& content, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_group(group), m_content(content)
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&theme, &Theme::changed, this, &ChartCanvas::invalidate);
    connect(&group, &ChartGroup::rangeChanged, this, &ChartCanvas::invalidate);
    connect(&group, &ChartGroup::crosshairChanged, this, [this] { update(); });
}

void ChartCanvas::invalidate()
{
    m_stale = true;
    m_group.scheduler().schedule(this, [this] { drawNow(); });
}

QString ChartCanvas::description() const
{
    return describeChart(m_content, m_group.from(), m_group.to(), m_group.isUtc());
}

QSize ChartCanvas::sizeHint() const
{
    return {m_theme.px(480), m_theme.px(220)};
}

QSize ChartCanvas::minimumSizeHint() const
{
    return {m_theme.px(180), m_theme.px(132)};
}

QRect ChartCanvas::plotArea() const
{
    // The same left margin in every chart: stacked charts share their time axis by eye.
    // Above it there is a line for the unit, clear of the label of the topmost tick.
    return rect().adjusted(m_theme.px(46), m_theme.px(28), -m_theme.px(18), -m_theme.px(24));
}

std::int64_t ChartCanvas::timeAt(double x) const
{
    const QRect plot = plotArea();
    const double share = (x - plot.left()) / std::max(1, plot.width());
    return m_from + std::llround(std::clamp(share, 0.0, 1.0) * static_cast<double>(m_to - m_from));
}

double ChartCanvas::pixelAt(std::int64_t time) const
{
    const QRect plot = plotArea();
    return plot.left() + static_cast<double>(time - m_from) /
                             static_cast<double>(std::max<std::int64_t>(1, m_to - m_from)) *
                             plot.width();
}

const ChartLine* ChartCanvas::longestLine() const
{
    const ChartLine* longest = nullptr;
    for (const ChartLine& line : m_content.lines) {
        if (!m_content.hidden.contains(line.id) &&
            (longest == nullptr || line.times.size() > longest->times.size())) {
            longest = &line;
        }
    }
    return longest;
}

void ChartCanvas::resizeEvent(QResizeEvent*)
{
    invalidate();
}

void ChartCanvas::showEvent(QShowEvent*)
{
    invalidate();
}

void ChartCanvas::mousePressEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && plotArea().contains(event->pos())) {
        m_dragFrom = m_dragTo = event->position().x();
    }
}

void ChartCanvas::mouseMoveEvent(QMouseEvent* event)
{
    if (m_dragFrom) {
        m_dragTo = event->position().x();
        update();
    }
    if (plotArea().contains(event->pos())) {
        m_group.setCrosshair(timeAt(event->position().x()));
    } else if (!m_dragFrom) {
        m_group.setCrosshair({});
    }
}

void ChartCanvas::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || !m_dragFrom) {
        return;
    }
    const double begin = std::min(*m_dragFrom, m_dragTo);
    const double end = std::max(*m_dragFrom, m_dragTo);
    m_dragFrom.reset();
    update();
    if (end - begin >= kLeastDrag) {
        m_group.time().zoomTo(
            absl::FromUnixMillis(timeAt(begin)), absl::FromUnixMillis(timeAt(end)));
    }
}

void ChartCanvas::mouseDoubleClickEvent(QMouseEvent*)
{
    m_dragFrom.reset();
    m_group.time().resetZoom();
}

void ChartCanvas::leaveEvent(QEvent*)
{
    m_group.setCrosshair({});
}

void ChartCanvas::zoomAround(std::int64_t center, double factor)
{
    const auto before = static_cast<double>(center - m_from);
    const auto after = static_cast<double>(m_to - center);
    m_group.time().zoomTo(
        absl::FromUnixMillis(center - std::llround(before * factor)),
        absl::FromUnixMillis(center + std::llround(after * factor)));
}

void ChartCanvas::wheelEvent(QWheelEvent* event)
{
    const int turned = event->angleDelta().y();
    if (turned == 0 || !plotArea().contains(event->position().toPoint())) {
        event->ignore();
        return;
    }
    zoomAround(timeAt(event->position().x()), turned > 0 ? 1 / kWheelStep : kWheelStep);
}

void ChartCanvas::moveCrosshair(int samples)
{
    const ChartLine* line = longestLine();
    if (line == nullptr || line->times.empty()) {
        return;
    }
    const auto count = static_cast<std::ptrdiff_t>(line->times.size());
    std::ptrdiff_t at = count - 1;
    if (m_group.crosshair()) {
        at = nearestSample(line->times, *m_group.crosshair()) + samples;
    }
    at = std::clamp<std::ptrdiff_t>(at, 0, count - 1);
    m_group.setCrosshair(std::clamp(line->times[static_cast<std::size_t>(at)], m_from, m_to));
}

void ChartCanvas::keyPressEvent(QKeyEvent* event)
{
    const int stride = (event->modifiers() & Qt::ShiftModifier) ? 10 : 1;
    TimeWindow& time = m_group.time();
    switch (event->key()) {
    case Qt::Key_Left:
        moveCrosshair(-stride);
        break;
    case Qt::Key_Right:
        moveCrosshair(stride);
        break;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoomAround(m_group.crosshair().value_or((m_from + m_to) / 2), 0.5);
        break;
    case Qt::Key_Minus:
        zoomAround(m_group.crosshair().value_or((m_from + m_to) / 2), 2);
        break;
    case Qt::Key_0:
        time.resetZoom();
        break;
    case Qt::Key_Escape:
        if (!m_group.crosshair() && !m_dragFrom) {
            event->ignore();
            return;
        }
        m_dragFrom.reset();
        m_group.setCrosshair({});
        update();
        break;
    case Qt::Key_D:
        if (event->modifiers() & Qt::AltModifier) {
            Q_EMIT describeRequested();
            break;
        }
        [[fallthrough]];
    default:
        QWidget::keyPressEvent(event);
    }
}

void ChartCanvas::focusInEvent(QFocusEvent* event)
{
    m_focusRing = event->reason() != Qt::MouseFocusReason;
    invalidate();
    update();
}

void ChartCanvas::focusOutEvent(QFocusEvent*)
{
    invalidate();
    update();
}

} // namespace pilothouse::ui
