// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/charts/LineRenderer.h"

#include <QChart>
#include <QGraphicsScene>
#include <QLineSeries>
#include <QPainter>
#include <QSignalBlocker>
#include <QValueAxis>

namespace pilothouse::ui {

struct LineRenderer::Scene
{
    QGraphicsScene scene;
    QChart* chart = nullptr;          // owned by the scene
    QValueAxis* horizontal = nullptr; // owned by the chart, as the series are
    QValueAxis* vertical = nullptr;
    std::vector<QLineSeries*> pool;
    QSizeF size;
};

LineRenderer::LineRenderer() : m_scene(std::make_unique<Scene>())
{
    m_scene->scene.setItemIndexMethod(QGraphicsScene::NoIndex);
    auto* chart = new QChart;
    chart->legend()->hide();
    chart->setBackgroundVisible(false);
    chart->setPlotAreaBackgroundVisible(false);
    chart->setMargins({});
    chart->setContentsMargins(0, 0, 0, 0);
    chart->setAnimationOptions(QChart::NoAnimation);
    m_scene->horizontal = new QValueAxis;
    m_scene->vertical = new QValueAxis;
    for (QValueAxis* axis : {m_scene->horizontal, m_scene->vertical}) {
        axis->setVisible(false);
        chart->addAxis(axis, axis == m_scene->horizontal ? Qt::AlignBottom : Qt::AlignLeft);
    }
    m_scene->vertical->setReverse(true);
    m_scene->chart = chart;
    m_scene->scene.addItem(chart);
}

LineRenderer::~LineRenderer() = default;

void LineRenderer::setSize(QSizeF size)
{
    if (size == m_scene->size || size.isEmpty()) {
        return;
    }
    m_scene->size = size;
    const QRectF area(QPointF(0, 0), size);
    m_scene->scene.setSceneRect(area);
    m_scene->chart->setGeometry(area);
    m_scene->chart->setPlotArea(area);
    m_scene->horizontal->setRange(0, size.width());
    m_scene->vertical->setRange(0, size.height());
}

void LineRenderer::setLines(const std::vector<PixelLine>& lines)
{
    std::size_t used = 0;
    for (const PixelLine& line : lines) {
        for (const ChartRun& run : line.runs) {
            if (used == m_scene->pool.size()) {
                auto* series = new QLineSeries;
                m_scene->chart->addSeries(series);
                series->attachAxis(m_scene->horizontal);
                series->attachAxis(m_scene->vertical);
                m_scene->pool.push_back(series);
            }
            QLineSeries* series = m_scene->pool[used++];
            QList<QPointF> points(run.begin(), run.end());
            if (points.size() == 1) {
                // A lone sample still deserves to be seen.
                points.push_back(points.front() + QPointF(2, 0));
            }
            // QtCharts paints a line segment by segment; flat caps make that five times cheaper.
            const QPen pen(line.color, line.width, Qt::SolidLine, Qt::FlatCap, Qt::BevelJoin);
            if (series->pen() != pen) {
                series->setPen(pen);
            }
            series->setVisible(true);
            series->replace(points);
        }
    }
    for (std::size_t rest = used; rest < m_scene->pool.size(); ++rest) {
        if (m_scene->pool[rest]->isVisible()) {
            m_scene->pool[rest]->setVisible(false);
            m_scene->pool[rest]->replace(QList<QPointF>());
        }
    }
}

void LineRenderer::paint(QPainter& painter, bool antialiased)
{
    if (m_scene->size.isEmpty()) {
        return;
    }
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, antialiased);
    const QRectF area(QPointF(0, 0), m_scene->size);
    painter.setClipRect(area);
    m_scene->scene.render(&painter, area, area);
    painter.restore();
}

} // namespace pilothouse::ui
