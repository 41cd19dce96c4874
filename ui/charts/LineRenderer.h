// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/PixelColumns.h"

#include <QColor>
#include <QSizeF>

#include <memory>
#include <vector>

class QPainter;

namespace pilothouse::ui {

/// A line as stretches of pixel points, y downwards.
struct PixelLine
{
    std::vector<ChartRun> runs;
    QColor color;
    qreal width = 1.5;
};

/// Draws lines with QtCharts into a painter. Points come in pixels of the plot, so the chart's axes
/// only ever change with its size: a new second of data costs one geometry pass a line and no axis
/// pass. Series objects are kept and reused.
class LineRenderer
{
public:
    LineRenderer();
    ~LineRenderer();

    void setSize(QSizeF size);
    void setLines(const std::vector<PixelLine>& lines);
    /// Draws the lines with the plot's top left corner at the painter's origin.
    void paint(QPainter& painter, bool antialiased);

private:
    struct Scene;
    std::unique_ptr<Scene> m_scene;
};

} // namespace pilothouse::ui
