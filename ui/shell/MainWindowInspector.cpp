// SPDX-License-Identifier: GPL-3.0-or-later
// The inspector of a window: beside the page, or over it where the window is narrow.
#include "ui/shell/CommandRegistry.h"
#include "ui/shell/InspectorPane.h"
#include "ui/shell/MainWindow.h"
#include "ui/shell/PageHost.h"

#include <QApplication>
#include <QBoxLayout>
#include <QEvent>

#include <algorithm>

namespace pilothouse::ui {

namespace {

/// As for the navigation: below it there is no room for both.
constexpr int kOverlaidBelow = 1200;

} // namespace

void MainWindow::onInspectorChanged(bool hasDetails)
{
    Page* page = m_pages->page();
    m_inspector->setDetails(page != nullptr && hasDetails ? page->inspector() : nullptr);
    m_inspector->setVisible(m_wantsInspector && m_inspector->hasDetails());
    placeInspector();
    m_commands->refresh();
}

void MainWindow::setInspectorShown(bool shown)
{
    m_wantsInspector = shown;
    if (!shown) {
        leaveInspector();
    }
    m_inspector->setVisible(shown && m_inspector->hasDetails());
    placeInspector();
}

void MainWindow::arrangeInspector()
{
    const bool isOverlaid = width() < m_context.theme.px(kOverlaidBelow);
    if (isOverlaid == (m_body->indexOf(m_inspector) < 0)) {
        return;
    }
    isOverlaid ? m_body->removeWidget(m_inspector) : m_body->addWidget(m_inspector);
    placeInspector();
}

void MainWindow::placeInspector()
{
    if (m_body->indexOf(m_inspector) < 0) {
        const QRect place = m_pages->geometry();
        int top = 0;
        if (Page* page = m_pages->page()) {
            // It may not have been laid out yet.
            page->resize(place.size());
            if (page->layout() != nullptr) {
                page->layout()->activate();
            }
            top = page->overlayTop();
        }
        const int width = std::min(m_inspector->maximumWidth(), place.width());
        m_inspector->setGeometry(
            place.right() + 1 - width, place.top() + top, width, place.height() - top);
        m_inspector->raise();
    }
}

bool MainWindow::leaveInspector()
{
    const QWidget* focus = QApplication::focusWidget();
    return focus != nullptr && m_inspector->isAncestorOf(focus) && focusRegion(Region::Body);
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_pages && (event->type() == QEvent::Resize || event->type() == QEvent::Move)) {
        placeInspector();
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace pilothouse::ui
