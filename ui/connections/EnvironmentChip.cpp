// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/connections/EnvironmentChip.h"

#include "ui/shell/EnvironmentLook.h"

#include <QFontMetrics>
#include <QPixmap>

namespace pilothouse::ui {

namespace {

constexpr int kHeight = 18;
constexpr int kPadding = 6;
constexpr int kSquare = 14;

} // namespace

int drawEnvironmentChip(
    QPainter& painter, const Theme& theme, const QRect& area, system::Environment environment)
{
    const EnvironmentLook look = lookOf(environment);
    const QFont font = theme.font(TypeRole::Caption);
    const int width = QFontMetrics(font).horizontalAdvance(look.word) + 2 * theme.px(kPadding);
    const int height = theme.px(kHeight);
    const QRect chip(area.left(), area.center().y() - height / 2 + 1, width, height);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme.color(look.fill));
    painter.drawRoundedRect(chip, theme.px(space::kRadiusChip), theme.px(space::kRadiusChip));
    painter.setPen(theme.color(look.text));
    painter.setFont(font);
    painter.drawText(chip, Qt::AlignCenter, look.word);
    painter.restore();
    return width;
}

QIcon environmentIcon(const Theme& theme, system::Environment environment)
{
    QPixmap pixmap(kSquare * 2, kSquare * 2);
    pixmap.fill(theme.color(lookOf(environment).fill));
    return QIcon(pixmap);
}

} // namespace pilothouse::ui
