// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/AxisScale.h"
#include "ui/charts/ChartData.h"
#include "ui/charts/LineRenderer.h"
#include "ui/theme/Theme.h"

#include <QPixmap>
#include <QPolygonF>
#include <QWidget>

#include <optional>

namespace pilothouse::ui {

class ChartGroup;

/// The plot of a chart: grid, lines, thresholds and marks drawn into one picture in the chart's
/// turn of the scheduler; crosshair and selection painted over that picture, so that moving the
/// pointer draws no line again. Mouse and keys work on the group, hence on all charts of the page.
class ChartCanvas : public QWidget
{
    Q_OBJECT

public:
    /// Lines are smooth while drawing them costs no more than this, or while the chart has the
    /// focus; otherwise they are drawn plainly.
    static constexpr double kSmoothBudgetMs = 4;

    ChartCanvas(
        const Theme& theme, ChartGroup& group, const ChartContent& content, QWidget* parent);

    /// Draws again at the next turn.
    void invalidate();
    /// Draws now; for the scheduler, for copying and for tests.
    void drawNow();

    /// The chart with everything on it, for copying.
    QPixmap picture() const;
    QString description() const;
    bool isSmooth() const { return m_smooth; }
    /// Nothing waits to be drawn.
    bool isUpToDate() const { return !m_stale; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    /// The range that is drawn changed, or the lines in it.
    void drawn();
    void describeRequested();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    QRect plotArea() const;
    std::int64_t timeAt(double x) const;
    double pixelAt(std::int64_t time) const;
    const ChartLine* longestLine() const;
    void moveCrosshair(int samples);
    void zoomAround(std::int64_t center, double factor);

    /// What one drawing consists of, in pixels of the plot.
    struct Drawing
    {
        std::vector<PixelLine> lines;
        std::vector<PixelLine> previous;
        QPolygonF band;
    };

    void measure(Drawing& drawing);
    std::vector<ChartRun> columnsOf(const ChartLine& line) const;
    void paintPrevious(QPainter& painter, const std::vector<PixelLine>& lines) const;
    void paintGrid(QPainter& painter) const;
    void paintMarks(QPainter& painter) const;
    void paintThresholds(QPainter& painter) const;
    void paintCrosshair(QPainter& painter) const;
    void paintReadout(QPainter& painter, std::int64_t time) const;

    const Theme& m_theme;
    ChartGroup& m_group;
    const ChartContent& m_content;
    LineRenderer m_renderer;
    QPixmap m_picture;
    ValueScale m_scale;
    std::int64_t m_from = 0;
    std::int64_t m_to = 1;
    bool m_stale = true;
    /// Focus that came by the mouse needs no ring.
    bool m_focusRing = true;
    bool m_smooth = true;
    double m_smoothCost = 0;
    std::optional<double> m_dragFrom;
    double m_dragTo = 0;
};

} // namespace pilothouse::ui
