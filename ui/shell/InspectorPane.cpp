// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/InspectorPane.h"

#include "ui/shell/FocusChain.h"

#include <QPainter>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

constexpr int kWidth = 360;

} // namespace

InspectorPane::InspectorPane(const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_layout(new QVBoxLayout(this))
{
    m_layout->setContentsMargins(space::kL, space::kL, space::kL, space::kL);
    setFixedWidth(m_theme.px(kWidth));
    connect(&m_theme, &Theme::changed, this, [this] { setFixedWidth(m_theme.px(kWidth)); });
    hide();
}

void InspectorPane::setDetails(QWidget* details)
{
    if (m_details == details) {
        return;
    }
    if (m_details) {
        m_layout->removeWidget(m_details);
        m_details->hide();
        m_details->setParent(m_owner);
    }
    m_details = details;
    m_owner = details != nullptr ? details->parentWidget() : nullptr;
    if (details != nullptr) {
        m_layout->addWidget(details);
        details->show();
    }
}

void InspectorPane::focusFirst()
{
    QWidget* first = m_details ? firstFocusable(*m_details) : nullptr;
    if (first != nullptr) {
        first->setFocus(Qt::ShortcutFocusReason);
    }
}

void InspectorPane::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_theme.color(Color::Surface));
    painter.fillRect(QRect(0, 0, 1, height()), m_theme.color(Color::BorderSubtle));
}

} // namespace pilothouse::ui
