// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/Format.h"
#include "ui/theme/Theme.h"

#include <QImage>
#include <QWidget>

#include <vector>

namespace pilothouse::ui {

class SparklineRenderer;

/// The last points of one series as a small line, drawn by the renderer's worker and blitted here.
class Sparkline : public QWidget
{
    Q_OBJECT

public:
    static constexpr std::size_t kMostPoints = 90;

    Sparkline(const Theme& theme, SparklineRenderer& renderer, QWidget* parent = nullptr);

    /// `label` and `unit` go into the spoken description. Keeps the newest kMostPoints.
    void setValues(const QString& label, std::vector<double> values, Unit unit);
    /// Which series colour it takes.
    void setSeriesColor(int index);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void render();

    const Theme& m_theme;
    SparklineRenderer& m_renderer;
    std::vector<double> m_values;
    int m_color = 0;
    QImage m_image;
};

/// "p99 latency, now 212 ms, lowest 140 ms, highest 260 ms, rising".
QString describeSparkline(const QString& label, const std::vector<double>& values, Unit unit);

} // namespace pilothouse::ui
