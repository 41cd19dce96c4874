// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/SearchButton.h"

#include "ui/shell/CommandIds.h"

#include <QPainter>

namespace pilothouse::ui {

namespace {

constexpr int kWidth = 300;
constexpr int kNarrowest = 160;
constexpr int kIcon = 15;

} // namespace

SearchButton::SearchButton(const Theme& theme, CommandRegistry& commands, QWidget* parent)
    : QAbstractButton(parent), m_theme(theme), m_commands(commands)
{
    setText(tr("Search or run a command"));
    setAccessibleName(text());
    setCursor(Qt::IBeamCursor);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setMinimumWidth(kNarrowest);
    connect(this, &QAbstractButton::clicked, this, [this] { m_commands.run(command::kPalette); });
    connect(&m_theme, &Theme::changed, this, [this] { updateGeometry(); });
    connect(&m_commands, &CommandRegistry::changed, this, [this] { update(); });
}

QSize SearchButton::sizeHint() const
{
    return {m_theme.px(kWidth), m_theme.controlHeight()};
}

void SearchButton::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool focused = hasFocus();
    painter.setPen(
        QPen(m_theme.color(focused ? Color::Focus : Color::BorderStrong), focused ? 2 : 1));
    painter.setBrush(m_theme.color(Color::Sunken));
    const qreal inset = focused ? 1 : 0.5;
    painter.drawRoundedRect(
        QRectF(rect()).adjusted(inset, inset, -inset, -inset),
        m_theme.px(space::kRadiusControl),
        m_theme.px(space::kRadiusControl));
    const int side = m_theme.px(kIcon);
    int x = m_theme.px(10);
    painter.drawPixmap(
        QRect(x, (height() - side) / 2, side, side),
        m_theme.pixmap(QStringLiteral("search"), Color::TextSecondary, kIcon, devicePixelRatioF()));
    x += side + m_theme.px(space::kS);
    painter.setPen(m_theme.color(Color::TextSecondary));
    painter.setFont(m_theme.font(TypeRole::Body));
    const QString key = m_commands.shortcut(command::kPalette).toString(QKeySequence::NativeText);
    const int keyWidth = painter.fontMetrics().horizontalAdvance(key);
    const QRect area(x, 0, width() - x - m_theme.px(10), height());
    painter.drawText(area, Qt::AlignVCenter | Qt::AlignRight, key);
    painter.drawText(
        area,
        Qt::AlignVCenter,
        painter.fontMetrics().elidedText(
            text(), Qt::ElideRight, area.width() - keyWidth - m_theme.px(space::kS)));
}

} // namespace pilothouse::ui
