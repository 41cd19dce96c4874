// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/metrics/MetricTreeView.h"

#include "ui/components/SparklineRenderer.h"
#include "ui/metrics/MetricTreeModel.h"

#include <QHeaderView>
#include <QKeyEvent>
#include <QPainter>
#include <QStyledItemDelegate>

namespace pilothouse::ui {

namespace {

constexpr int kSparkWidth = 56;
constexpr int kSparkHeight = 20;
constexpr int kPinWidth = 22;

/// Paints a row: name, newest value, sparkline, pin.
class RowDelegate : public QStyledItemDelegate
{
public:
    RowDelegate(const Theme& theme, const MetricTreeView& view, QObject* parent)
        : QStyledItemDelegate(parent), m_theme(theme), m_view(view)
    {}

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override
    {
        return {m_theme.px(200), m_theme.rowHeight()};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index)
        const override
    {
        const qreal ratio = painter->device()->devicePixelRatioF();
        const QRect row = option.rect;
        const bool hovered = option.state & QStyle::State_MouseOver;
        if (option.state & QStyle::State_Selected) {
            painter->fillRect(row, m_theme.color(Color::Selection));
        } else if (hovered) {
            painter->fillRect(row, m_theme.color(Color::Hover));
        }
        const bool pinned = index.data(MetricTreeModel::PinnedRole).toBool();
        QRect area = row.adjusted(m_theme.px(2), 0, -m_theme.px(4), 0);
        if (!index.parent().isValid() && (pinned || hovered)) {
            const int size = m_theme.px(14);
            painter->drawPixmap(
                area.right() - size,
                row.center().y() - size / 2,
                m_theme.pixmap(
                    QStringLiteral("star"),
                    pinned ? Color::Warning : Color::TextSecondary,
                    14,
                    ratio));
        }
        area.setRight(area.right() - m_theme.px(kPinWidth));
        const QImage image = m_view.sparkline(index);
        if (!image.isNull()) {
            painter->drawImage(
                QPoint(
                    area.right() - m_theme.px(kSparkWidth),
                    row.center().y() - m_theme.px(kSparkHeight) / 2),
                image);
        }
        if (image.isNull() && index.model()->rowCount(index) > 0) {
            // several series: no line of its own, the count takes the place
        } else {
            area.setRight(area.right() - m_theme.px(kSparkWidth + 6));
        }
        const QString value = index.data(MetricTreeModel::ValueRole).toString();
        painter->setFont(m_theme.font(TypeRole::Label));
        painter->setPen(m_theme.color(Color::TextSecondary));
        const int valueWidth = painter->fontMetrics().horizontalAdvance(value);
        painter->drawText(area, Qt::AlignRight | Qt::AlignVCenter, value);
        area.setRight(area.right() - valueWidth - m_theme.px(8));
        painter->setFont(m_theme.font(TypeRole::Body));
        painter->setPen(m_theme.color(Color::TextPrimary));
        painter->drawText(
            area,
            Qt::AlignLeft | Qt::AlignVCenter,
            painter->fontMetrics().elidedText(
                index.data().toString(), Qt::ElideMiddle, area.width()));
        if (m_view.hasFocus() && m_view.currentIndex() == index) {
            painter->setPen(QPen(m_theme.color(Color::Focus), 2));
            painter->setBrush(Qt::NoBrush);
            painter->drawRect(row.adjusted(1, 1, -1, -1));
        }
    }

private:
    const Theme& m_theme;
    const MetricTreeView& m_view;
};

} // namespace

MetricTreeView::MetricTreeView(const Theme& theme, SparklineRenderer& renderer, QWidget* parent)
    : QTreeView(parent), m_theme(theme), m_renderer(renderer)
{
    setAccessibleName(tr("Metrics"));
    setHeaderHidden(true);
    setFrameShape(QFrame::NoFrame);
    setUniformRowHeights(true);
    setMouseTracking(true);
    setExpandsOnDoubleClick(false);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setItemDelegate(new RowDelegate(theme, *this, this));
    header()->setStretchLastSection(true);
    connect(&theme, &Theme::changed, this, [this] {
        m_images.clear();
        scheduleDelayedItemsLayout();
        refreshSparklines();
    });
    connect(this, &QTreeView::expanded, this, &MetricTreeView::refreshSparklines);
    connect(this, &QTreeView::doubleClicked, this, [this](const QModelIndex& index) {
        Q_EMIT chosen(index.data(MetricTreeModel::ExpressionRole).toString());
    });
}

void MetricTreeView::setMetrics(MetricTreeModel* model)
{
    m_model = model;
    setModel(model);
    connect(model, &QAbstractItemModel::modelReset, this, [this] {
        m_images.clear();
        QMetaObject::invokeMethod(this, &MetricTreeView::refreshSparklines, Qt::QueuedConnection);
    });
}

QImage MetricTreeView::sparkline(const QModelIndex& index) const
{
    return m_images.value(index.data(MetricTreeModel::KeyRole).toString());
}

void MetricTreeView::refreshSparklines()
{
    if (m_model == nullptr || !isVisible()) {
        return;
    }
    const QSize size(m_theme.px(kSparkWidth), m_theme.px(kSparkHeight));
    QHash<QString, QImage> kept;
    for (QModelIndex index = indexAt({4, 1}); index.isValid(); index = indexBelow(index)) {
        if (visualRect(index).top() > viewport()->height()) {
            break;
        }
        const metrics::SeriesPoints* points = m_model->points(index);
        if (points == nullptr) {
            continue;
        }
        const QString key = index.data(MetricTreeModel::KeyRole).toString();
        kept.insert(key, m_images.value(key));
        m_renderer.request(
            this,
            qHash(key),
            {points->values,
             size,
             devicePixelRatioF(),
             m_theme.seriesColor(0),
             QColor(Qt::transparent)},
            [this, key, row = QPersistentModelIndex(index)](const QImage& image) {
                m_images.insert(key, image);
                update(row);
            });
    }
    m_images = std::move(kept);
}

void MetricTreeView::dataChanged(
    const QModelIndex& topLeft, const QModelIndex& bottomRight, const QList<int>& roles)
{
    // New values alone: each row is painted with its new sparkline. All of them at once would be
    // the longest event of the console.
    if (roles == QList<int>{MetricTreeModel::ValueRole}) {
        refreshSparklines();
        return;
    }
    QTreeView::dataChanged(topLeft, bottomRight, roles);
}

void MetricTreeView::keyPressEvent(QKeyEvent* event)
{
    const QModelIndex index = currentIndex();
    if (index.isValid() && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)) {
        Q_EMIT chosen(index.data(MetricTreeModel::ExpressionRole).toString());
        return;
    }
    if (index.isValid() && event->key() == Qt::Key_P && event->modifiers() == Qt::NoModifier) {
        Q_EMIT pinToggled(index);
        return;
    }
    QTreeView::keyPressEvent(event);
}

void MetricTreeView::mouseReleaseEvent(QMouseEvent* event)
{
    const QModelIndex index = indexAt(event->pos());
    if (index.isValid() && !index.parent().isValid() &&
        event->pos().x() > viewport()->width() - m_theme.px(kPinWidth)) {
        Q_EMIT pinToggled(index);
        return;
    }
    QTreeView::mouseReleaseEvent(event);
}

void MetricTreeView::resizeEvent(QResizeEvent* event)
{
    QTreeView::resizeEvent(event);
    refreshSparklines();
}

void MetricTreeView::scrollContentsBy(int dx, int dy)
{
    QTreeView::scrollContentsBy(dx, dy);
    refreshSparklines();
}

void MetricTreeView::drawBranches(
    QPainter* painter, const QRect& rect, const QModelIndex& index) const
{
    if (selectionModel()->isSelected(index)) {
        painter->fillRect(rect, m_theme.color(Color::Selection));
    }
    QTreeView::drawBranches(painter, rect, index);
}

} // namespace pilothouse::ui
