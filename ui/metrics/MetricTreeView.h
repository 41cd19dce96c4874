// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/Theme.h"

#include <QHash>
#include <QImage>
#include <QTreeView>

namespace pilothouse::ui {

class MetricTreeModel;
class SparklineRenderer;

/// The list of metrics with a live sparkline a row. Only rows that are on the screen have their
/// sparkline drawn, by the renderer's worker. Enter or double click adds a chart, P pins.
class MetricTreeView : public QTreeView
{
    Q_OBJECT

public:
    MetricTreeView(const Theme& theme, SparklineRenderer& renderer, QWidget* parent);

    void setMetrics(MetricTreeModel* model);
    /// The image of a row; null when none is drawn yet.
    QImage sparkline(const QModelIndex& index) const;

Q_SIGNALS:
    void chosen(const QString& expression);
    void pinToggled(const QModelIndex& index);

protected:
    void dataChanged(
        const QModelIndex& topLeft,
        const QModelIndex& bottomRight,
        const QList<int>& roles) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void drawBranches(
        QPainter* painter, const QRect& rect, const QModelIndex& index) const override;

private:
    /// Asks for the sparklines of the rows that are on the screen; each row is painted when its
    /// image arrives.
    void refreshSparklines();

    const Theme& m_theme;
    SparklineRenderer& m_renderer;
    MetricTreeModel* m_model = nullptr;
    QHash<QString, QImage> m_images;
};

} // namespace pilothouse::ui
