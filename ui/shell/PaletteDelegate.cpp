// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/PaletteDelegate.h"

#include "ui/shell/PaletteModel.h"

#include <QPainter>

namespace pilothouse::ui {

namespace {

constexpr int kRow = 34;
constexpr int kCaption = 26;
constexpr int kIcon = 16;

} // namespace

PaletteDelegate::PaletteDelegate(const Theme& theme, QObject* parent)
    : QStyledItemDelegate(parent), m_theme(theme)
{}

int PaletteDelegate::captionHeight(const QModelIndex& index) const
{
    return index.data(PaletteModel::FirstOfSectionRole).toBool() ? m_theme.px(kCaption) : 0;
}

QSize PaletteDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    return {option.rect.width(), m_theme.px(kRow) + captionHeight(index)};
}

void PaletteDelegate::paint(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    QRect row = option.rect;
    const int caption = captionHeight(index);
    if (caption > 0) {
        painter->setFont(m_theme.font(TypeRole::Caption));
        painter->setPen(m_theme.color(Color::TextSecondary));
        painter->drawText(
            QRect(row.left() + m_theme.px(space::kM), row.top(), row.width(), caption),
            Qt::AlignVCenter,
            index.data(PaletteModel::SectionRole).toString().toUpper());
        row.setTop(row.top() + caption);
    }
    if (option.state.testFlag(QStyle::State_Selected)) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(m_theme.color(Color::Selection));
        painter->drawRoundedRect(
            row, m_theme.px(space::kRadiusControl), m_theme.px(space::kRadiusControl));
    }
    const QString reason = index.data(PaletteModel::ReasonRole).toString();
    const Color color = reason.isEmpty() ? Color::TextPrimary : Color::TextDisabled;
    const QString icon = index.data(PaletteModel::IconRole).toString();
    const int side = m_theme.px(kIcon);
    int x = row.left() + m_theme.px(space::kM);
    if (!icon.isEmpty()) {
        painter->drawPixmap(
            QRect(x, row.top() + (row.height() - side) / 2, side, side),
            m_theme.pixmap(
                icon,
                reason.isEmpty() ? Color::TextSecondary : Color::TextDisabled,
                kIcon,
                painter->device()->devicePixelRatioF()));
    }
    x += side + m_theme.px(space::kM);
    const QFont body = m_theme.font(TypeRole::Body);
    const QFontMetrics metrics(body);
    const QString title = index.data(Qt::DisplayRole).toString();
    const QRect area(x, row.top(), row.right() - x - m_theme.px(space::kM), row.height());
    painter->setFont(body);
    painter->setPen(m_theme.color(color));
    painter->drawText(
        area, Qt::AlignVCenter, metrics.elidedText(title, Qt::ElideRight, area.width()));
    const QString detail =
        reason.isEmpty() ? index.data(PaletteModel::DetailRole).toString() : reason;
    painter->setFont(m_theme.font(TypeRole::Label));
    painter->setPen(m_theme.color(Color::TextSecondary));
    const int taken = metrics.horizontalAdvance(title) + m_theme.px(space::kL);
    painter->drawText(
        area.adjusted(std::min(taken, area.width()), 0, 0, 0),
        Qt::AlignVCenter | Qt::AlignRight,
        painter->fontMetrics().elidedText(
            detail, Qt::ElideRight, std::max(0, area.width() - taken)));
    painter->restore();
}

} // namespace pilothouse::ui
