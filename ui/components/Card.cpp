// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/Card.h"

#include "ui/components/TextLabel.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

namespace pilothouse::ui {

Card::Card(const Theme& theme, const QString& title, QWidget* parent)
    : QFrame(parent),
      m_theme(theme),
      m_title(new TextLabel(theme, TypeRole::H3, title, this)),
      m_fact(new TextLabel(theme, TypeRole::Label, {}, this)),
      m_head(new QHBoxLayout),
      m_body(new QVBoxLayout(this))
{
    m_title->setElided(true);
    m_title->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    m_title->setVisible(!title.isEmpty());
    m_fact->setVisible(false);
    m_fact->setElided(true);
    m_fact->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_head->addWidget(m_title, 3);
    m_head->addStretch(0);
    m_head->addWidget(m_fact, 2);
    m_body->addLayout(m_head);
    setAccessibleName(title);
    layOut();
    connect(&theme, &Theme::changed, this, [this] {
        layOut();
        update();
    });
}

void Card::setTitle(const QString& title)
{
    m_title->setText(title);
    m_title->setVisible(!title.isEmpty());
    setAccessibleName(title);
}

QString Card::title() const
{
    return m_title->text();
}

void Card::setFact(const QString& fact)
{
    if (m_fact->text() != fact) {
        m_fact->setText(fact);
        m_fact->setVisible(!fact.isEmpty());
    }
}

void Card::addControl(QWidget* control)
{
    m_head->addWidget(control, 0, Qt::AlignVCenter);
}

void Card::layOut()
{
    const int side = m_theme.px(space::kL);
    m_body->setContentsMargins(side, m_theme.px(space::kM), side, m_theme.px(space::kM));
    m_body->setSpacing(m_theme.px(space::kS));
    m_head->setSpacing(m_theme.px(space::kS));
}

void Card::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(m_theme.color(Color::BorderSubtle));
    painter.setBrush(m_theme.color(Color::Surface));
    painter.drawRoundedRect(
        QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), space::kRadiusCard, space::kRadiusCard);
}

} // namespace pilothouse::ui
