// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/StateView.h"

#include "ui/components/StateMessage.h"

#include <QAccessible>
#include <QPainter>
#include <QStackedLayout>

#include <algorithm>

namespace pilothouse::ui {

StateView::StateView(const Theme& theme, QWidget* content, QWidget* parent)
    : QWidget(parent),
      m_stack(new QStackedLayout),
      m_content(content),
      m_message(new StateMessage(theme, this)),
      m_skeleton(new Skeleton(theme, this)),
      m_stale(new StaleOverlay(theme, this))
{
    setLayout(m_stack);
    m_stack->addWidget(content);
    m_stack->addWidget(m_message);
    m_stack->addWidget(m_skeleton);
    m_stale->hide();
    m_patience.setSingleShot(true);
    m_patience.setInterval(kSkeletonAfterMs);
    connect(&m_patience, &QTimer::timeout, this, &StateView::showSkeleton);
    connect(m_message, &StateMessage::actionTriggered, this, &StateView::actionTriggered);
    m_patience.start();
}

void StateView::setState(const DataState& state)
{
    if (state == m_state) {
        return;
    }
    const bool focusInside = isAncestorOf(focusWidget());
    m_state = state;
    m_patience.stop();
    switch (state.kind) {
    case DataState::Kind::Loading:
        // What is there stays for a moment: most answers come sooner.
        m_patience.start();
        return;
    case DataState::Kind::Live:
        m_stack->setCurrentWidget(m_content);
        break;
    default:
        m_message->show(state);
        m_stack->setCurrentWidget(m_message);
        setAccessibleDescription(state.message);
        if (focusInside) {
            m_message->setFocus();
        }
    }
    showStale();
}

void StateView::setStaleNote(const QString& note)
{
    m_stale->setNote(note);
    showStale();
}

void StateView::showStale()
{
    const bool stale = !m_stale->note().isEmpty() && m_state.kind == DataState::Kind::Live;
    // The note must not cover the newest values, which people look for first.
    setContentsMargins(0, 0, 0, stale ? m_stale->noteHeight() : 0);
    m_stale->setVisible(stale);
    m_stale->raise();
    m_stale->setGeometry(rect());
}

void StateView::resizeEvent(QResizeEvent*)
{
    m_stale->setGeometry(rect());
}

void StateView::showSkeleton()
{
    if (m_state.kind == DataState::Kind::Loading) {
        m_stack->setCurrentWidget(m_skeleton);
    }
}

Skeleton::Skeleton(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme)
{
    setAccessibleName(tr("Loading"));
}

void Skeleton::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_theme.color(Color::Hover));
    const int row = m_theme.px(12);
    const int distance = m_theme.px(26);
    // Uneven widths, so that it reads as text to come and not as a table of nothing.
    static constexpr int kWidths[] = {72, 54, 83, 61, 47, 78};
    const int rows = std::min(12, std::max(1, (height() - row) / distance));
    for (int at = 0; at < rows; ++at) {
        painter.drawRoundedRect(
            QRectF(0, m_theme.px(6) + at * distance, width() * kWidths[at % 6] / 100.0, row),
            space::kRadiusChip,
            space::kRadiusChip);
    }
}

StaleOverlay::StaleOverlay(const Theme& theme, QWidget* parent) : QWidget(parent), m_theme(theme)
{
    setAttribute(Qt::WA_TransparentForMouseEvents);
}

void StaleOverlay::setNote(const QString& note)
{
    if (note != m_note) {
        m_note = note;
        setAccessibleName(note);
        update();
    }
}

int StaleOverlay::noteHeight() const
{
    return m_theme.px(26);
}

void StaleOverlay::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    QColor veil = m_theme.color(Color::Surface);
    veil.setAlphaF(0.4F);
    painter.fillRect(rect(), veil);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(m_theme.font(TypeRole::Caption));
    const int width = painter.fontMetrics().horizontalAdvance(m_note) + m_theme.px(30);
    const QRectF chip(
        this->width() - width - m_theme.px(4),
        std::max(0, height() - m_theme.px(22)),
        width,
        m_theme.px(22));
    const SeverityLook look = lookOf(Severity::Warning);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_theme.color(look.fill));
    painter.drawRoundedRect(chip, space::kRadiusChip, space::kRadiusChip);
    painter.drawPixmap(
        QPointF(chip.left() + m_theme.px(6), chip.center().y() - m_theme.px(14) / 2.0),
        m_theme.pixmap(QStringLiteral("clock"), look.mark, 14, devicePixelRatioF()));
    painter.setPen(m_theme.color(look.text));
    painter.drawText(chip.adjusted(m_theme.px(24), 0, 0, 0), Qt::AlignVCenter, m_note);
}

} // namespace pilothouse::ui
