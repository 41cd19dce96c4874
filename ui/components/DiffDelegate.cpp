// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/DiffDelegate.h"

#include "ui/components/DiffModel.h"

#include <QPainter>

#include <algorithm>

namespace pilothouse::ui {

namespace {

constexpr int kNumberWidth = 44;
constexpr int kSignWidth = 18;

struct SideLook
{
    Color fill = Color::Surface;
    Color text = Color::TextPrimary;
    QString sign;
};

SideLook lookOf(int kind, bool isBefore)
{
    const SideLook removed{Color::ErrorBg, Color::ErrorText, QStringLiteral("−")};
    const SideLook added{Color::OkBg, Color::OkText, QStringLiteral("+")};
    switch (static_cast<DiffRow::Kind>(kind)) {
    case DiffRow::Kind::Changed: {
        SideLook look = isBefore ? removed : added;
        look.sign = QStringLiteral("~");
        return look;
    }
    case DiffRow::Kind::Added:
        return isBefore ? SideLook{Color::Canvas, Color::TextPrimary, {}} : added;
    case DiffRow::Kind::Removed:
        return isBefore ? removed : SideLook{Color::Canvas, Color::TextPrimary, {}};
    case DiffRow::Kind::Same:
        break;
    }
    return {};
}

} // namespace

DiffDelegate::DiffDelegate(const Theme& theme, QObject* parent)
    : QStyledItemDelegate(parent), m_theme(theme)
{}

void DiffDelegate::paint(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    painter->save();
    const int kind = index.data(DiffModel::KindRole).toInt();
    const QRect rect = option.rect;
    if (kind < 0) {
        painter->fillRect(rect, m_theme.color(Color::Hover));
        painter->setFont(m_theme.font(TypeRole::Label));
        painter->setPen(m_theme.color(Color::TextSecondary));
        painter->drawText(
            rect.adjusted(m_theme.px(kNumberWidth + kSignWidth), 0, 0, 0),
            Qt::AlignVCenter | Qt::AlignLeft,
            index.data().toString());
    } else {
        const SideLook look = lookOf(kind, index.column() == DiffModel::BeforeColumn);
        painter->fillRect(rect, m_theme.color(look.fill));
        painter->setFont(m_theme.font(TypeRole::Mono));
        const int number = index.data(DiffModel::NumberRole).toInt();
        if (number > 0) {
            painter->setPen(m_theme.color(Color::TextSecondary));
            painter->drawText(
                QRect(rect.left(), rect.top(), m_theme.px(kNumberWidth - 6), rect.height()),
                Qt::AlignVCenter | Qt::AlignRight,
                QString::number(number));
            painter->setPen(m_theme.color(look.text));
            painter->drawText(
                QRect(
                    rect.left() + m_theme.px(kNumberWidth),
                    rect.top(),
                    m_theme.px(kSignWidth),
                    rect.height()),
                Qt::AlignCenter,
                look.sign);
            paintText(
                *painter,
                rect.adjusted(m_theme.px(kNumberWidth + kSignWidth), 0, -m_theme.px(4), 0),
                index);
        }
    }
    if (option.state & QStyle::State_Selected) {
        // A line at the edge, since the fills say what changed.
        painter->fillRect(
            QRect(rect.left(), rect.top(), 3, rect.height()), m_theme.color(Color::Focus));
    }
    painter->restore();
}

void DiffDelegate::paintText(QPainter& painter, const QRect& place, const QModelIndex& index) const
{
    const QFontMetrics metrics = painter.fontMetrics();
    const QString line = index.data().toString();
    painter.drawText(
        place,
        Qt::AlignVCenter | Qt::AlignLeft,
        metrics.elidedText(line, Qt::ElideRight, place.width()));
    const auto kind = static_cast<DiffRow::Kind>(index.data(DiffModel::KindRole).toInt());
    if (kind != DiffRow::Kind::Changed) {
        return;
    }
    const CommonEnds ends = commonEnds(line, index.data(DiffModel::OtherRole).toString());
    const int from = metrics.horizontalAdvance(line.left(ends.prefix));
    const int to = metrics.horizontalAdvance(line.left(line.size() - ends.suffix));
    const int width = std::min(to, place.width()) - from;
    if (width > 0) {
        const int y = place.center().y() + metrics.ascent() / 2 + 2;
        painter.fillRect(QRect(place.left() + from, y, width, 2), painter.pen().color());
    }
}

} // namespace pilothouse::ui
