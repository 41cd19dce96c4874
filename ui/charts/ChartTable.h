// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/charts/ChartData.h"
#include "ui/theme/Theme.h"

#include <QTableView>

namespace pilothouse::ui {

class ChartTableModel;

/// A chart's data as a table, newest row first: what a screen reader reads and what a person
/// copies.
class ChartTable : public QTableView
{
    Q_OBJECT

public:
    ChartTable(const Theme& theme, QWidget* parent);

    using QTableView::show;
    void show(const ChartContent& content, std::int64_t from, std::int64_t to, bool utc);

private:
    ChartTableModel* m_model;
};

} // namespace pilothouse::ui
