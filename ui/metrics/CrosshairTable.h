// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/components/DataTable.h"

#include <QTimer>
#include <QWidget>

#include <functional>
#include <vector>

namespace pilothouse::ui {

class ChartGroup;
class TextLabel;
class TimeSeriesChart;

/// Values of all drawn series at the crosshair, or the newest while there is none.
class CrosshairTable : public QWidget
{
    Q_OBJECT

public:
    /// Follows a moving pointer, but no faster than this.
    static constexpr int kEveryMs = 50;

    using Charts = std::function<std::vector<const TimeSeriesChart*>()>;

    CrosshairTable(const Theme& theme, ChartGroup& group, Charts charts, QWidget* parent);

    /// Charts or their data changed.
    void invalidate();
    DataTable& table() { return *m_table; }

private:
    void fill();

    ChartGroup& m_group;
    Charts m_charts;
    TextLabel* m_when;
    DataTable* m_table;
    QTimer m_pause;
};

} // namespace pilothouse::ui
