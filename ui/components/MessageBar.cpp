// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/MessageBar.h"

#include "ui/components/TextLabel.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QPainter>

namespace pilothouse::ui {

namespace {

constexpr int kIcon = 18;

} // namespace

MessageBar::MessageBar(const Theme& theme, Severity severity, const QString& text, QWidget* parent)
    : QWidget(parent),
      m_theme(theme),
      m_severity(severity),
      m_icon(new QLabel(this)),
      m_text(new TextLabel(theme, TypeRole::Body, text, this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(space::kM, space::kS, space::kM, space::kS);
    layout->setSpacing(space::kM);
    layout->addWidget(m_icon, 0, Qt::AlignTop);
    layout->addWidget(m_text, 1);
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_text->setFocusPolicy(Qt::NoFocus);
    connect(&m_theme, &Theme::changed, this, &MessageBar::restyle);
    setMessage(severity, text);
}

void MessageBar::setMessage(Severity severity, const QString& text)
{
    m_severity = severity;
    m_text->setText(text);
    setVisible(!text.isEmpty());
    setAccessibleName(
        text.isEmpty() ? QString() : lookOf(severity).word + QStringLiteral(": ") + text);
    if (!text.isEmpty()) {
        QAccessibleEvent alert(this, QAccessible::Alert);
        QAccessible::updateAccessibility(&alert);
    }
    restyle();
}

QString MessageBar::text() const
{
    return m_text->text();
}

void MessageBar::restyle()
{
    const SeverityLook look = lookOf(m_severity);
    m_icon->setPixmap(m_theme.pixmap(look.icon, look.mark, kIcon, devicePixelRatioF()));
    m_text->setColor(look.text);
    update();
}

void MessageBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_theme.color(lookOf(m_severity).fill));
    painter.drawRoundedRect(
        rect(), m_theme.px(space::kRadiusControl), m_theme.px(space::kRadiusControl));
}

} // namespace pilothouse::ui
