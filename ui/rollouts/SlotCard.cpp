// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/SlotCard.h"

#include "ui/components/FactList.h"
#include "ui/components/StatusChip.h"
#include "ui/components/TextLabel.h"

#include <QGridLayout>
#include <QPainter>

namespace pilothouse::ui {

namespace {

constexpr int kLetterSize = 28;
constexpr qreal kServingEdge = 2;

/// "B" or "G" on the slot's colour.
class SlotLetter : public QWidget
{
public:
    SlotLetter(const Theme& theme, rollouts::Colour colour, QWidget* parent)
        : QWidget(parent), m_theme(theme), m_colour(colour)
    {
        const int size = theme.px(kLetterSize);
        setFixedSize(size, size);
        connect(&theme, &Theme::changed, this, [this] { update(); });
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_theme.color(colorOf(m_colour)));
        painter.drawRoundedRect(rect(), space::kRadiusControl, space::kRadiusControl);
        // The canvas is what each mode's slot colours stand out from.
        painter.setPen(m_theme.color(Color::Canvas));
        painter.setFont(m_theme.font(TypeRole::H3));
        painter.drawText(rect(), Qt::AlignCenter, nameOf(m_colour).left(1));
    }

private:
    const Theme& m_theme;
    rollouts::Colour m_colour;
};

} // namespace

SlotCard::SlotCard(const Theme& theme, rollouts::Colour colour, QWidget* parent)
    : QFrame(parent),
      m_theme(theme),
      m_colour(colour),
      m_letter(new SlotLetter(theme, colour, this)),
      m_title(new TextLabel(theme, TypeRole::H3, {}, this)),
      m_version(new TextLabel(theme, TypeRole::Mono, Color::TextSecondary, {}, this)),
      m_chip(new StatusChip(theme, Severity::Unknown, this)),
      m_facts(new FactList(theme, this))
{
    m_title->setElided(true);
    m_version->setElided(true);
    auto* grid = new QGridLayout(this);
    const int side = theme.px(space::kL);
    grid->setContentsMargins(side, theme.px(space::kM), side, theme.px(space::kM));
    grid->setHorizontalSpacing(theme.px(space::kS));
    grid->setVerticalSpacing(0);
    grid->addWidget(m_letter, 0, 0, 2, 1, Qt::AlignVCenter);
    grid->addWidget(m_title, 0, 1);
    grid->addWidget(m_version, 1, 1);
    grid->addWidget(m_chip, 0, 2, 2, 1, Qt::AlignVCenter);
    grid->setRowMinimumHeight(2, theme.px(space::kM));
    grid->addWidget(m_facts, 3, 0, 1, 3, Qt::AlignTop);
    grid->setColumnStretch(1, 1);
    grid->setRowStretch(4, 1);
    connect(&theme, &Theme::changed, this, [this] { update(); });
    setAccessibleName(nameOf(colour));
}

void SlotCard::setView(const SlotView& view)
{
    if (view == m_view) {
        return;
    }
    m_view = view;
    m_title->setText(view.title);
    m_version->setText(view.version);
    m_chip->setStatus(view.severity, view.word);
    m_facts->setFacts(view.facts);
    setAccessibleName(tr("%1, %2").arg(view.title, view.word));
    update();
}

void SlotCard::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal width = m_view.isServing ? kServingEdge : 1;
    painter.setPen(
        QPen(m_theme.color(m_view.isServing ? colorOf(m_colour) : Color::BorderSubtle), width));
    painter.setBrush(m_theme.color(Color::Surface));
    const qreal inset = width / 2;
    painter.drawRoundedRect(
        QRectF(rect()).adjusted(inset, inset, -inset, -inset),
        space::kRadiusCard,
        space::kRadiusCard);
}

} // namespace pilothouse::ui
