// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/SheetHost.h"

#include "ui/shell/Sheet.h"

#include <QApplication>
#include <QEvent>
#include <QLayout>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace pilothouse::ui {

SheetHost::SheetHost(const Theme& theme, QWidget& content)
    : QWidget(&content), m_theme(theme), m_content(content), m_scroll(new QScrollArea(this))
{
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setFocusPolicy(Qt::NoFocus);
    m_scroll->viewport()->setAutoFillBackground(false);
    hide();
    content.installEventFilter(this);
}

void SheetHost::open(Sheet* sheet)
{
    if (m_sheet) {
        m_sheet->deleteLater();
    } else {
        m_focusBefore = QApplication::focusWidget();
    }
    m_sheet = sheet;
    m_scroll->setWidget(sheet);
    sheet->setAutoFillBackground(false);
    connect(sheet, &Sheet::closeRequested, this, [this, sheet] {
        if (m_sheet == sheet) {
            close();
        }
    });
    sheet->installEventFilter(this);
    show();
    raise();
    place();
    if (QWidget* first = sheet->initialFocus()) {
        first->setFocus(Qt::ActiveWindowFocusReason);
    }
    Q_EMIT openChanged(true);
}

void SheetHost::close()
{
    if (!m_sheet) {
        return;
    }
    m_scroll->takeWidget();
    m_sheet->deleteLater();
    m_sheet = nullptr;
    hide();
    if (m_focusBefore && m_focusBefore->isVisible()) {
        m_focusBefore->setFocus(Qt::OtherFocusReason);
    }
    Q_EMIT openChanged(false);
}

void SheetHost::place()
{
    setGeometry(m_content.rect());
    if (!m_sheet) {
        return;
    }
    const int margin = m_theme.px(space::kXl);
    const int width = std::min(m_theme.px(m_sheet->preferredWidth()), this->width() - 2 * margin);
    const int wanted = m_sheet->layout() != nullptr && m_sheet->layout()->hasHeightForWidth()
                           ? m_sheet->layout()->totalHeightForWidth(width)
                           : m_sheet->sizeHint().height();
    const int height = std::min(wanted, this->height() - 2 * margin);
    // A bar that is not needed would take its width from the sheet until the next layout.
    m_scroll->setVerticalScrollBarPolicy(
        height < wanted ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
    m_scroll->setGeometry(
        (this->width() - width) / 2,
        std::max(margin, (this->height() - height) / 3),
        width,
        height);
}

bool SheetHost::eventFilter(QObject* watched, QEvent* event)
{
    if ((watched == &m_content && event->type() == QEvent::Resize) ||
        (watched == m_sheet && event->type() == QEvent::LayoutRequest)) {
        place();
    }
    return QWidget::eventFilter(watched, event);
}

bool SheetHost::focusNextPrevChild(bool next)
{
    QWidget* start = QApplication::focusWidget();
    if (!m_sheet || start == nullptr) {
        return true;
    }
    QWidget* candidate = start;
    do {
        candidate = next ? candidate->nextInFocusChain() : candidate->previousInFocusChain();
        const bool takesTab = (candidate->focusPolicy() & Qt::TabFocus) != 0;
        if (takesTab && m_sheet->isAncestorOf(candidate) && candidate->isVisible() &&
            candidate->isEnabled()) {
            candidate->setFocus(next ? Qt::TabFocusReason : Qt::BacktabFocusReason);
            m_scroll->ensureWidgetVisible(candidate);
            return true;
        }
    } while (candidate != start);
    return true;
}

void SheetHost::mousePressEvent(QMouseEvent* event)
{
    // What is behind must not be reached by a click beside the sheet.
    event->accept();
}

void SheetHost::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    QColor dim = m_theme.color(Color::Canvas);
    dim.setAlpha(160);
    painter.fillRect(rect(), dim);
}

} // namespace pilothouse::ui
