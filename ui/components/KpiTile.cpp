// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/KpiTile.h"

#include "ui/components/Sparkline.h"

#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>

#include <cmath>

namespace pilothouse::ui {

namespace {

/// Beyond it there was next to nothing to compare with: the number says nothing any more.
constexpr double kLargestPercent = 999;

} // namespace

KpiTile::KpiTile(const Theme& theme, SparklineRenderer& renderer, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_sparkline(new Sparkline(theme, renderer, this))
{
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setAccessibleName(spoken(m_view));
    connect(&theme, &Theme::changed, this, [this] {
        updateGeometry();
        place();
        update();
    });
}

void KpiTile::setView(const KpiView& view)
{
    if (view == m_view) {
        return;
    }
    m_view = view;
    m_sparkline->setValues(view.label, view.history, view.unit);
    m_sparkline->setVisible(view.state == KpiView::State::Live);
    setAccessibleName(spoken(view));
    setToolTip(view.staleNote);
    update();
}

void KpiTile::setSeriesColor(int index)
{
    m_sparkline->setSeriesColor(index);
}

QString KpiTile::spoken(const KpiView& view)
{
    if (view.state == KpiView::State::Loading) {
        return tr("%1, loading").arg(view.label);
    }
    if (view.state == KpiView::State::NoData) {
        return tr("%1, no data").arg(view.label);
    }
    QString text = tr("%1, %2").arg(view.label, formatValue(view.value, view.unit).text());
    if (view.change && std::isfinite(*view.change)) {
        const double percent = std::abs(*view.change) * 100;
        if (percent < 0.5) {
            text += tr(", unchanged");
        } else {
            const bool up = *view.change > 0;
            const QString number = percent > kLargestPercent
                                       ? tr("more than %1").arg(kLargestPercent)
                                       : QString::number(std::lround(percent));
            text += tr(", %1 %2 percent, %3")
                        .arg(up ? tr("up") : tr("down"), number)
                        .arg(up == view.lowerIsBetter ? tr("worse") : tr("better"));
        }
    }
    text += tr(", %1").arg(lookOf(view.severity).word);
    if (!view.staleNote.isEmpty()) {
        text += tr(", %1").arg(view.staleNote);
    }
    return text;
}

QSize KpiTile::sizeHint() const
{
    return {m_theme.px(240), m_theme.px(118)};
}

QSize KpiTile::minimumSizeHint() const
{
    return {m_theme.px(150), m_theme.px(118)};
}

void KpiTile::place()
{
    const int side = m_theme.px(space::kL);
    const int spark = m_theme.px(32);
    m_sparkline->setGeometry(side, height() - spark - m_theme.px(13), width() - 2 * side, spark);
}

void KpiTile::resizeEvent(QResizeEvent*)
{
    place();
}

void KpiTile::paintHead(QPainter& painter, const QRect& area) const
{
    const int icon = m_theme.px(16);
    painter.setFont(m_theme.font(TypeRole::Label));
    painter.setPen(m_theme.color(Color::TextSecondary));
    painter.drawText(
        area.adjusted(0, 0, -icon - 8, 0),
        Qt::AlignVCenter | Qt::AlignLeft,
        painter.fontMetrics().elidedText(m_view.label, Qt::ElideRight, area.width() - icon - 8));
    if (m_view.state == KpiView::State::Live) {
        const SeverityLook look = lookOf(m_view.severity);
        painter.drawPixmap(
            area.right() - icon + 1,
            area.center().y() - icon / 2,
            m_theme.pixmap(look.icon, look.mark, 16, devicePixelRatioF()));
    }
}

void KpiTile::paintValue(QPainter& painter, const QRect& area) const
{
    if (m_view.state != KpiView::State::Live) {
        const bool loading = m_view.state == KpiView::State::Loading;
        painter.setFont(m_theme.font(loading ? TypeRole::Kpi : TypeRole::Body));
        painter.setPen(m_theme.color(Color::TextSecondary));
        painter.drawText(
            area, Qt::AlignVCenter | Qt::AlignLeft, loading ? QStringLiteral("…") : tr("No data"));
        return;
    }
    const Quantity quantity = formatValue(m_view.value, m_view.unit);
    painter.setFont(m_theme.font(TypeRole::Kpi));
    painter.setPen(m_theme.color(Color::TextPrimary));
    const QFontMetrics large = painter.fontMetrics();
    const int baseline = area.top() + large.ascent();
    painter.drawText(area.left(), baseline, quantity.number);
    const int end = area.left() + large.horizontalAdvance(quantity.number) + m_theme.px(7);
    painter.setFont(m_theme.font(TypeRole::H3));
    QFont unitFont = painter.font();
    unitFont.setWeight(QFont::Normal);
    painter.setFont(unitFont);
    painter.setPen(m_theme.color(Color::TextSecondary));
    painter.drawText(end, baseline, quantity.unit);
}

void KpiTile::paintChange(QPainter& painter, const QRect& area) const
{
    painter.setFont(m_theme.font(TypeRole::Label));
    painter.setPen(m_theme.color(Color::TextSecondary));
    if (!m_view.staleNote.isEmpty()) {
        painter.drawText(area, Qt::AlignBottom | Qt::AlignRight, m_view.staleNote);
        return;
    }
    if (m_view.state != KpiView::State::Live || !m_view.change || !std::isfinite(*m_view.change) ||
        std::abs(*m_view.change) < 0.005) {
        return;
    }
    const bool up = *m_view.change > 0;
    const double percent = std::abs(*m_view.change) * 100;
    // One digit more would pretend that the comparison is that exact.
    const QString number = percent > kLargestPercent
                               ? QLatin1Char('>') + QChar(0x2009) + QString::number(kLargestPercent)
                               : QString::number(percent, 'f', percent < 9.95 ? 1 : 0);
    const QString text = number + QChar(0x2009) + QLatin1Char('%');
    painter.drawText(area, Qt::AlignBottom | Qt::AlignRight, text);
    const QFontMetrics metrics = painter.fontMetrics();
    const qreal size = m_theme.px(9);
    const qreal right = area.right() - metrics.horizontalAdvance(text) - m_theme.px(5);
    const qreal base = area.bottom() - metrics.descent();
    QPainterPath arrow;
    const qreal flat = up ? base : base - size * 0.85;
    const qreal tip = up ? base - size * 0.85 : base;
    arrow.moveTo(right - size, flat);
    arrow.lineTo(right, flat);
    arrow.lineTo(right - size / 2, tip);
    arrow.closeSubpath();
    painter.fillPath(arrow, m_theme.color(Color::TextSecondary));
}

void KpiTile::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool focused = hasFocus() && m_focusRing;
    painter.setBrush(m_theme.color(Color::Surface));
    painter.setPen(QPen(
        m_theme.color(
            focused        ? Color::Focus
            : underMouse() ? Color::BorderStrong
                           : Color::BorderSubtle),
        focused ? 2 : 1));
    const qreal edge = focused ? 1 : 0.5;
    painter.drawRoundedRect(
        QRectF(rect()).adjusted(edge, edge, -edge, -edge), space::kRadiusCard, space::kRadiusCard);
    if (!m_view.staleNote.isEmpty()) {
        painter.setOpacity(0.6);
    }
    const int side = m_theme.px(space::kL);
    const int width = this->width() - 2 * side;
    paintHead(painter, QRect(side, m_theme.px(11), width, m_theme.px(18)));
    const QRect value(side, m_theme.px(31), width, m_theme.px(34));
    paintValue(painter, value);
    paintChange(painter, value);
}

void KpiTile::keyPressEvent(QKeyEvent* event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter ||
        event->key() == Qt::Key_Space) {
        Q_EMIT activated();
    } else if (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right) {
        // Arrow keys move between the tiles of a row.
        focusNextPrevChild(event->key() == Qt::Key_Right);
    } else {
        QWidget::keyPressEvent(event);
    }
}

void KpiTile::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton && rect().contains(event->pos())) {
        Q_EMIT activated();
    }
}

void KpiTile::enterEvent(QEnterEvent*)
{
    update();
}

void KpiTile::leaveEvent(QEvent*)
{
    update();
}

void KpiTile::focusInEvent(QFocusEvent* event)
{
    m_focusRing = event->reason() != Qt::MouseFocusReason;
    update();
}

void KpiTile::focusOutEvent(QFocusEvent*)
{
    update();
}

} // namespace pilothouse::ui
