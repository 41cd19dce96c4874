// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/Sheet.h"

#include "ui/components/TextLabel.h"

#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace pilothouse::ui {

namespace {

constexpr int kIcon = 22;

} // namespace

Sheet::Sheet(const Theme& theme, const QString& icon, const QString& title, QWidget* parent)
    : QFrame(parent),
      m_theme(theme),
      m_iconName(icon),
      m_icon(new QLabel(this)),
      m_title(new TextLabel(theme, TypeRole::H1, title, this)),
      m_hint(new TextLabel(theme, TypeRole::Label, Color::TextSecondary, QString(), this)),
      m_body(new QVBoxLayout),
      m_buttons(new QHBoxLayout)
{
    setFrameShape(QFrame::NoFrame);
    setAccessibleName(title);
    m_title->setWordWrap(true);
    auto* head = new QHBoxLayout;
    head->setSpacing(space::kM);
    head->addWidget(m_icon, 0, Qt::AlignTop);
    head->addWidget(m_title, 1);
    m_buttons->setSpacing(space::kS);
    m_buttons->addWidget(m_hint, 1);
    m_body->setSpacing(space::kM);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(space::kXl, space::kXl, space::kXl, space::kL);
    layout->setSpacing(space::kL);
    layout->addLayout(head);
    layout->addLayout(m_body, 1);
    layout->addLayout(m_buttons);
    connect(&m_theme, &Theme::changed, this, &Sheet::restyle);
    restyle();
}

QString Sheet::title() const
{
    return m_title->text();
}

void Sheet::setTitle(const QString& title)
{
    m_title->setText(title);
    setAccessibleName(title);
}

void Sheet::setHint(const QString& hint)
{
    m_hint->setText(hint);
}

QPushButton* Sheet::addButton(const QString& text)
{
    auto* button = new QPushButton(text, this);
    button->setAutoDefault(false);
    m_buttons->addWidget(button);
    return button;
}

void Sheet::restyle()
{
    m_icon->setPixmap(m_theme.pixmap(m_iconName, Color::TextPrimary, kIcon, devicePixelRatioF()));
    update();
}

void Sheet::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(m_theme.color(Color::BorderSubtle), 1));
    painter.setBrush(m_theme.color(Color::Surface));
    painter.drawRoundedRect(
        QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5),
        m_theme.px(space::kRadiusCard),
        m_theme.px(space::kRadiusCard));
}

void Sheet::keyPressEvent(QKeyEvent* event)
{
    const bool isEnter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (event->key() == Qt::Key_Escape) {
        cancel();
    } else if (isEnter && event->modifiers().testFlag(Qt::ControlModifier)) {
        confirm();
    } else {
        QFrame::keyPressEvent(event);
    }
}

} // namespace pilothouse::ui
