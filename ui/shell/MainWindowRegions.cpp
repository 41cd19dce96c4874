// SPDX-License-Identifier: GPL-3.0-or-later
// F6: the regions of a window in order, and the focus in them.
#include "ui/shell/EnvBand.h"
#include "ui/shell/FocusChain.h"
#include "ui/shell/InspectorPane.h"
#include "ui/shell/MainWindow.h"
#include "ui/shell/NavRail.h"
#include "ui/shell/PageHeader.h"
#include "ui/shell/PageHost.h"
#include "ui/shell/StatusStrip.h"

#include <QApplication>
#include <QContextMenuEvent>

#include <array>

namespace pilothouse::ui {

MainWindow::Region MainWindow::currentRegion() const
{
    const QWidget* focus = QApplication::focusWidget();
    const std::array<std::pair<const QWidget*, Region>, 6> regions{{
        {m_band, Region::Band},
        {m_nav, Region::Navigation},
        {m_header, Region::Header},
        {m_pages, Region::Body},
        {m_inspector, Region::Inspector},
        {m_strip, Region::Strip},
    }};
    for (const auto& [widget, region] : regions) {
        if (focus != nullptr && (widget == focus || widget->isAncestorOf(focus))) {
            return region;
        }
    }
    return Region::Body;
}

bool MainWindow::focusRegion(Region region)
{
    const bool hasPages = !m_screen && m_session;
    switch (region) {
    case Region::Band:
        m_band->focusFirst();
        return true;
    case Region::Strip:
        m_strip->focusFirst();
        return true;
    case Region::Navigation:
        hasPages && !m_isTornOff ? m_nav->focusCurrent() : void();
        return hasPages && !m_isTornOff;
    case Region::Header:
        hasPages ? m_header->focusFirst() : void();
        return hasPages;
    case Region::Inspector:
        m_inspector->focusFirst();
        return hasPages && m_inspector->isVisible();
    case Region::Body:
        break;
    }
    QWidget* start = m_screen ? m_screen.data() : m_pages->page();
    if (start == nullptr) {
        return false;
    }
    QWidget* wanted = m_screen ? nullptr : m_pages->page()->initialFocus();
    if (wanted == nullptr) {
        wanted = firstFocusable(*start);
    }
    if (wanted == nullptr) {
        return false;
    }
    wanted->setFocus(Qt::ShortcutFocusReason);
    return true;
}

void MainWindow::moveRegion(int step)
{
    constexpr int kRegions = 6;
    int region = static_cast<int>(currentRegion());
    for (int tried = 0; tried < kRegions; ++tried) {
        region = (region + step + kRegions) % kRegions;
        if (focusRegion(static_cast<Region>(region))) {
            return;
        }
    }
}

void MainWindow::openFocusMenu()
{
    QWidget* focus = QApplication::focusWidget();
    if (focus == nullptr) {
        return;
    }
    const QPoint at = focus->inputMethodQuery(Qt::ImCursorRectangle).toRect().center();
    QContextMenuEvent event(QContextMenuEvent::Keyboard, at, focus->mapToGlobal(at));
    QApplication::sendEvent(focus, &event);
}

} // namespace pilothouse::ui
