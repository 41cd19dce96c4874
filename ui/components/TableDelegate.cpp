// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/components/TableDelegate.h"

#include "ui/components/TableModel.h"

#include <QAbstractItemView>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

namespace pilothouse::ui {

TableDelegate::TableDelegate(const Theme& theme, QObject* parent)
    : QStyledItemDelegate(parent), m_theme(theme)
{}

QRect TableDelegate::textArea(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const bool hasShape = index.data(TableModel::SeverityRole).isValid();
    return option.rect.adjusted(m_theme.px(hasShape ? 8 + 16 + 6 : 8), 0, -m_theme.px(8), 0);
}

bool TableDelegate::helpEvent(
    QHelpEvent* event,
    QAbstractItemView* view,
    const QStyleOptionViewItem& option,
    const QModelIndex& index)
{
    const QString text = index.data().toString();
    const bool isCut = event->type() == QEvent::ToolTip && !index.data(Qt::ToolTipRole).isValid() &&
                       option.fontMetrics.horizontalAdvance(text) > textArea(option, index).width();
    if (isCut) {
        QToolTip::showText(event->globalPos(), text, view, option.rect);
        return true;
    }
    return QStyledItemDelegate::helpEvent(event, view, option, index);
}

void TableDelegate::paint(
    QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const bool selected = option.state & QStyle::State_Selected;
    const auto* view = qobject_cast<const QAbstractItemView*>(option.widget);
    if (selected) {
        painter->fillRect(option.rect, m_theme.color(Color::Selection));
    } else if (
        (option.state & QStyle::State_MouseOver) ||
        (index.row() % 2 == 1 && !m_theme.isHighContrast())) {
        QColor fill = m_theme.color(Color::Hover);
        if (!(option.state & QStyle::State_MouseOver)) {
            fill.setAlphaF(0.55F);
        }
        painter->fillRect(option.rect, fill);
    }
    const QVariant severity = index.data(TableModel::SeverityRole);
    if (severity.isValid()) {
        const SeverityLook look = lookOf(static_cast<Severity>(severity.toInt()));
        const int size = m_theme.px(16);
        painter->drawPixmap(
            option.rect.left() + m_theme.px(8),
            option.rect.center().y() - size / 2 + 1,
            m_theme.pixmap(look.icon, look.mark, 16, painter->device()->devicePixelRatioF()));
    }
    const QRect area = textArea(option, index);
    painter->setFont(option.font);
    painter->setPen(m_theme.color(Color::TextPrimary));
    const QString text = index.data().toString();
    const auto alignment = index.data(Qt::TextAlignmentRole).value<Qt::Alignment>();
    painter->drawText(
        area,
        static_cast<int>(alignment),
        QFontMetrics(option.font).elidedText(text, Qt::ElideRight, area.width()));
    if (view != nullptr && view->hasFocus() && view->currentIndex().row() == index.row()) {
        painter->fillRect(
            QRect(option.rect.left(), option.rect.top(), option.rect.width(), 2),
            m_theme.color(Color::Focus));
        painter->fillRect(
            QRect(option.rect.left(), option.rect.bottom() - 1, option.rect.width(), 2),
            m_theme.color(Color::Focus));
    }
}

} // namespace pilothouse::ui
