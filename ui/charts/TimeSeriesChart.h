// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/ChartData.h"
#include "ui/theme/Theme.h"

#include <QWidget>

#include <vector>

namespace pilothouse::ui {

class ChartCanvas;
class ChartGroup;
class ChartLegend;
class ChartTable;
class TextLabel;

/// Lines over the time range of its group, with a legend that switches lines, a crosshair shared by
/// the group, zoom by wheel, drag and keys, thresholds, marks, a table view and a description in
/// words. Draws at most six lines; more become one band between the least and the greatest of the
/// rest. GUI thread only.
class TimeSeriesChart : public QWidget
{
    Q_OBJECT

public:
    TimeSeriesChart(const Theme& theme, ChartGroup& group, QWidget* parent = nullptr);

    void setTitle(const QString& title);
    void setUnit(Unit unit);
    /// All series; the chart keeps to the six greatest (by mean) until the set of series changes.
    void setLines(std::vector<ChartLine> lines);
    void setThresholds(std::vector<ChartThreshold> thresholds);
    void setAnnotations(std::vector<ChartAnnotation> annotations);
    void setLogScale(bool log);
    bool isLogScale() const { return m_content.isLog; }
    /// The lines of an earlier period, moved to the times of this one; none ends the comparison.
    void setPrevious(std::vector<ChartLine> lines, const QString& name);

    const ChartContent& content() const { return m_content; }
    void setLineShown(const QString& id, bool shown);
    bool showsTable() const;
    void setShowsTable(bool shown);
    QString describe() const;
    QString toCsv() const;
    void copyCsv() const;
    void copyImage() const;
    ChartCanvas& canvas() { return *m_canvas; }

Q_SIGNALS:
    /// The operator changed it in the menu.
    void logScaleChanged(bool log);

protected:
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    void choose(const std::vector<ChartLine>& lines);
    void update();

    const Theme& m_theme;
    ChartGroup& m_group;
    ChartContent m_content;
    /// Ids of the drawn lines, in order, and of all, to notice a change of the set.
    QStringList m_chosen;
    QStringList m_known;
    ChartLegend* m_legend;
    ChartCanvas* m_canvas;
    ChartTable* m_table;
    TextLabel* m_words;
};

} // namespace pilothouse::ui
